import type {Command, Option} from '../help-table.ts';

/** What a word on the command line may be. */
export type Expected =
  | {readonly is: 'folder' | 'anything'}
  /** A file, or first one of some words. */
  | {readonly is: 'file'; readonly firsts?: readonly string[]}
  | {readonly is: 'word' | 'list'; readonly words: readonly string[]};

/** What completion scripts know about the command line. */
export interface CommandLine {
  readonly commands: readonly Command[];
  readonly rules: readonly string[];
}

/** The values of an option; undefined if it takes none. */
export function expectedOf({value, choices}: Option, {rules}: CommandLine): Expected | undefined {
  if (value === undefined) return undefined;
  const words = value.startsWith('RULE') ? rules : choices;
  if (words.length > 0) return {is: value.includes(',') ? 'list' : 'word', words};
  if (value === 'FILE') return {is: 'file'};
  return {is: value === 'FOLDER' ? 'folder' : 'anything'};
}

/** The words after a command that are no options. */
export function operandOf(command: Command, {commands: all, rules}: CommandLine): Expected {
  const firsts = subcommandsOf(command);
  if (firsts.length > 0) return {is: 'file', firsts};
  const operand = /(?: |\[)([A-Za-z|]+)…?\]*(?: \| .*)?$/.exec(command.call)?.[1] ?? '';
  if (operand.startsWith('RULE')) return {is: 'word', words: rules};
  if (operand === 'COMMAND') return {is: 'word', words: all.map(({verb}) => verb)};
  if (operand.includes('|')) return {is: 'word', words: operand.split('|')};
  return {is: operand === 'TARGET' || operand === 'FILE' ? 'file' : 'anything'};
}

/** `show` and `check` of a command whose page describes several calls: `kube-harden policy show: …`. */
const subcommandsOf = ({verb, call, paragraphs}: Command): readonly string[] =>
  [call, ...paragraphs].flatMap(
    text => new RegExp(`^kube-harden ${verb} ([a-z]+)(?:$|[ :])`).exec(text)?.[1] ?? [],
  );

/** The options of a command, and those that all have. */
export const optionsOf = ({options}: Command): readonly Option[] => [
  ...options,
  {name: 'help', short: 'h', choices: [], description: 'show the help of the command'},
];

/** The words that are expected, if they are known. */
export const wordsIn = (expected: Expected): readonly string[] =>
  expected.is === 'file' ? (expected.firsts ?? []) : 'words' in expected ? expected.words : [];
