import {UsageError} from '../errors.ts';
import {parseCall, requireOneOf} from '../host/options.ts';
import {writeReport} from '../host/standard-streams.ts';
import {rules} from '../rules/index.ts';
import {bashCompletion} from './completion/bash.ts';
import {fishCompletion} from './completion/fish.ts';
import type {CommandLine} from './completion/words.ts';
import {zshCompletion} from './completion/zsh.ts';
import {pages} from './help.ts';
import {commandsIn} from './help-table.ts';

const shells: Readonly<Record<string, (line: CommandLine) => string>> = {
  bash: bashCompletion,
  zsh: zshCompletion,
  fish: fishCompletion,
};

/** Prints a script that completes the command line. @throws {UsageError} if there is no such shell */
export async function completion(args: readonly string[]): Promise<number> {
  const {positionals} = parseCall({args: [...args], allowPositionals: true});
  const [shell, more] = positionals;
  if (shell === undefined || more !== undefined) {
    throw new UsageError('completion takes one shell: `kube-harden completion bash`, zsh or fish');
  }
  requireOneOf('the shell', shell, Object.keys(shells));
  const line = {commands: commandsIn(pages), rules: rules.map(({id}) => id)};
  await writeReport(shells[shell]?.(line) ?? '');
  return 0;
}
