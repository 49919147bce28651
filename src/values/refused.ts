import {asList, asMap, asString, type JsonMap} from '../json.ts';
import {type NamedPath, valueAtNamed} from './named-path.ts';
import type {Difference} from './rendering.ts';

/** Fields of a security context that only a container has, and those that only a pod has. */
const ofContainer: ReadonlySet<string> = new Set([
  'allowPrivilegeEscalation',
  'capabilities',
  'privileged',
  'procMount',
  'readOnlyRootFilesystem',
]);
const ofPod: ReadonlySet<string> = new Set([
  'fsGroup',
  'fsGroupChangePolicy',
  'supplementalGroups',
  'supplementalGroupsPolicy',
  'sysctls',
]);

/** Why the API server or the kubelet would refuse what has changed, as the end of a sentence; undefined if nothing is known. */
export function whyRefused({changes, after}: Difference): string | undefined {
  for (const {id, path, after: value} of changes) {
    const at = path.lastIndexOf('securityContext');
    if (at === -1 || value === undefined) continue;
    const field = path[at + 1] ?? '';
    const isContainer = path[at - 1]?.startsWith('[') === true;
    if (!isContainer && ofContainer.has(field))
      return `\`${field}\` would also be set in the pod, where the API server knows no such field`;
    if (isContainer && ofPod.has(field))
      return `\`${field}\` would also be set in a container, where the API server knows no such field`;
    const reason = contradiction(path.slice(0, at), field, value, after.get(id)?.value);
    if (reason !== undefined) return reason;
  }
  return undefined;
}

/** `holder` is the container or the pod. */
function contradiction(
  holder: NamedPath,
  field: string,
  value: unknown,
  object: JsonMap | undefined,
): string | undefined {
  const context = asMap(asMap(valueAtNamed(object, holder))?.['securityContext']);
  if (field === 'allowPrivilegeEscalation' && value === false) {
    const added = asList(asMap(context?.['capabilities'])?.['add']).map(each => asString(each));
    const isPrivileged =
      context?.['privileged'] === true ||
      added.some(name => name === 'SYS_ADMIN' || name === 'CAP_SYS_ADMIN');
    return isPrivileged
      ? 'the API server refuses `allowPrivilegeEscalation: false` in a privileged container'
      : undefined;
  }
  if (field === 'runAsNonRoot' && value === true) {
    return usersIn(holder, object).includes(0)
      ? 'the kubelet refuses `runAsNonRoot: true` with user 0'
      : undefined;
  }
  return undefined;
}

/** The users of a container, or of the containers of a pod. */
function usersIn(holder: NamedPath, object: JsonMap | undefined): readonly unknown[] {
  const value = asMap(valueAtNamed(object, holder));
  const own = asMap(value?.['securityContext'])?.['runAsUser'];
  const isContainer = holder.at(-1)?.startsWith('[') === true;
  if (isContainer) {
    const pod = asMap(valueAtNamed(object, holder.slice(0, -2)));
    return [own ?? asMap(pod?.['securityContext'])?.['runAsUser']];
  }
  const containers = ['initContainers', 'containers'].flatMap(list => asList(value?.[list]));
  return containers.map(each => asMap(asMap(each)?.['securityContext'])?.['runAsUser'] ?? own);
}
