import {execFileSync} from 'node:child_process';
import {fstatSync, readFileSync, realpathSync} from 'node:fs';
import path from 'node:path';
import {UsageError} from '../errors.ts';

/**
 * Who runs kube-harden. docs/security.md explains what follows from it, and it is decided only by
 * this value:
 *
 * - `helm`: the input is from a chart, and the output is installed;
 * - `kustomize`, or kpt: the input is their ResourceList, with a policy of the user in it;
 * - `other`: a shell, a script, a pipeline. The author of the input is unknown.
 */
export type Caller = 'helm' | 'kustomize' | 'other';

/**
 * The variable with which a user says that kustomize or kpt is the caller, if that cannot be
 * detected.
 */
const variable = 'KUBE_HARDEN_CALLER';

/**
 * Who runs this process, according to Helm 4's variables, the names of the processes above it, and
 * the user. Helm anywhere among these processes counts as Helm, unless kustomize is nearer.
 *
 * @throws {UsageError} if the variable has an invalid value
 */
export function caller(): Caller {
  return isHelm4() ? 'helm' : callerAmong(ancestorsOfCall(), process.env[variable]);
}

/**
 * Whether Helm, kustomize or kpt runs this process, and may take its output: whatever the user says. As `caller`,
 * no for `helm harden`.
 */
export const isRunByTool = (): boolean =>
  isHelm4() || callerAmong(ancestorsOfCall(), undefined) !== 'other';

function ancestorsOfCall(): readonly string[] {
  const ancestors = ancestorNames();
  const [parent = ''] = ancestors;
  // As `helm harden`, the caller is who runs Helm.
  const isThroughHelm = isHelmCommand() && isHelm(parent);
  return isThroughHelm ? ancestors.slice(1) : ancestors;
}

/**
 * As `caller`, from the names of the processes above this one, the nearest first, and the value of
 * the variable. Only the direct parent can be kustomize: a script that kustomize runs may pipe
 * anything into us.
 */
export function callerAmong(ancestors: readonly string[], said: string | undefined): Caller {
  const isSaid = said === 'kustomize' || said === 'kpt';
  if (said !== undefined && said !== '' && !isSaid) {
    throw new UsageError(`${variable} must be "kustomize" or "kpt", not "${said}"`);
  }
  if (/^(?:kustomize|kpt)/.test(ancestors[0] ?? '')) return 'kustomize';
  if (ancestors.some(isHelm)) return 'helm';
  return isSaid ? 'kustomize' : 'other';
}

const isHelm = (name: string): boolean => name.startsWith('helm');

/**
 * Helm 4 runs post-renderers as plugins, sets HELM_PLUGIN_NAME and HELM_PLUGIN_DIR for them, and
 * drops their stderr. Helm 3 sets the variables only for plugins, never for a post-renderer. But a
 * post-renderer inherits them if another plugin called Helm; then their folder is not ours.
 */
export function isHelm4(): boolean {
  const {HELM_PLUGIN_NAME: name, HELM_PLUGIN_DIR: folder} = process.env;
  if (name === undefined || isHelmCommand()) return false;
  return folder === undefined || isWithin(process.argv[1] ?? '', folder);
}

/**
 * Whether this process is `helm harden …`, which means the same as `kube-harden …`. Helm 3 and 4 set
 * the variables for it. Its output goes to the user, not into a release.
 */
export function isHelmCommand(): boolean {
  const {HELM_PLUGIN_NAME: name, HELM_PLUGIN_DIR: folder} = process.env;
  return name === 'harden' && folder !== undefined && isWithin(process.argv[1] ?? '', folder);
}

function isWithin(file: string, folder: string): boolean {
  try {
    return realpathSync(file).startsWith(`${realpathSync(folder)}${path.sep}`);
  } catch {
    return false;
  }
}

/**
 * Whether Helm takes the output for the release: it is the parent process, and stdin is its pipe.
 * The environment does not show this: Helm 3 sets nothing, and what a plugin calls inherits the
 * variables of Helm 4. If it cannot be determined, the answer is no.
 */
export function isPostRenderer(): boolean {
  if (isHelmCommand()) return false;
  try {
    return fstatSync(0).isFIFO() && isHelm(ancestorNames(1)[0] ?? '');
  } catch {
    return false;
  }
}

const mostAncestors = 32;

/** The program names of the processes above this one, as far as they can be read. */
function ancestorNames(most = mostAncestors): readonly string[] {
  const names: string[] = [];
  let id = process.ppid;
  while (id > 0 && names.length < most) {
    const {name, parent} = processOf(id) ?? {};
    if (name === undefined || parent === undefined) break;
    names.push(name);
    id = parent;
  }
  return names;
}

interface ProcessState {
  /** The file name of its program; on Linux only the first 15 bytes. */
  readonly name: string;
  readonly parent: number;
}

/**
 * Undefined if the system does not show it: on Windows, without `/proc` on Linux, without `/bin/ps`
 * elsewhere, and for processes outside a container. The caller is then `other`, which trusts least.
 */
function processOf(id: number): ProcessState | undefined {
  try {
    const [name, parent] = process.platform === 'linux' ? stateOnLinux(id) : stateByPs(id);
    return {name: path.basename(name), parent: Number(parent)};
  } catch {
    return undefined;
  }
}

/**
 * `/proc/ID/stat` is `ID (NAME) STATE PARENT …`, where the name may contain anything: see proc(5).
 */
function stateOnLinux(id: number): readonly [string, string] {
  const [, name = '', parent = ''] =
    /^\d+ \((.*)\) \S (\d+) /s.exec(readFileSync(`/proc/${id}/stat`, 'utf8')) ?? [];
  return [name, parent];
}

/** How long `ps` may take, in milliseconds. */
const longestLook = 5000;

/** By its absolute path, which no PATH folder can shadow. */
function stateByPs(id: number): readonly [string, string] {
  const line = execFileSync('/bin/ps', ['-o', 'ppid=,comm=', '-p', String(id)], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
    timeout: longestLook,
  });
  const [, parent = '', name = ''] = /^\s*(\d+)\s+(.*?)\s*$/s.exec(line) ?? [];
  return [name, parent];
}
