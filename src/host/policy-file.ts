import {existsSync, realpathSync} from 'node:fs';
import path from 'node:path';
import {findPolicy, isInChart} from '../config/find.ts';
import {UsageError} from '../errors.ts';
import {decodeInput} from './input.ts';
import {readRegularFile} from './read-file.ts';
import {replaceFile} from './replace-file.ts';

/** The policy file to write, with its content, or an empty string if it is new. */
export interface PolicyFile {
  readonly name: string;
  readonly text: string;
  readonly isNew: boolean;
}

/**
 * The policy file to write to: that of `--config`, the one that applies in the working directory,
 * or a new one there. Never one inside a chart: it would be ignored, and distributed with the
 * chart.
 *
 * @throws {UsageError} if that is inside a chart, or cannot be read
 */
export function policyFile(config: string | undefined): PolicyFile {
  const found = config ?? findPolicy(process.cwd()).file;
  const name = found === undefined ? 'kube-harden.yaml' : (config ?? path.relative('.', found));
  const isNew = !existsSync(name);
  const folder = path.dirname(isNew ? path.resolve(name) : realpathSync(name));
  if (isInChart(folder) || isInChart(path.dirname(path.resolve(name)))) {
    throw new UsageError(
      'a policy inside a chart is ignored: run this in another folder, choose another file with --config, or use --print',
      {file: name},
    );
  }
  if (!isNew) return {name, text: decodeInput(readRegularFile(name), name), isNew};
  if (name.endsWith('.json')) return {name, text: '{}\n', isNew};
  if (/\.ya?ml$/.test(name)) return {name, text: '', isNew};
  throw new UsageError('a policy file must end in .yaml, .yml or .json', {file: name});
}

/** @throws {UsageError} if the file cannot be written */
export const writePolicyFile = ({name}: PolicyFile, text: string): void =>
  replaceFile(name, text, 'the policy');
