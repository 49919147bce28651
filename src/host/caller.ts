import {execFileSync} from 'node:child_process';
import {fstatSync, readFileSync, realpathSync} from 'node:fs';
import path from 'node:path';
import {UsageError} from '../errors.ts';

/**
 * Who runs kube-harden. What follows from it is told in docs/security.md, and nowhere decided but by
 * this word:
 *
 * - `helm`: what is read is a chart's, and what is printed is installed;
 * - `kustomize`, or kpt: what is read is a ResourceList of theirs, with a policy of the user's in it;
 * - `other`: a shell, a script, a pipeline. Whose the input is, is not known.
 */
export type Caller = 'helm' | 'kustomize' | 'other';

/** The variable by which a user says that kustomize or kpt calls, where that cannot be seen. */
const variable = 'KUBE_HARDEN_CALLER';

/**
 * Who runs this process: by Helm 4's variables, by the names of the processes that started it, and by
 * the user's word. Helm anywhere among these processes is Helm, but for a kustomize that is nearer.
 *
 * @throws {UsageError} where the variable says what it cannot
 */
export const caller = (): Caller =>
  isHelm4() ? 'helm' : callerAmong(ancestorNames(), process.env[variable]);

/**
 * As `caller`, from the names of the processes above this one, the nearest first, and the variable's
 * value. Only the process that started this one can be kustomize: a script of kustomize's may pipe
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
 * Helm 4 runs post-renderers as plugins, tells them so in HELM_PLUGIN_NAME and HELM_PLUGIN_DIR, and
 * drops their stderr. Helm 3 sets the variables for plugins only, never for a post-renderer; but a
 * post-renderer inherits them where another plugin called Helm, and their folder is not ours then.
 */
export function isHelm4(): boolean {
  const {HELM_PLUGIN_NAME: name, HELM_PLUGIN_DIR: folder} = process.env;
  if (name === undefined) return false;
  return folder === undefined || isWithin(process.argv[1] ?? '', folder);
}

function isWithin(file: string, folder: string): boolean {
  try {
    return realpathSync(file).startsWith(`${realpathSync(folder)}${path.sep}`);
  } catch {
    return false;
  }
}

/**
 * Whether Helm takes what is printed for the release: it is the parent process, and stdin is its
 * pipe. The environment does not tell, since Helm 3 says nothing there, and what a plugin calls
 * inherits what Helm 4 says. Where it cannot be learnt, the answer is no.
 */
export function isPostRenderer(): boolean {
  try {
    return fstatSync(0).isFIFO() && isHelm(ancestorNames(1)[0] ?? '');
  } catch {
    return false;
  }
}

const mostAncestors = 32;

/** The names of the programs of the processes above this one, as far as they can be learnt. */
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
  /** The name of its program's file: on Linux the first 15 bytes of it. */
  readonly name: string;
  readonly parent: number;
}

/** Undefined where the system does not tell: on Windows, and of processes outside a container. */
function processOf(id: number): ProcessState | undefined {
  try {
    const [name, parent] = process.platform === 'linux' ? stateOnLinux(id) : stateByPs(id);
    return {name: path.basename(name), parent: Number(parent)};
  } catch {
    return undefined;
  }
}

/** `/proc/ID/stat` is `ID (NAME) STATE PARENT …`, where the name may hold anything: see proc(5). */
function stateOnLinux(id: number): readonly [string, string] {
  const [, name = '', parent = ''] =
    /^\d+ \((.*)\) \S (\d+) /s.exec(readFileSync(`/proc/${id}/stat`, 'utf8')) ?? [];
  return [name, parent];
}

/** By its absolute path, which no folder of the PATH can come before. */
function stateByPs(id: number): readonly [string, string] {
  const line = execFileSync('/bin/ps', ['-o', 'ppid=,comm=', '-p', String(id)], {encoding: 'utf8'});
  const [, parent = '', name = ''] = /^\s*(\d+)\s+(.*?)\s*$/s.exec(line) ?? [];
  return [name, parent];
}
