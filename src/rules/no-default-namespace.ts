import type {Rule} from './rule.ts';

/**
 * Restricted field: `metadata.namespace`: must not be `default`. One that is left out is that of
 * the release, which the manifest does not show. So is the one that Helm fills in if an audit
 * renders a chart without `--namespace`. NetworkPolicies are exempt: they must be where the pods
 * are.
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
