import type {Option} from '../help-table.ts';
import {
  type CommandLine,
  type Expected,
  expectedOf,
  operandOf,
  optionsOf,
  wordsIn,
} from './words.ts';

/** Completion for zsh 5 and later. */
export function zshCompletion(line: CommandLine): string {
  const {commands} = line;
  const cases = commands.map(command =>
    [
      `    ${command.verb})`,
      '      specs=(',
      ...optionsOf(command).map(option => `        ${specOf(option, line)}`),
      `        '*:${actionOf('', operandOf(command, line))}'`,
      '      ) ;;',
    ].join('\n'),
  );
  return `#compdef kube-harden
# zsh completion for kube-harden: source <(kube-harden completion zsh), after compinit

_kube_harden() {
  local -a verbs specs
  local word verb=
  verbs=(
${commands.map(({verb, summary}) => `    ${quoted(`${verb}:${summary}`)}`).join('\n')}
  )
  for word in \${words[2,CURRENT-1]}; do
    case $word in
      ${commands.map(({verb}) => verb).join('|')}) verb=$word; break ;;
    esac
  done
  if [[ -z $verb && $CURRENT -eq 2 && \${words[CURRENT]} != -* ]]; then
    _describe command verbs
    return
  fi
  # _arguments counts operands from the command itself.
  if [[ -n $verb ]]; then
    words=(\${words[1]} \${words[2,-1]:#$verb})
    (( CURRENT-- ))
  fi
  case \${verb:-render} in
${cases.join('\n')}
  esac
  _arguments -S $specs
}

compdef _kube_harden kube-harden
`;
}

function specOf(option: Option, line: CommandLine): string {
  const {name, short, description} = option;
  const value = expectedOf(option, line);
  const sign = value === undefined ? '' : '=';
  const text = `[${description.replaceAll(/[\\[\]:]/g, '\\$&')}]`;
  const rest = `${text}${value === undefined ? '' : `:${actionOf(option.value ?? '', value)}`}`;
  const long = quoted(`*--${name}${sign}${rest}`);
  if (short === undefined) return long;
  return `${quoted(`*-${short}${value === undefined ? '' : '+'}${rest}`)} ${long}`;
}

/** The message and the action of a value: \`NAME:(table json)\`. */
function actionOf(name: string, expected: Expected): string {
  const message = name.replaceAll(/[:'|]/g, ' ').trim() || ' ';
  if (expected.is === 'file') {
    const words = wordsIn(expected);
    return `${message}:${words.length === 0 ? '_files' : `{compadd -- ${words.join(' ')}; _files}`}`;
  }
  if (expected.is === 'folder') return `${message}:_directories`;
  if (!('words' in expected)) return `${message}: `;
  const words = expected.words.join(' ');
  return expected.is === 'list'
    ? `${message}:_sequence compadd - ${words}`
    : `${message}:(${words})`;
}

const quoted = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;
