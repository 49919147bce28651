/** A command, as its help describes it. */
export interface Command {
  readonly verb: string;
  /** How it is called: `kube-harden explain RULE`. */
  readonly call: string;
  readonly summary: string;
  /** What the help says before, between and after its options. */
  readonly paragraphs: readonly string[];
  readonly options: readonly Option[];
}

export interface Option {
  /** Without dashes. */
  readonly name: string;
  readonly short?: string;
  /** What stands for its value: `FILE`, `NAME`, `wait|refuse|fix`; absent if it takes none. */
  readonly value?: string;
  /** The values that it accepts, if the help lists them all. */
  readonly choices: readonly string[];
  readonly description: string;
}

/** The commands with their options, from the page of help of each: completions and the man page say what it says. */
export const commandsIn = (pages: Readonly<Record<string, string>>): readonly Command[] =>
  Object.entries(pages).map(([verb, page]) => commandOf(verb, page));

function commandOf(verb: string, page: string): Command {
  const [title = '', ...lines] = page.trimEnd().split('\n');
  const colon = title.indexOf(': ');
  const options: Draft[] = [];
  const paragraphs: string[][] = [[]];
  for (const line of lines) {
    if (line.startsWith('  ')) readOptions(line, options);
    else if (line === '') paragraphs.push([]);
    else paragraphs.at(-1)?.push(line);
  }
  return {
    verb,
    call: title.slice(0, colon),
    summary: title.slice(colon + 2),
    paragraphs: paragraphs.filter(each => each.length > 0).map(each => each.join(' ')),
    options: [...new Map(options.toReversed().map(each => [each.name, each])).values()]
      .toReversed()
      .map(withChoices),
  };
}

interface Draft extends Omit<Option, 'choices'> {
  description: string;
}

/** Adds the options of a line such as `  -f, --values FILE     --set KEY=VALUE`, or continues the last one. */
function readOptions(line: string, options: Draft[]): void {
  for (const part of line.trim().split(/ {2,}/)) {
    if (part.startsWith('-')) options.push(...optionsIn(part));
    else {
      const last = options.at(-1);
      if (last !== undefined) last.description = `${last.description} ${part}`.trim();
    }
  }
  shareDescription(options);
}

/** `--exec, --attach, --proxy    also deny these connections` describes three options. */
function shareDescription(options: readonly Draft[]): void {
  for (let at = options.length - 2; at >= 0; at--) {
    const option = options[at] as Draft;
    if (option.description !== '' || option.value !== undefined) return;
    option.description = options[at + 1]?.description ?? '';
  }
}

function* optionsIn(part: string): Iterable<Draft> {
  for (const text of part.split(/, (?=--)/)) {
    const [, name, value, description = ''] = /^--([a-z-]+)(?: (\S+))?(?: (.*))?$/.exec(text) ?? [];
    const short = /^-(\w)$/.exec(part.split(', ')[0] ?? '')?.[1];
    if (name === undefined) continue;
    yield {
      name,
      ...(short === undefined ? {} : {short}),
      ...(value === undefined ? {} : {value}),
      description,
    };
  }
}

function withChoices(option: Draft): Option {
  const {name, value = '', description} = option;
  if (value.includes('|')) {
    const words = value.split('|').flatMap(word => (word === 'ACTION' ? actions : word));
    return {...option, choices: words};
  }
  const isListed = ['format', 'framework', 'profile'].includes(name);
  return {...option, choices: isListed ? namesIn(description) : []};
}

const actions = ['Audit', 'Warn', 'Deny'];

/** The names in `table (default), json; github: workflow commands`. */
const namesIn = (text: string): readonly string[] =>
  text
    .replace(/ \([^)]*\)/g, '')
    .split(/[,;] /)
    .flatMap(item => /^(\S+)(?::.*)?$/.exec(item)?.[1] ?? /: (\S+)$/.exec(item)?.[1] ?? []);
