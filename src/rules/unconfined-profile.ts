import {remove, set} from '../edits.ts';
import {asMap, type JsonMap, type Path} from '../json.ts';
import {confiningTypes} from '../kubernetes/confinement.ts';
import type {Violation} from './rule.ts';

/**
 * Restricted field of a security context: `FIELD.type` must be RuntimeDefault or Localhost if
 * `FIELD` is set.
 *
 * @param holder The object with the security context: a pod spec or a container
 * @param at The path of `holder`
 * @param container The name of the container; absent for a pod spec
 */
export function unconfinedProfile(
  field: 'appArmorProfile' | 'seccompProfile',
  holder: JsonMap,
  at: Path,
  container?: string,
): Violation | undefined {
  const profile = asMap(holder['securityContext'])?.[field];
  if (profile === undefined || profile === null) return undefined;
  const type = asMap(profile)?.['type'];
  if (confiningTypes.some(each => each === type)) return undefined;
  const path = [...at, 'securityContext', field];
  const whose = container === undefined ? 'the pod' : `container "${container}"`;
  return {
    path: [...path, 'type'],
    ...(container === undefined ? {} : {container}),
    message: `\`${field}.type\` of ${whose} must be "RuntimeDefault" or "Localhost", not ${JSON.stringify(type ?? null)}: ${gain[field]}`,
    edits: [set([...path, 'type'], 'RuntimeDefault'), remove([...path, 'localhostProfile'])],
  };
}

const gain = {
  appArmorProfile: 'AppArmor no longer blocks mounts and writes to kernel files',
  seccompProfile: 'an attacker can make every system call, and exploit every bug in one',
};
