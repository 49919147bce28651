import path from 'node:path';
import {type ParseArgsConfig, parseArgs} from 'node:util';
import {type Distrusted, findPolicy} from '../config/find.ts';
import {mergeLayers, type PolicyLayer} from '../config/layers.ts';
import {loadPolicy, withBases} from '../config/load.ts';
import {type ImageLockPlace, imageLockPlace, loadImages} from '../config/load-images.ts';
import type {KeyPath} from '../config/mistake.ts';
import {notesOn} from '../config/notes.ts';
import {requireOwnRules} from '../config/own-rules.ts';
import {profiles} from '../config/profiles.ts';
import {type PolicyChoices, resolvePolicy} from '../config/resolve.ts';
import {modesOfRun} from '../config/run-rules.ts';
import {type Place, UnknownOptionError, UsageError} from '../errors.ts';
import {isDnsLabel} from '../kubernetes/names.ts';
import {namesRule} from '../policy/exceptions.ts';
import {
  minorOf,
  newestMinor,
  podSecurityVersionPattern,
  versionOf,
} from '../policy/pod-security-version.ts';
import {type Policy, type Undecided, undecidedChoices} from '../policy/policy.ts';
import {matches} from '../policy/selector.ts';
import {rulesOf} from '../rules/index.ts';
import {type Severity, severities, type Threshold} from '../severity.ts';
import {safeText} from '../text/safe-text.ts';
import {suggestion} from '../text/suggest.ts';
import {optionText} from './environment.ts';
import {reportFileOptions} from './report-files.ts';
import {writeStderr} from './standard-streams.ts';

/** The options that choose a policy for commands that ask all rules whatever the mode, for `parseArgs` of node:util. */
export const policyFileOptions = {
  config: {type: 'string'},
  'pod-security-version': {type: 'string'},
  crds: {type: 'string', multiple: true},
} as const;

/** The options that choose or override a policy, for `parseArgs` of node:util. */
export const policyOptions = {
  ...policyFileOptions,
  profile: {type: 'string', multiple: true},
  undecided: {type: 'string'},
  'fix-all': {type: 'boolean'},
  rule: {type: 'string', multiple: true},
  'skip-rule': {type: 'string', multiple: true},
} as const;

/** The options of commands that judge by the policy. */
export const judgingOptions = {
  'min-severity': {type: 'string'},
  strict: {type: 'boolean'},
} as const;

/** The options that render and audit share, in the same form. */
export const sharedOptions = {
  ...policyOptions,
  ...judgingOptions,
  format: {type: 'string'},
  ...reportFileOptions,
  'no-annotate': {type: 'boolean'},
} as const;

/** As `parseArgs` of node:util. @throws {UsageError} if the command line does not match `config` */
export function parseCall<T extends ParseArgsConfig>(config: T): ReturnType<typeof parseArgs<T>> {
  try {
    return parseArgs(config);
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    const unknown = /^Unknown option '([^']*)'/.exec(error.message)?.[1];
    if (unknown !== undefined) {
      const message = unknownOption(unknown, Object.keys(config.options ?? {}));
      throw new UnknownOptionError(message, unknown, {cause: error});
    }
    throw new UsageError(callMessage(error.message), {}, {cause: error});
  }
}

/** What is wrong with a command line, in our own words; `message` is Node's. */
function callMessage(message: string): string {
  const surplus = /^Unexpected argument '(.*)'\. This/s.exec(message)?.[1];
  if (surplus !== undefined) return `unexpected argument "${surplus}": see \`--help\``;
  const option = /^Option '(?:-\w, )?(--[a-z-]+|-\w)/.exec(message)?.[1] ?? '';
  if (/does not take an argument/.test(message)) {
    return `${option} takes no value`;
  }
  return `${option} must have a value: \`${option}=VALUE\``;
}

function unknownOption(name: string, known: readonly string[]): string {
  const general = name === '--version' || known.includes('chart-version') ? [] : ['version'];
  const options = [...known, 'help', ...general].map(each => `--${each}`);
  const isChartVersion = name === '--version' && options.includes('--chart-version');
  const hint = isChartVersion ? ': use --chart-version for the version of a chart' : '';
  return `unknown option "${name}"${hint || suggestion(name, options) || ': see `--help`'}`;
}

interface SharedValues {
  readonly config?: string | undefined;
  readonly profile?: readonly string[] | undefined;
  readonly 'pod-security-version'?: string | undefined;
  readonly crds?: readonly string[] | undefined;
  readonly undecided?: string | undefined;
  readonly 'fix-all'?: boolean | undefined;
  readonly 'no-annotate'?: boolean | undefined;
  readonly rule?: readonly string[] | undefined;
  readonly 'skip-rule'?: readonly string[] | undefined;
  readonly 'min-severity'?: string | undefined;
  readonly strict?: boolean | undefined;
  readonly 'block-on'?: string | undefined;
  readonly 'fail-on'?: string | undefined;
}

/** A policy that came with the input, in a functionConfig. */
export interface GivenPolicy {
  readonly layer: PolicyLayer;
  readonly place: Place;
  /** Whether it is the user's own. Anyone else's may only be stricter than the user's. */
  readonly isTrusted: boolean;
}

/**
 * The policy from the options, which override the policy file or the policy in the input. Prints to
 * stderr which file was used, and which were ignored.
 *
 * @throws {UsageError} if a file or an option is wrong, or the input may not set that policy
 */
export async function policyOf(values: SharedValues): Promise<Policy> {
  return (await layeredPolicy(values)).policy;
}

/** A policy with the layers that it consists of, from the lowest up. */
export interface LayeredPolicy {
  readonly layers: readonly PolicyLayer[];
  readonly policy: Policy;
  /** Nearer policy files, which are not the user's. */
  readonly ignored: readonly Distrusted[];
  /** Where the lock file of images is, or would be. */
  readonly imageLock: ImageLockPlace;
}

async function tellAll(notes: readonly string[]): Promise<void> {
  for (const note of notes) await writeStderr(`note: ${safeText(note)}\n`);
}

/** For what a policy is wanted. */
interface Purpose {
  readonly given?: GivenPolicy | undefined;
  /** Whether nothing is rewritten, and the options may ask less of locked rules. */
  readonly isAudit?: true;
  /** Whether the lock file of images is about to be written: one that the policy names need not be there. */
  readonly mayLackImages?: true;
}

/** As `policyOf`, with the layers. */
export async function layeredPolicy(
  values: SharedValues,
  {given, isAudit, mayLackImages}: Purpose = {},
): Promise<LayeredPolicy> {
  const choices = optionChoices(values);
  const found =
    given === undefined ? await userLayers(values) : await givenLayers(given, values, choices);
  const {layers: below, ignored} = found;
  requireOwnRules(below);
  const options = optionLayer(values, choices, below);
  const layers = [...below, options];
  if (layers.some(({choices}) => choices.locked !== undefined)) {
    const {requireLocked, requireLockedAudit} = await import('../config/locks.ts');
    if (isAudit === true) await tellAll(requireLockedAudit(layers));
    else requireLocked(layers);
  }
  const merged = mergeLayers(layers);
  const imageLock = imageLockPlace(merged.images?.path, found.file);
  const images = await lockedImages({...imageLock, isNamed: imageLock.isNamed && !mayLackImages});
  const policy = {
    ...(await withDefinitions(resolvePolicy(merged, images), values.crds)),
    ...(await locksOnEntries(found)),
  };
  await tellOfNewerVersion(policy);
  await tellAll(notesOn(mergeLayers(below)));
  return {layers, policy, ignored, imageLock};
}

/** `policy`, with the pods that the definitions at `paths` show in custom resources. */
async function withDefinitions(
  policy: Policy,
  paths: readonly string[] | undefined,
): Promise<Policy> {
  if (paths === undefined) return policy;
  const {definedBy} = await import('./definitions.ts');
  const places = definedBy(paths, policy.workloads);
  return {...policy, workloads: new Map([...policy.workloads, ...places])};
}

/** The images of the lock file. Prints to stderr which file it is, or that it is ignored. */
async function lockedImages(place: ImageLockPlace) {
  const {images, distrusted} = await loadImages(place);
  if (distrusted !== undefined) {
    await writeStderr(`ignored, because ${distrusted.reason}: ${safeText(distrusted.file)}\n`);
  }
  if (images !== undefined) {
    await writeStderr(`images: ${safeText(path.relative('.', place.file))}\n`);
  }
  return images;
}

/**
 * The layers of the policy file. Prints to stderr which file it is, and which nearer files are
 * ignored.
 */
async function userLayers({config}: SharedValues): Promise<FoundLayers> {
  const {layers, files, distrusted} = await loadPolicy(config);
  await tellOf(distrusted);
  if (files.length > 0) {
    await writeStderr(`policy: ${files.map(safeText).join(', which extends ')}\n`);
  }
  const [nearest = ''] = files;
  const isAbove = config === undefined && path.dirname(nearest) !== '.';
  return {layers, ignored: distrusted, isAbove, file: files[0]};
}

interface FoundLayers extends Pick<LayeredPolicy, 'layers' | 'ignored'> {
  /** The policy file that applies. */
  readonly file?: string | undefined;
  /** Whether the nearest policy is in a folder above: what is decided here is written into one that extends it. */
  readonly isAbove?: boolean;
}

/** What locks forbid in the policy into which decisions are written. */
async function locksOnEntries({
  layers,
  isAbove,
}: FoundLayers): Promise<Partial<Pick<Policy, 'entryLocks'>>> {
  const below = isAbove === true ? layers : layers.slice(0, -1);
  if (below.every(({choices}) => choices.locked === undefined)) return {};
  const {entryLocks} = await import('../config/lock.ts');
  return {entryLocks: entryLocks(below)};
}

async function tellOf(distrusted: readonly Distrusted[]): Promise<void> {
  for (const {file, reason} of distrusted) {
    await writeStderr(`ignored, because ${reason}: ${safeText(file)} (use --config to load it)\n`);
  }
}

/** @throws {UsageError} if the user has a policy, too, or if it is not the user's and is looser */
async function givenLayers(
  {layer, place, isTrusted}: GivenPolicy,
  {config}: SharedValues,
  options: PolicyChoices,
): Promise<FoundLayers> {
  const {requireGivable} = await import('../config/given-policy.ts');
  const search = isTrusted ? undefined : findPolicy(process.cwd());
  const ignored = search?.distrusted ?? [];
  await tellOf(ignored);
  const own = config ?? search?.file;
  if (own !== undefined) {
    const message = `the input must not bring a policy when there is one already: ${own}`;
    throw new UsageError(message, place);
  }
  if (isTrusted) return {layers: await withBases(layer), ignored};
  requireGivable(layer, options, place);
  return {layers: [layer], ignored};
}

/** The options that set a key of the choices. */
const optionsOf: Readonly<Partial<Record<keyof PolicyChoices, readonly string[]>>> = {
  profiles: ['profile'],
  podSecurityMinor: ['pod-security-version'],
  undecided: ['undecided', 'fix-all'],
  blockOn: ['block-on'],
  failOn: ['fail-on'],
  annotate: ['no-annotate'],
  minSeverity: ['min-severity'],
  strict: ['strict'],
};

/** The layer of the options, on top of the layers `below`. */
function optionLayer(
  values: SharedValues,
  choices: PolicyChoices,
  below: readonly PolicyLayer[],
): PolicyLayer {
  const named = (option: 'rule' | 'skip-rule') => requireRules(option, values[option], below);
  const skipped = named('skip-rule') ?? [];
  const run = {only: named('rule'), skipped};
  const given: Readonly<Partial<Record<string, unknown>>> = {...values};
  const originOf = ([key, id]: KeyPath) => {
    const names =
      key === 'rules'
        ? [namesRule(skipped, String(id)) ? 'skip-rule' : 'rule']
        : (optionsOf[key as keyof PolicyChoices] ?? []);
    const name = names.find(each => given[each] !== undefined) ?? names[0] ?? '';
    return {option: optionText(name)};
  };
  const layer = {choices, originOf};
  if (run.only === undefined && skipped.length === 0) return layer;
  const rules = modesOfRun(run, resolvePolicy(mergeLayers([...below, layer])));
  return {choices: {...choices, rules}, originOf};
}

/** The rules of `layers` that an option names, as ids or patterns. @throws {UsageError} if one names no rule */
function requireRules(
  option: string,
  lists: readonly string[] | undefined,
  layers: readonly PolicyLayer[],
): readonly string[] | undefined {
  if (lists === undefined) return undefined;
  const ids = rulesOf(resolvePolicy(mergeLayers(layers))).map(({id}) => id);
  const names = lists.flatMap(list => list.split(','));
  const unknown = names.find(name => !ids.some(id => matches(name, id)));
  if (unknown === undefined) return names;
  throw new UsageError(
    `--${option} must name rules, not "${unknown}"${suggestion(unknown, ids) || ': see `kube-harden rules`'}`,
  );
}

function optionChoices(values: SharedValues): PolicyChoices {
  const names = profilesOf(values.profile);
  const minor = minorOption(values['pod-security-version']);
  const minSeverity = values['min-severity'];
  if (minSeverity !== undefined) requireOneOf('--min-severity', minSeverity, severities);
  return {
    ...(names === undefined ? {} : {profiles: names}),
    ...(minor === undefined ? {} : {podSecurityMinor: minor}),
    ...undecidedOf(values),
    ...(values['no-annotate'] === true ? {annotate: false} : {}),
    ...(values.strict === true ? {strict: true} : {}),
    ...(minSeverity === undefined ? {} : {minSeverity: minSeverity as Severity}),
    ...thresholdOf('blockOn', '--block-on', values['block-on']),
    ...thresholdOf('failOn', '--fail-on', values['fail-on']),
  };
}

/** The profiles that `--profile` names, if it was given. @throws {UsageError} if one is unknown */
export function profilesOf(lists: readonly string[] | undefined): readonly string[] | undefined {
  const names = lists?.flatMap(list => list.split(','));
  for (const name of names ?? []) requireOneOf('--profile', name, Object.keys(profiles));
  return names;
}

/** As in Pod Security Admission, an unknown newer version counts as the newest known. */
async function tellOfNewerVersion({podSecurityMinor: minor}: Policy): Promise<void> {
  if (!Number.isFinite(minor) || minor <= newestMinor) return;
  const known = versionOf(newestMinor);
  await writeStderr(
    `note: ${versionOf(minor)} of the Pod Security Standards is unknown; using ${known}, the newest known\n`,
  );
}

/** @throws {UsageError} if `--undecided` is wrong, or contradicts `--fix-all` */
function undecidedOf({
  undecided,
  'fix-all': fixAll,
}: SharedValues): Pick<PolicyChoices, 'undecided'> {
  if (undecided === undefined) return fixAll === true ? {undecided: 'fix'} : {};
  const choice = requireOneOf('--undecided', undecided, undecidedChoices) as Undecided;
  if (fixAll !== true || choice === 'fix') return {undecided: choice};
  throw new UsageError(
    `--fix-all means --undecided fix, and cannot be combined with --undecided ${choice}`,
  );
}

function minorOption(version: string | undefined): number | undefined {
  if (version === undefined) return undefined;
  if (podSecurityVersionPattern.test(version)) return minorOf(version);
  throw new UsageError(`--pod-security-version must be "latest" or like "v1.34", not "${version}"`);
}

/** The threshold that an option sets, if it was given. @throws {UsageError} if it is none */
function thresholdOf(
  key: 'blockOn' | 'failOn',
  option: string,
  value: string | undefined,
): Pick<PolicyChoices, 'blockOn' | 'failOn'> {
  if (value === undefined) return {};
  return {[key]: requireOneOf(option, value, [...severities, 'none']) as Threshold};
}

/** @throws {UsageError} if `value` is not one of `allowed` */
export function requireOneOf(option: string, value: string, allowed: readonly string[]): string {
  if (allowed.includes(value)) return value;
  const list = allowed.join(', ');
  throw new UsageError(
    `${option} must be one of ${list}, not "${value}"${suggestion(value, allowed)}`,
  );
}

/** @throws {UsageError} if `namespace` can be the name of none: a misspelt one must not look as if it matched nothing */
export function requireNamespace(namespace: string): void {
  if (isDnsLabel(namespace)) return;
  throw new UsageError(
    `--namespace must be the name of a namespace: at most 63 lower-case letters, digits and dashes, not "${namespace}"`,
  );
}

export const today = (): string => new Date().toISOString().slice(0, 10);
