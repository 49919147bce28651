import {asList, asMap, asString, isList, isMap, type Json, type JsonMap} from '../json.ts';
import {capabilityName} from './capabilities.ts';
import {isPortNumber} from './container-port.ts';

/** An unsafe setting of a pod or a container, recognized without its context. */
export interface UnsafeSetting {
  readonly what: UnsafeField;
  /** As written; for a `host-path` only the folder. */
  readonly text: string;
}

export type UnsafeField =
  | 'host-ipc'
  | 'host-network'
  | 'host-path'
  | 'host-pid'
  | 'host-port'
  | 'host-process'
  | 'privileged'
  /** The context does not show what it belongs to. */
  | 'privileged-somewhere'
  | 'root-user'
  | 'sys-admin';

const namespaces: ReadonlyMap<string, UnsafeField> = new Map([
  ['hostIPC', 'host-ipc'],
  ['hostNetwork', 'host-network'],
  ['hostPID', 'host-pid'],
  ['hostProcess', 'host-process'],
]);

/**
 * The unsafe setting that `value` at `key` is, if it is one. `holder` is the mapping with the key,
 * `parent` the key of that mapping.
 */
export function unsafeSettingAt(
  key: string,
  value: Json | undefined,
  holder: JsonMap,
  parent: string,
): UnsafeSetting | undefined {
  const field = namespaces.get(key);
  if (field !== undefined) return value === true ? {what: field, text: `${key}: true`} : undefined;
  if (key === 'privileged' && value === true) {
    const isSure = isContext(parent) || isContainer(holder);
    return {what: isSure ? 'privileged' : 'privileged-somewhere', text: 'privileged: true'};
  }
  if (key === 'runAsUser' && value === 0) return {what: 'root-user', text: 'runAsUser: 0'};
  if (key === 'hostPort' && isPortNumber(value) && isPortNumber(holder['containerPort'])) {
    return {what: 'host-port', text: `hostPort: ${value}`};
  }
  if (key === 'add' && parent === 'capabilities') return sysAdminIn(value);
  return key === 'hostPath' ? hostPathIn(value, holder) : undefined;
}

function sysAdminIn(add: Json | undefined): UnsafeSetting | undefined {
  for (const item of asList(add)) {
    const name = capabilityName(asString(item) ?? '');
    if (name === 'SYS_ADMIN' || name === 'ALL') {
      return {what: 'sys-admin', text: `capabilities: {add: [${name}]}`};
    }
  }
  return undefined;
}

/** A volume in the form of pods, or in kubeadm's form with its mount. */
function hostPathIn(value: Json | undefined, holder: JsonMap): UnsafeSetting | undefined {
  const isMounted = typeof holder['mountPath'] === 'string';
  const folder = asString(asMap(value)?.['path']) ?? (isMounted ? asString(value) : undefined);
  return folder === undefined ? undefined : {what: 'host-path', text: folder};
}

const isContext = (key: string): boolean => /securityContext$/i.test(key);

/** Whether `map` sets both what runs and its privileges. */
export const isContainer = (map: JsonMap): boolean =>
  isImage(map['image']) && Object.keys(map).some(key => isContext(key) && isMap(map[key]));

const isImage = (value: Json | undefined): boolean =>
  isMap(value) ? typeof value['repository'] === 'string' : (asString(value) ?? '') !== '';

/** Whether `map` is something like a container, with a name. */
export const isNamedContainer = (map: JsonMap): boolean =>
  typeof map['name'] === 'string' &&
  (isImage(map['image']) || isList(map['command']) || isMap(map['securityContext']));
