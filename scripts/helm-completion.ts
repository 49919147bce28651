import {stringify} from 'yaml';
import {type CommandLine, operandOf, optionsOf, wordsIn} from '../src/commands/completion/words.ts';
import {pages} from '../src/commands/help.ts';
import {commandsIn} from '../src/commands/help-table.ts';
import {rules} from '../src/rules/index.ts';

/** Helm completes these itself, and ends with an error if a plugin has them too. */
const ofHelm = ['namespace', 'n', 'help', 'h'];

/**
 * The text of completion.yaml, from which both Helms complete `helm harden`: commands, their first words
 * and options. It cannot list the values of an option.
 */
export function helmCompletion(): string {
  const line: CommandLine = {commands: commandsIn(pages), rules: rules.map(({id}) => id)};
  const commands = line.commands.map(command => ({
    name: command.verb,
    flags: optionsOf(command)
      .flatMap(({name, short}) => (short === undefined ? [name] : [name, short]))
      .filter(flag => !ofHelm.includes(flag)),
    validArgs: wordsIn(operandOf(command, line)),
  }));
  return stringify({name: 'harden', commands});
}
