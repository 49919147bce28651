/** What a command line asks for, before the options of a command are known. */
export interface Call {
  /** The first word that is neither an option nor a value of one, if `isVerb` accepts it. */
  readonly verb: string | undefined;
  /** The first word, if it is not a command: no command can follow it. */
  readonly unknown: string | undefined;
  readonly asks: 'help' | 'version' | undefined;
  /** Everything except the command. */
  readonly rest: readonly string[];
}

/** The command of a process that audits units for another audit: see `serveUnits`. It is no command for users. */
export const workerVerb = 'audit-units';

/** The options of any command that take no value. The word after any other option is its value. */
export const flags: readonly string[] = [
  'all-namespaces',
  'allow-skipped',
  'attach',
  'cluster',
  'dependency-update',
  'exec',
  'fix-all',
  'force',
  'helm-config',
  'help',
  'include-kube-system',
  'interactive',
  'man',
  'no-annotate',
  'no-cache',
  'passwd',
  'plain-http',
  'print',
  'proxy',
  'quiet',
  'same-host',
  'strict',
  'suggest-values',
  'update',
  'verbose',
  'verify',
  'version',
];

/** Options that take no value for one command, although they do for another. */
export const flagsOf: Readonly<Partial<Record<string, readonly string[]>>> = {
  images: ['check'],
  render: ['diff'],
};

/**
 * Splits a command line: the command may come before or after options. After `--` there are only
 * targets. `--help` works anywhere, `--version` only without a command: after one, `--version` is
 * Helm's option for the version of a chart.
 */
export function readCall(args: readonly string[], isVerb: (word: string) => boolean): Call {
  const words = wordsBefore(args, args.indexOf('--'));
  const at = words.findIndex(({isOption, isValue}) => !isOption && !isValue);
  const word = words[at]?.text;
  const verb = word !== undefined && isVerb(word) ? word : undefined;
  const has = (...names: readonly string[]) =>
    words.some(({text, isValue}) => !isValue && names.includes(text));
  return {
    verb,
    unknown: at === 0 && verb === undefined ? word : undefined,
    asks: has('--help', '-h')
      ? 'help'
      : verb === undefined && has('--version')
        ? 'version'
        : undefined,
    rest: verb === undefined ? args : args.filter((_, index) => index !== at),
  };
}

interface Word {
  readonly text: string;
  readonly isOption: boolean;
  readonly isValue: boolean;
}

function wordsBefore(args: readonly string[], end: number): readonly Word[] {
  const words: Word[] = [];
  let isValue = false;
  for (const text of end === -1 ? args : args.slice(0, end)) {
    const isOption = text.length > 1 && text.startsWith('-');
    words.push({text, isOption, isValue: isValue && !isOption});
    isValue = isOption && takesNext(text);
  }
  return words;
}

/** `--profile`, or `-f`; not `--profile=strict`, `-fvalues.yaml` or `--fix-all`. */
const takesNext = (option: string): boolean =>
  option.startsWith('--')
    ? !option.includes('=') && !flags.includes(option.slice(2))
    : option.length === 2 && !shortFlags.includes(option);

/** The short options that take no value. */
const shortFlags = ['-h', '-A'];
