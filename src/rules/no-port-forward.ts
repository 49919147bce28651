import {type Edit, remove} from '../edits.ts';
import {asList, asMap, type JsonMap, type Path} from '../json.ts';
import {groupOf} from '../kubernetes/resource.ts';
import type {Rule} from './rule.ts';

/**
 * Restricted field, in the `rules` of Roles and ClusterRoles: `resources` must not hold
 * `pods/portforward` with the verbs `create` or `get`, which `kubectl port-forward` needs. `pods/*`,
 * `*\/portforward` and `*` hold it as well; what else they grant is not ours to take, so they are
 * only flagged.
 */
export const noPortForward: Rule = {
  id: 'no-port-forward',
  title: 'Roles must not grant port-forward',
  severity: 'medium',
  rationale:
    'Port-forward opens a tunnel from a laptop to any port of a pod, past Services, Ingresses and network policies.',
  rewrite: {
    does: 'removes the resource `pods/portforward`, and the rule if nothing is left of it',
    disruption: 'possible',
  },
  references: {kubescape: ['C-0063']},
  *checkResource({kind, apiVersion, value}) {
    const isRole = kind === 'Role' || kind === 'ClusterRole';
    if (!isRole || groupOf(apiVersion) !== 'rbac.authorization.k8s.io') return;
    for (const [index, item] of asList(value['rules']).entries()) {
      const rule = asMap(item);
      if (rule === undefined || !mayForward(rule)) continue;
      const path = ['rules', index];
      for (const [at, resource] of asList(rule['resources']).entries()) {
        if (!wildcards.includes(String(resource)) && resource !== subresource) continue;
        yield {
          path: [...path, 'resources', at],
          message: `the resource "${String(resource)}" grants \`kubectl port-forward\`: a tunnel to any port of a pod, past every network policy`,
          ...(resource === subresource ? {edits: [withdrawal(rule, path, at)]} : {}),
        };
      }
    }
  },
};

const subresource = 'pods/portforward';
const wildcards = ['*', 'pods/*', '*/portforward'];

function mayForward(rule: JsonMap): boolean {
  const groups = asList(rule['apiGroups']);
  const verbs = asList(rule['verbs']);
  return (
    ['', '*'].some(group => groups.includes(group)) &&
    ['create', 'get', '*'].some(verb => verbs.includes(verb))
  );
}

/** A rule without resources would be invalid: it goes with its last one. */
function withdrawal(rule: JsonMap, path: Path, at: number): Edit {
  const others = asList(rule['resources']).filter(
    item => item !== undefined && item !== subresource,
  );
  return remove(others.length === 0 ? path : [...path, 'resources', at]);
}
