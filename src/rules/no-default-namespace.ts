import type {Rule} from './rule.ts';

/**
 * Restricted field: `metadata.namespace`: must not be `default`. One that is left out is the
 * release's, which the manifest does not tell. A NetworkPolicy is no neighbour, but what keeps them apart: it stands
 * where the pods are.
 */
export const noDefaultNamespace: Rule = {
  id: 'no-default-namespace',
  title: 'Objects must have a namespace of their own',
  severity: 'low',
  remedy: 'Set a namespace of its own in `metadata.namespace`, or at install time.',
  rationale:
    'In the default namespace strangers are neighbours: roles, quotas and network policies that hold for a namespace hold for all of them or for none.',
  references: {cis: ['5.6.4'], pci: ['2.2.3']},
  kinds: 'all',
  *checkResource({group, kind, namespace}) {
    if (namespace !== 'default') return;
    if (group === 'networking.k8s.io' && kind === 'NetworkPolicy') return;
    const message = '`namespace: default` is where everybody is: the object must have its own';
    yield {path: ['metadata', 'namespace'], message};
  },
};
