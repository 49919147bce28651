import {UsageError} from '../errors.ts';
import {parseGroupVersion} from '../kubernetes/group-version.ts';
import type {PodPlaces} from '../kubernetes/pod-places.ts';
import {type GroupKind, ObjectError, type Resource} from '../kubernetes/resource.ts';
import {liveObject, liveStream} from '../stream/live.ts';
import type {ObjectStream} from '../stream/manifest-stream.ts';
import {findProgram, ignoredFolders} from './find-program.ts';
import {interruptible} from './interrupt.ts';
import type {Concern} from './read-target.ts';
import {ProgramError, runProgram} from './run-program.ts';
import type {Skipped} from './walk.ts';

/** Which part of which cluster is read. */
export interface ClusterChoices {
  /** A context of the user's kubeconfig; by default the current one. */
  readonly context?: string | undefined;
  /** Only the objects in these namespaces; by default everything. */
  readonly namespaces?: readonly string[] | undefined;
}

export interface ClusterObjects {
  /** What the cluster is called in reports. */
  readonly name: string;
  readonly stream: ObjectStream;
  /** The kinds that were read, also those of which there is no object. */
  readonly kinds: readonly GroupKind[];
  /** The kinds that could not be read. */
  readonly skipped: readonly Skipped[];
}

/** How long calls of kubectl may take, in milliseconds. */
export interface TimeLimits {
  readonly perCall: number;
  /** All calls together: a server may let each of a hundred kinds wait. */
  readonly total: number;
}

const defaultLimits: TimeLimits = {perCall: 120_000, total: 600_000};

/**
 * The objects that run in a cluster, of the kinds of concern, read by the user's own kubectl. Nothing is written. A
 * kind that cannot be read does not hide the others.
 *
 * @throws {UsageError} if there is no kubectl, the cluster does not answer, or nothing can be read
 */
export async function readCluster(
  choices: ClusterChoices,
  isOfConcern: Concern,
  places?: PodPlaces,
  limits: TimeLimits = defaultLimits,
): Promise<ClusterObjects> {
  const kubectl = kubectlOf(choices, limits);
  const name = await nameOf(choices, kubectl);
  const {kinds, skipped} = await kindsIn(kubectl, name);
  const scopes = scopesOf(choices);
  const wanted = kinds.filter(
    kind => isOfConcern(kind) && (choices.namespaces === undefined || kind.isNamespaced),
  );
  const read: Resource[] = [];
  const readKinds: GroupKind[] = [];
  for (const group of groupsOf(wanted)) {
    for (const scope of scopes) {
      for await (const found of objectsOf(group, scope, kubectl)) {
        if ('reason' in found) skipped.push({...found, file: `${name}: ${found.file}`});
        else {
          readKinds.push(...found.kinds);
          for (const object of found.objects) read.push(object);
        }
      }
    }
  }
  requireObjects(read, skipped, choices, name);
  return {name, stream: liveStream(read, name, places), kinds: readKinds, skipped};
}

/**
 * Every namespace has objects of its own, so one without any does not exist: a misspelt name must not look clean.
 *
 * @throws {UsageError} if there is nothing in the cluster, or in one of the namespaces
 */
function requireObjects(
  read: readonly Resource[],
  [first]: readonly Skipped[],
  {namespaces = []}: ClusterChoices,
  name: string,
): void {
  if (read.length === 0 && first !== undefined) {
    throw new UsageError(`nothing could be read: ${first.reason}`, {file: name});
  }
  const seen = new Set(read.map(({namespace}) => namespace));
  const empty = namespaces.find(namespace => !seen.has(namespace));
  if (empty !== undefined && first === undefined) {
    throw new UsageError(`there is nothing in the namespace "${empty}": does it exist?`, {
      file: name,
    });
  }
  if (read.length === 0)
    throw new UsageError('there is nothing in it that a rule looks at', {file: name});
}

/** Calls kubectl. @throws {ProgramError} if it fails */
type Kubectl = (args: readonly string[]) => Promise<string>;

/** @throws {UsageError} if there is no kubectl */
function kubectlOf({context}: ClusterChoices, {perCall, total}: TimeLimits): Kubectl {
  const executable = findProgram('kubectl', process.env);
  if (executable === undefined) throw new UsageError(noKubectl);
  const access = context === undefined ? [] : [`--context=${context}`];
  const end = Date.now() + total;
  return async args => {
    const timeLimit = Math.min(perCall, end - Date.now());
    if (timeLimit <= 0)
      throw new ProgramError(`the calls of kubectl take more than ${total / 1000} s`, '', '');
    const program = {
      name: 'kubectl',
      executable,
      args: [...args, ...access],
      env: {},
      timeLimit,
    };
    const bytes = await interruptible(signal => runProgram(program, signal));
    return new TextDecoder().decode(bytes);
  };
}

const noKubectl = `reading a cluster needs \`kubectl\`, which is not on the PATH: install it ${ignoredFolders}`;

/** The name of the context; in a pod there is none. */
async function nameOf({context}: ClusterChoices, kubectl: Kubectl): Promise<string> {
  if (context !== undefined) return `cluster ${context}`;
  try {
    const current = (await kubectl(['config', 'current-context'])).trim();
    return current === '' ? 'cluster' : `cluster ${current}`;
  } catch (error) {
    if (!(error instanceof ProgramError)) throw error;
    return 'cluster';
  }
}

/** A kind that the API server serves. */
interface ServedKind extends GroupKind {
  /** Its name in a request: `deployments.apps`. */
  readonly resource: string;
  readonly isNamespaced: boolean;
}

/**
 * The kinds that can be listed. If a server that extends the API does not answer, kubectl prints the
 * other kinds, and fails.
 *
 * @throws {UsageError} if there is none
 */
async function kindsIn(
  kubectl: Kubectl,
  name: string,
): Promise<{readonly kinds: readonly ServedKind[]; readonly skipped: Skipped[]}> {
  const {output, failure} = await attempt(kubectl, [
    'api-resources',
    '--verbs=list',
    '--no-headers',
  ]);
  const kinds = output.split('\n').flatMap(line => servedKind(line) ?? []);
  if (kinds.length === 0) {
    const reason = failure ?? 'kubectl lists no kinds: is it really kubectl?';
    throw new UsageError(`the cluster cannot be read: ${reason}`, {file: name});
  }
  return {kinds, skipped: failure === undefined ? [] : [{file: name, reason: failure}]};
}

/** A line such as `deployments   deploy   apps/v1   true   Deployment`; there may be no short name. */
function servedKind(line: string): ServedKind | undefined {
  const [, plural = '', version = '', isNamespaced, kind = ''] =
    /^([a-z0-9][a-z0-9.-]*) +(?:\S+ +)?(\S+) +(true|false) +(\w+)\s*$/.exec(line) ?? [];
  const parsed = parseGroupVersion(version);
  if (parsed === undefined) return undefined;
  const resource = parsed.group === '' ? plural : `${plural}.${parsed.group}`;
  return {group: parsed.group, kind, resource, isNamespaced: isNamespaced === 'true'};
}

const scopesOf = ({namespaces}: ClusterChoices): readonly string[] =>
  namespaces === undefined
    ? ['--all-namespaces']
    : [...new Set(namespaces)].map(each => `--namespace=${each}`);

/** How many kinds one call lists. */
const mostKinds = 10;

/** Kinds of which a cluster may have thousands of objects, and large ones. */
const largeKinds = ['pods', 'replicasets.apps', 'configmaps'];

/**
 * What one call lists each. Pods come first, then their controllers: the controller of a pod that has been listed is
 * still there.
 */
function groupsOf(kinds: readonly ServedKind[]): readonly (readonly ServedKind[])[] {
  const named = (name: string) => kinds.filter(({resource}) => resource === name);
  const others = kinds.filter(({resource}) => !largeKinds.includes(resource));
  const groups = largeKinds.map(named);
  for (let at = 0; at < others.length; at += mostKinds)
    groups.push(others.slice(at, at + mostKinds));
  return groups.filter(group => group.length > 0);
}

/** The objects of `kinds`. If the call fails, there is a call for each kind, to tell which one fails. */
async function* objectsOf(
  kinds: readonly ServedKind[],
  scope: string,
  kubectl: Kubectl,
): AsyncGenerator<
  {readonly objects: readonly Resource[]; readonly kinds: readonly GroupKind[]} | Skipped
> {
  const names = kinds.map(({resource}) => resource).join(',');
  const {output, failure} = await attempt(kubectl, ['get', names, '--output=json', scope]);
  const items = failure === undefined ? itemsOf(output) : undefined;
  if (items !== undefined) {
    const objects: Resource[] = [];
    for (const item of items) {
      const object = asObject(item);
      if (typeof object === 'string') yield {file: names, reason: object};
      else objects.push(object);
    }
    yield {objects, kinds};
  } else if (kinds.length > 1) {
    for (const kind of kinds) yield* objectsOf([kind], scope, kubectl);
  } else {
    yield {file: names, reason: failure ?? 'kubectl printed no list of objects in JSON'};
  }
}

/** The items of a list in JSON; undefined if it is none. */
function itemsOf(text: string): readonly unknown[] | undefined {
  try {
    const {kind, items} = JSON.parse(text);
    return typeof kind === 'string' && kind.endsWith('List') && Array.isArray(items)
      ? items
      : undefined;
  } catch {
    return undefined;
  }
}

/** An object, or why it is none that an API server could serve. */
function asObject(item: unknown): Resource | string {
  try {
    return liveObject(item);
  } catch (error) {
    if (error instanceof RangeError || error instanceof ObjectError) return error.message;
    throw error;
  }
}

async function attempt(
  kubectl: Kubectl,
  args: readonly string[],
): Promise<{readonly output: string; readonly failure?: string}> {
  try {
    return {output: await kubectl(args)};
  } catch (error) {
    if (!(error instanceof ProgramError)) throw error;
    return {output: error.output, failure: reasonOf(error.message)};
  }
}

/** The error of kubectl without its log, `E1201 02:59:25.653269 …`, which repeats it. */
function reasonOf(text: string): string {
  const lines = text.split('\n').filter(line => !/^[EIW]\d{4} /.test(line));
  const reason = lines.length === 0 ? text : lines.join('\n');
  return reason.replace(/^Error from server \(Forbidden\): \S+ is forbidden: /, 'forbidden: ');
}
