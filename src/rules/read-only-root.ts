import {set} from '../edits.ts';
import {asMap} from '../json.ts';
import {isWindows} from '../kubernetes/pod-platform.ts';
import type {Rule} from './rule.ts';

/**
 * Restricted field, in containers, init and ephemeral containers:
 * `securityContext.readOnlyRootFilesystem`: must be true. Pods with `spec.os.name: windows` are
 * exempt, because the API server forbids the field there.
 */
export const readOnlyRoot: Rule = {
  id: 'read-only-root',
  title: 'Containers must have a read-only root file system',
  severity: 'low',
  remedy:
    'Set `readOnlyRootFilesystem: true`, and mount an `emptyDir` at each path that the container writes to.',
  rationale:
    'An attacker who can write to the container’s files can leave tools there and change its programs. With a read-only root file system, only volumes are writable.',
  rewrite: {does: 'sets `readOnlyRootFilesystem: true`', disruption: 'likely', effect: 'fills'},
  references: {kubescape: ['C-0017'], nsa: 'Kubernetes Pod security', mitre: ['T1611']},
  *checkContainer({value, path, name}, pod) {
    const isReadOnly = asMap(value['securityContext'])?.['readOnlyRootFilesystem'];
    if (isReadOnly === true) return;
    if (isWindows(pod)) return;
    const field = [...path, 'securityContext', 'readOnlyRootFilesystem'];
    yield {
      path: field,
      container: name,
      message: `\`readOnlyRootFilesystem\` of container "${name}" must be true: otherwise an attacker can add tools and change programs`,
      ...(isReadOnly === false ? {effect: 'takes'} : {}),
      edits: [set(field, true)],
    };
  },
};
