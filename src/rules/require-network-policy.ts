import {networkPolicyFor, podSelectorOf} from '../generate/network-policy.ts';
import {PolicyNames} from '../generate/policy-name.ts';
import {isolatedBy, networkPoliciesOf} from '../kubernetes/isolation.ts';
import {PodSelection} from '../kubernetes/pod-selection.ts';
import {workloadsOf} from '../kubernetes/workload.ts';
import type {Rule} from './rule.ts';

/**
 * Each pod must be selected by a NetworkPolicy of its namespace that governs ingress. A pod in the
 * network of its node is covered by none, whatever selects it, and is flagged; so is one that has
 * no labels, which no policy can select without its neighbours.
 *
 * A namespace that is left out is the release's, which may be any: policies add up, and one more
 * beside a chart's own would open what that one keeps shut.
 */
export const requireNetworkPolicy: Rule = {
  id: 'require-network-policy',
  title: 'Pods must be isolated by a NetworkPolicy',
  severity: 'medium',
  rationale:
    'A pod that no policy selects accepts connections from everywhere, external addresses included: one breached pod reaches all others.',
  rewrite: {
    does: 'adds a NetworkPolicy that admits other pods of the cluster on the declared ports, and nothing from outside',
    disruption: 'possible',
  },
  references: {
    cis: ['5.3.2'],
    kubescape: ['C-0260', 'C-0030'],
    nsa: 'Network separation',
    nist: ['AC-4', 'CA-9', 'SC-4', 'SC-7'],
    pci: ['1.2.5', '1.2.6', '1.4.1', '1.4.4'],
    mitre: ['T1046'],
  },
  *checkStream(stream, {policy}) {
    const workloads = stream.resources.flatMap(workloadsOf);
    const present = networkPoliciesOf(stream);
    const pods = new PodSelection(workloads);
    const isolated = isolatedBy(present, 'ingress', pods);
    const names = new PolicyNames(present);
    for (const workload of workloads) {
      const {resource, pod} = workload;
      if (workload.isHostNetwork) {
        yield {resource, path: [...pod.path, 'hostNetwork'], message: onTheNode};
        continue;
      }
      if (isolated.has(workload)) continue;
      const selector = podSelectorOf(workload, pods);
      if (selector === undefined) {
        yield {resource, path: [...pod.metadataPath, 'labels'], message: nameless};
        continue;
      }
      const name = names.nameFor(resource);
      const value = networkPolicyFor(workload, name, selector, policy.networkPolicy);
      const addition = {value, fileName: `network-policy-${name}.yaml`};
      yield {resource, path: pod.path, message: open, addition};
    }
  },
};

const onTheNode =
  'the pod uses the network of its node: no NetworkPolicy covers it, and whoever reaches the node reaches the pod';
const open =
  'no NetworkPolicy selects the pods: they accept connections from everywhere, external addresses included';
const nameless =
  'no NetworkPolicy selects the pods, and none can: they need a label in `metadata.labels` that their neighbours lack';
