/** What a call asks for, before anything is known of a verb's own options. */
export interface Call {
  /** The first word that is no option and no option's value, where `isVerb` knows it. */
  readonly verb: string | undefined;
  /** The first word, where it is no verb: it stands first, so no verb can follow. */
  readonly unknown: string | undefined;
  readonly asks: 'help' | 'version' | undefined;
  /** All that was given but the verb. */
  readonly rest: readonly string[];
}

/** The options of any verb that take no value: the word after another is its value. */
export const flags: readonly string[] = [
  'allow-skipped',
  'attach',
  'exec',
  'fix-all',
  'help',
  'include-kube-system',
  'interactive',
  'no-annotate',
  'print',
  'proxy',
  'version',
];

/**
 * Takes a call apart: the verb may stand before options or after them. After `--` there are
 * targets only. Help is asked for anywhere, the version only where no verb stands: after one,
 * `--version` is Helm's way to name a chart's.
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
    : option.length === 2 && option !== '-h';
