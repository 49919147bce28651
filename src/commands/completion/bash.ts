import {
  type CommandLine,
  type Expected,
  expectedOf,
  operandOf,
  optionsOf,
  wordsIn,
} from './words.ts';

/** Completion for bash 4 and later. */
export function bashCompletion(line: CommandLine): string {
  const verbs = line.commands.map(({verb}) => verb);
  const cases = line.commands.flatMap(command => {
    const options = optionsOf(command);
    return [
      `    ${command.verb})`,
      `      options='${options.map(({name}) => `--${name}`).join(' ')}'`,
      '      case $option in',
      ...options.flatMap(option => {
        const value = expectedOf(option, line);
        const short = option.short === undefined ? '' : `|-${option.short}`;
        return value === undefined ? [] : [`        --${option.name}${short}) ${kindOf(value)} ;;`];
      }),
      `        *) ${kindOf(operandOf(command, line))} ;;`,
      '      esac',
      '      ;;',
    ];
  });
  return `# bash completion for kube-harden: source <(kube-harden completion bash)

_kube_harden() {
  local cur=\${COMP_WORDS[COMP_CWORD]} option=\${COMP_WORDS[COMP_CWORD-1]} verb= word kind= words= options= prefix=
  # Bash splits --format=json into three words.
  if [[ $cur == = ]]; then cur=
  elif [[ $option == = ]]; then option=\${COMP_WORDS[COMP_CWORD-2]}; fi
  for word in "\${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    case $word in
      ${verbs.join('|')}) verb=$word; break ;;
    esac
  done
  COMPREPLY=()
  if [[ -z $verb && $COMP_CWORD == 1 && $cur != -* ]]; then
    COMPREPLY=($(compgen -W '${verbs.join(' ')}' -- "$cur"))
    return
  fi
  case \${verb:-render} in
${cases.join('\n')}
  esac
  if [[ $cur == -* ]]; then
    COMPREPLY=($(compgen -W "$options" -- "$cur"))
    return
  fi
  case $kind in
    word) COMPREPLY=($(compgen -W "$words" -- "$cur")) ;;
    list)
      prefix=\${cur%"\${cur##*,}"}
      COMPREPLY=($(compgen -P "$prefix" -W "$words" -- "\${cur##*,}"))
      ;;
    file)
      COMPREPLY=($(compgen -W "$words" -- "$cur"))
      compopt -o default
      ;;
    folder) compopt -o dirnames ;;
  esac
}
complete -F _kube_harden kube-harden
`;
}

/** Shell commands that set the kind of the word, and its words. */
function kindOf(expected: Expected): string {
  const words = wordsIn(expected);
  return `kind=${expected.is}${words.length === 0 ? '' : ` words='${words.join(' ')}'`}`;
}
