import type {Rule} from './rule.ts';

/**
 * Restricted field: `metadata.namespace`: must not be `default`. One that is left out is the
 * release's, which the manifest does not tell. So is the one that Helm fills in where an audit renders a chart without
 * `--namespace`. A NetworkPolicy is no neighbour, but what keeps them apart: it stands
 * where the pods are.
 */
export const noDefaultNamespace: Rule = {
  id: 'no-default-namespace',
  title: 'Objects must not be in the default namespace',
  severity: 'low',
  remedy: 'Set a dedicated namespace in `metadata.namespace`, or at install time.',
  rationale:
    'Unrelated workloads share the default namespace, so roles, quotas and network policies for a namespace apply to all of them or to none.',
  references: {cis: ['5.6.4'], pci: ['2.2.3']},
  kinds: 'all',
  *checkResource({group, kind, namespace, isNamespaceAssumed}) {
    if (namespace !== 'default' || isNamespaceAssumed) return;
    if (group === 'networking.k8s.io' && kind === 'NetworkPolicy') return;
    const message =
      '`namespace: default` is shared by unrelated workloads: use a dedicated namespace';
    yield {path: ['metadata', 'namespace'], message};
  },
};
