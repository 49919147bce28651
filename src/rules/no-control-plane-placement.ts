import {asList, asMap, type Json, type Path, textOf, valueAt} from '../json.ts';
import type {Rule} from './rule.ts';

/** The labels and taints of control plane nodes: the current ones, and those before v1.24. */
export const controlPlaneKeys = [
  'node-role.kubernetes.io/control-plane',
  'node-role.kubernetes.io/controlplane',
  'node-role.kubernetes.io/etcd',
  'node-role.kubernetes.io/master',
];

/**
 * Restricted fields of a pod:
 *
 * - `spec.tolerations[*]`: must not tolerate the taints of the control plane, by their key or by
 *   `operator: Exists` without a key
 * - `spec.nodeSelector` and the required terms of `spec.affinity.nodeAffinity`: must not ask for
 *   nodes of the control plane
 */
export const noControlPlanePlacement: Rule = {
  id: 'no-control-plane-placement',
  title: 'Pods must not run on the control plane',
  severity: 'low',
  remedy: 'Remove the toleration or the selector, and leave the control plane to its own pods.',
  rationale:
    'A container that breaks out on a node of the control plane finds the keys of the cluster there, and etcd with every secret.',
  references: {},
  *checkPod({value, path}) {
    for (const [index, item] of asList(value['tolerations']).entries()) {
      const toleration = asMap(item);
      if (toleration === undefined || toleration['effect'] === 'NoExecute') continue;
      const key = textOf(toleration['key'] ?? '');
      const isAll = key === '' && toleration['operator'] === 'Exists';
      if (!isAll && !controlPlaneKeys.includes(key)) continue;
      const what = isAll ? 'a toleration of every taint' : `the toleration of "${key}"`;
      const message = `${what} lets the pod run on nodes of the control plane`;
      yield {path: [...path, 'tolerations', index], message};
    }
    for (const key of Object.keys(asMap(value['nodeSelector']) ?? {})) {
      if (!controlPlaneKeys.includes(key)) continue;
      yield {path: [...path, 'nodeSelector', key], message: `"${key}" ${places}`};
    }
    for (const at of requiredKeys(value['affinity'])) {
      const key = textOf(valueAt(value, ['affinity', ...at]));
      yield {path: [...path, 'affinity', ...at], message: `"${key}" ${places}`};
    }
  },
};

const places = 'places the pod on a node of the control plane';

/** The paths of the keys with which a pod asks for nodes of the control plane. */
function* requiredKeys(affinity: Json | undefined): Iterable<Path> {
  const at = [
    'nodeAffinity',
    'requiredDuringSchedulingIgnoredDuringExecution',
    'nodeSelectorTerms',
  ];
  for (const [term, each] of asList(valueAt(affinity, at)).entries()) {
    for (const [index, item] of asList(asMap(each)?.['matchExpressions']).entries()) {
      const {key, operator} = asMap(item) ?? {};
      const isAsking = operator === 'Exists' || operator === 'In';
      if (!isAsking || !controlPlaneKeys.includes(textOf(key))) continue;
      yield [...at, term, 'matchExpressions', index, 'key'];
    }
  }
}
