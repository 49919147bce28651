import {readFileSync, realpathSync, statSync} from 'node:fs';
import path from 'node:path';
import {UsageError} from '../errors.ts';
import {type Distrusted, findPolicy, isFindable, whyNotOurs} from './find.ts';
import {mergeLayers, type Origin, type PolicyLayer} from './layers.ts';
import {withOwnRules} from './own-rules.ts';
import type {PolicyChoices} from './resolve.ts';

export interface LoadedPolicy {
  /** From the lowest up. */
  readonly layers: readonly PolicyLayer[];
  readonly choices: PolicyChoices;
  /** The file, if there is one, and the files that it extends. */
  readonly files: readonly string[];
  /** Files that were found but are ignored, because they are not the user's. */
  readonly distrusted: readonly Distrusted[];
}

/**
 * The policy in `file`, or otherwise the user's nearest one from `start` upwards
 * (`findPolicy`), with the policies that it extends. `start` is an absolute path.
 *
 * @throws {UsageError} if a file cannot be read, a key in it is wrong, or it does not extend a locked policy
 */
export async function loadPolicy(
  file: string | undefined,
  start: string = process.cwd(),
): Promise<LoadedPolicy> {
  const search = findPolicy(start);
  const distrusted = file === undefined ? search.distrusted : [];
  const name = file ?? (search.file === undefined ? undefined : nameOf(search.file));
  if (name === undefined) return {layers: [], choices: {}, files: [], distrusted};
  const chain = await readBases([await readFile(name, readText(name))]);
  await requireExtended(chain, search);
  if (file !== undefined) await requireExtendedBeside(file, chain);
  return {...loaded(chain), distrusted};
}

/**
 * The policy in `file`, which need not be the one that applies here. Below a policy with locks, a file that would be
 * found must extend it.
 *
 * @throws {UsageError} as `loadPolicy`
 */
export async function loadFile(file: string): Promise<Omit<LoadedPolicy, 'distrusted'>> {
  const chain = await readBases([await readFile(file, readText(file))]);
  await requireExtendedBeside(file, chain);
  return loaded(chain);
}

/** As `requireExtended`, for the policies that hold where `file` is, if it would be found there. */
async function requireExtendedBeside(file: string, chain: readonly LoadedLayer[]): Promise<void> {
  if (isFindable(file)) await requireExtended(chain, findPolicy(path.dirname(path.resolve(file))));
}

/**
 * The layers of `text`, the content of a new policy file, and of the files that it extends, from the lowest up.
 *
 * @throws {UsageError} as `loadPolicy`
 */
export async function readChain(file: string, text: string): Promise<readonly PolicyLayer[]> {
  const chain = await readBases([await readFile(file, text)]);
  await requireExtended(chain, findPolicy(path.dirname(path.resolve(file))));
  return layersOf(chain);
}

const layersOf = (chain: readonly LoadedLayer[]): readonly PolicyLayer[] =>
  withOwnRules(chain.map(({layer}) => layer));

function loaded(chain: readonly LoadedLayer[]): Omit<LoadedPolicy, 'distrusted'> {
  const layers = layersOf(chain);
  return {layers, choices: mergeLayers(layers), files: chain.map(({name}) => name).reverse()};
}

/**
 * `layer`, a policy that is not in a file, on top of the policies that it extends: a path from the working directory.
 *
 * @throws {UsageError} as `loadPolicy`
 */
export async function withBases(layer: PolicyLayer): Promise<readonly PolicyLayer[]> {
  const own = await compiled(layer, process.cwd());
  const chain = await readBases([{layer: own, name: '', real: path.resolve('functionConfig')}]);
  await requireExtended(chain, findPolicy(process.cwd()));
  return layersOf(chain);
}

/** A layer with its file. */
interface LoadedLayer {
  readonly layer: PolicyLayer;
  /** The file as it is shown; empty for a functionConfig. */
  readonly name: string;
  /** The file behind all links. */
  readonly real: string;
}

const mostLayers = 10;

/** `chain`, whose first layer is the lowest, on top of the files that it extends. */
async function readBases(chain: readonly LoadedLayer[]): Promise<readonly LoadedLayer[]> {
  const [lowest] = chain;
  const {base, originOf} = lowest?.layer ?? {};
  if (lowest === undefined || base === undefined) return chain;
  const origin = originOf?.(['extends']) ?? {};
  const name = requireOurs('extends', path.resolve(path.dirname(lowest.real), base), base, origin);
  const read = await readFile(name, readBase(name, chain, origin));
  return readBases([read, ...chain]);
}

/** @throws {UsageError} if `file`, which a policy names as `written` under `key`, is none of the user's files */
function requireOurs(key: string, file: string, written: string, origin: Origin): string {
  if (/^[A-Za-z][-+.\w]*:\/\//.test(written)) {
    throw new UsageError(`\`${key}\` must be a path: no policy is downloaded`, origin);
  }
  const name = nameOf(file);
  const stats = statSync(file, {throwIfNoEntry: false});
  const reason = stats === undefined ? undefined : whyNotOurs(file);
  if (reason === undefined) return name;
  throw new UsageError(`\`${key}\` must not name ${name}, because ${reason}`, origin);
}

/** @throws {UsageError} if `name` is in `chain`, the chain is too long, or the file cannot be read */
function readBase(name: string, chain: readonly LoadedLayer[], origin: Origin): string {
  const files = [...chain.map(each => each.name).reverse(), name].filter(each => each !== '');
  const path = files.join(', which extends ');
  if (chain.some(({real}) => real === realOf(name))) {
    throw new UsageError(`\`extends\` leads in a circle: ${path}`, origin);
  }
  if (chain.length >= mostLayers) {
    throw new UsageError(
      `\`extends\` leads through more than ${mostLayers} files: ${path}`,
      origin,
    );
  }
  try {
    return readText(name);
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    throw new UsageError(`${error.message}: ${path}`, origin, {cause: error});
  }
}

async function readFile(name: string, text: string): Promise<LoadedLayer> {
  const real = realOf(name);
  return {layer: await compiled(await readLayer(name, text), path.dirname(real)), name, real};
}

/** `layer` with the rules of its own and the files that it names: paths from `folder`. */
async function compiled({imageLock, ...rest}: PolicyLayer, folder: string): Promise<PolicyLayer> {
  const layer = imageLock === undefined ? rest : withImageLock(rest, imageLock, folder);
  if (layer.uncompiled === undefined) return layer;
  const {compileLayer} = await import('./compile-layer.ts');
  return compileLayer(layer, (file, origin) => {
    const name = requireOurs('admissionPolicies', path.resolve(folder, file), file, origin);
    return {file: name, text: readManifests(name, origin)};
  });
}

/** @throws {UsageError} if the file is none of the user's */
function withImageLock(layer: PolicyLayer, file: string, folder: string): PolicyLayer {
  const absolute = path.resolve(folder, file);
  requireOurs('images', absolute, file, layer.originOf(['images']));
  return {...layer, choices: {...layer.choices, images: {file, path: absolute}}};
}

/** @throws {UsageError} if it is no file, or cannot be read */
function readManifests(name: string, origin: Origin): string {
  const refuse = (why: string, cause?: unknown): never => {
    throw new UsageError(`\`admissionPolicies\` names ${name}, but ${why}`, origin, {cause});
  };
  try {
    return statSync(name).isFile() ? readFileSync(name, 'utf8') : refuse('it is no file');
  } catch (error) {
    if (error instanceof UsageError) throw error;
    const {code} = error as NodeJS.ErrnoException;
    const why = code === 'ENOENT' ? 'it does not exist' : `it cannot be read (${code})`;
    return refuse(why, error);
  }
}

/**
 * A policy with locks holds for all folders below it: a nearer policy, or another one, must extend it.
 *
 * @throws {UsageError} if `chain` does not
 */
async function requireExtended(
  chain: readonly LoadedLayer[],
  {file, outer}: Pick<ReturnType<typeof findPolicy>, 'file' | 'outer'>,
): Promise<void> {
  for (const each of [...(file === undefined ? [] : [file]), ...outer]) {
    if (chain.some(({real}) => real === realOf(each))) continue;
    const name = nameOf(each);
    const locking = (await readBases([await readFile(name, readText(each))])).find(
      ({layer, real}) =>
        layer.choices.locked !== undefined && chain.every(other => other.real !== real),
    );
    if (locking === undefined) continue;
    const {file: by, line} = locking.layer.originOf(['locked']);
    throw new UsageError(
      `the policy must extend ${by}, which locks something on line ${line}: add \`extends\` with its path`,
      chain.at(-1)?.layer.originOf([]),
    );
  }
}

/** A file as it is shown: seen from the working directory. */
const nameOf = (file: string): string => path.relative('.', file) || file;

function realOf(file: string): string {
  try {
    return realpathSync(file);
  } catch {
    return path.resolve(file);
  }
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
