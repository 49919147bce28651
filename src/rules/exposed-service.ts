import {remove, set} from '../edits.ts';
import {asList, asMap, type Path} from '../json.ts';
import type {Rule} from './rule.ts';

/** The fields that the API server forbids or ignores in a Service of type ClusterIP. */
const externalFields = [
  'loadBalancerIP',
  'loadBalancerClass',
  'loadBalancerSourceRanges',
  'allocateLoadBalancerNodePorts',
  'externalTrafficPolicy',
  'healthCheckNodePort',
];

/** A rule against Services of one type that opens them outside the cluster. */
export function exposedServiceRule(
  rule: Pick<Rule, 'id' | 'title' | 'remedy' | 'rationale'>,
  type: 'LoadBalancer' | 'NodePort',
): Rule {
  return {
    ...rule,
    severity: 'high',
    isExposure: true,
    rewrite: {
      does: 'changes the type to `ClusterIP`, and removes the fields that only the old type allows',
      disruption: 'likely',
      effect: 'takes',
      mayCutOff: true,
    },
    references: {kubescape: ['C-0256'], pci: ['1.3.1', '1.4.2', '1.4.4'], mitre: ['T1133']},
    kinds: ['Service'],
    *checkResource({kind, group, value}) {
      const spec = asMap(value['spec']);
      if (kind !== 'Service' || group !== '' || spec?.['type'] !== type) return;
      const nodePorts: Path[] = [...asList(spec['ports']).keys()].map(index => [
        'spec',
        'ports',
        index,
        'nodePort',
      ]);
      const fields = externalFields.map(field => ['spec', field]);
      yield {
        path: ['spec', 'type'],
        message: `\`type: ${type}\` exposes the Service outside the cluster: if that is intended, declare it under \`exposed\` in the policy`,
        edits: [set(['spec', 'type'], 'ClusterIP'), ...[...fields, ...nodePorts].map(remove)],
      };
    },
  };
}
