import {subresourceGrantRule} from './subresource-grant.ts';

/**
 * Restricted field, in the `rules` of Roles and ClusterRoles: `resources` must not contain
 * `pods/exec` or `pods/attach` with the verbs `create` or `get`.
 */
export const noPodExec = subresourceGrantRule(
  {
    id: 'no-pod-exec',
    title: 'Roles must not grant exec in running containers',
    severity: 'high',
    remedy: 'Remove `pods/exec` and `pods/attach` from the role.',
    rationale:
      'Whoever can run commands in a pod has everything that the pod has: its secrets, its network and its service account.',
    references: {
      kubescape: ['C-0002'],
      nsa: 'Authentication and authorization',
      pci: ['8.6.1'],
      mitre: ['T1609'],
    },
  },
  ['exec', 'attach'],
  'commands in running containers, and with them all that a pod has, including its secrets and its account',
);
