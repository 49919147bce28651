import {subresourceGrantRule} from './subresource-grant.ts';

/**
 * Restricted field, in the `rules` of Roles and ClusterRoles: `resources` must not contain
 * `pods/portforward` with the verbs `create` or `get`, which `kubectl port-forward` needs.
 */
export const noPortForward = subresourceGrantRule(
  {
    id: 'no-port-forward',
    title: 'Roles must not grant port-forward',
    severity: 'medium',
    remedy: 'Remove `pods/portforward` from the role.',
    rationale:
      'Port-forward opens a tunnel from a laptop to any port of a pod, bypassing Services, Ingresses and network policies.',
    references: {kubescape: ['C-0063'], nsa: 'Authentication and authorization'},
  },
  ['portforward'],
  '`kubectl port-forward`: a tunnel to any port of a pod that bypasses every network policy',
);
