import {
  type CommandLine,
  type Expected,
  expectedOf,
  operandOf,
  optionsOf,
  wordsIn,
} from './words.ts';

/** Completion for fish 3 and later. */
export function fishCompletion(line: CommandLine): string {
  const {commands} = line;
  const verbs = commands.map(({verb}) => verb).join(' ');
  const first = commands.map(
    ({verb, summary}) =>
      `complete -c kube-harden -n '__fish_is_first_arg' -f -a ${verb} -d ${quoted(summary)}`,
  );
  const others = commands.flatMap(command => {
    const isHere =
      command.verb === 'render'
        ? `not __fish_seen_subcommand_from ${verbs}; or __fish_seen_subcommand_from render`
        : `__fish_seen_subcommand_from ${command.verb}`;
    const start = `complete -c kube-harden -n '${isHere}'`;
    const operand = operandOf(command, line);
    return [
      ...(operand.is === 'file' && wordsIn(operand).length === 0
        ? []
        : [`${start}${wordsOf(operand)}`]),
      ...optionsOf(command).map(option => {
        const value = expectedOf(option, line);
        const short = option.short === undefined ? '' : ` -s ${option.short}`;
        const expects = value === undefined ? '' : ` -r${wordsOf(value)}`;
        return `${start} -l ${option.name}${short}${expects} -d ${quoted(option.description)}`;
      }),
    ];
  });
  return [
    '# fish completion for kube-harden: kube-harden completion fish | source',
    '',
    ...first,
    ...others,
    '',
  ].join('\n');
}

function wordsOf(expected: Expected): string {
  if (expected.is === 'file') {
    const words = wordsIn(expected);
    return words.length === 0 ? ' -F' : ` -a '${words.join(' ')}'`;
  }
  if (expected.is === 'folder') return " -f -a '(__fish_complete_directories)'";
  if (!('words' in expected)) return ' -f';
  const words = expected.words.join(' ');
  return expected.is === 'list' ? ` -f -a '(__fish_append , ${words})'` : ` -f -a '${words}'`;
}

const quoted = (text: string): string => `'${text.replaceAll(/[\\']/g, '\\$&')}'`;
