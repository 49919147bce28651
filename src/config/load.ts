import {readFileSync, statSync} from 'node:fs';
import path from 'node:path';
import {UsageError} from '../errors.ts';
import {type Distrusted, findPolicy} from './find.ts';
import {mergeLayers, type PolicyLayer} from './layers.ts';
import type {PolicyChoices} from './resolve.ts';

export interface LoadedPolicy {
  /** From the lowest up. */
  readonly layers: readonly PolicyLayer[];
  readonly choices: PolicyChoices;
  /** The file, if there is one. */
  readonly file?: string;
  /** Files that were found but are ignored, because they are not the user's. */
  readonly distrusted: readonly Distrusted[];
}

/**
 * The policy in `file`, or otherwise the user's nearest one from the working directory upwards
 * (`findPolicy`).
 *
 * @throws {UsageError} if the file cannot be read, or a key in it is wrong
 */
export async function loadPolicy(file: string | undefined): Promise<LoadedPolicy> {
  const search = file === undefined ? findPolicy(process.cwd()) : {file, distrusted: []};
  const {distrusted} = search;
  if (search.file === undefined) return {layers: [], choices: {}, distrusted};
  const name = file ?? path.relative('.', search.file);
  const layers = [await readLayer(name, readText(name))];
  return {layers, choices: mergeLayers(layers), file: name, distrusted};
}

const noFile =
  'a policy must be a file: for the defaults, name an empty file that ends in .yaml, .yml or .json';

const endings = ['.yaml', '.yml', '.json'];

/** @throws {UsageError} if `file` is not a file, has the wrong extension or cannot be read */
function readText(file: string): string {
  try {
    if (!statSync(file).isFile()) throw new UsageError(noFile, {file});
    if (endings.includes(path.extname(file))) return readFileSync(file, 'utf8');
  } catch (error) {
    if (error instanceof UsageError) throw error;
    const {code} = error as NodeJS.ErrnoException;
    const isAbsent = code === 'ENOENT';
    const message = isAbsent ? 'the policy file does not exist' : `it cannot be read (${code})`;
    throw new UsageError(message, {file}, {cause: error});
  }
  throw new UsageError('a policy file must end in .yaml, .yml or .json', {file});
}

/**
 * The layer in `content`, the text of a policy file; errors name `file`.
 *
 * @throws {UsageError} with the places, if it cannot be read or keys in it are wrong
 */
export async function readLayer(file: string, content: string): Promise<PolicyLayer> {
  const {readPolicyText} = await import('./policy-text.ts');
  const {value, placeOf} = readPolicyText(file, content);
  if (!isFunctionConfig(value)) {
    const {parseLayer} = await import('./parse.ts');
    return parseLayer(value, file, placeOf);
  }
  const {parseFunctionConfig} = await import('./function-config.ts');
  return parseFunctionConfig(value, file, placeOf) ?? {choices: {}, originOf: () => ({file})};
}

/** Whether the file is the functionConfig of kustomize: its `spec` is the policy. */
const isFunctionConfig = (value: unknown): boolean =>
  typeof value === 'object' && value !== null && 'kind' in value && 'apiVersion' in value;
