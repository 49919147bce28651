import {networkPolicyFor} from '../generate/network-policy.ts';
import {asList, asMap, valueAt} from '../json.ts';
import {selectsLabels} from '../kubernetes/label-selector.ts';
import {type PodSpec, podSpecsOf} from '../kubernetes/pod-spec.ts';
import type {Resource} from '../kubernetes/resource.ts';
import type {Rule} from './rule.ts';

/**
 * Each pod must be selected by a NetworkPolicy of its namespace that governs ingress. A pod in the
 * network of its node is covered by none, whatever selects it, and is flagged.
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
  references: {cis: ['5.3.2'], kubescape: ['C-0260', 'C-0030'], nsa: 'Network separation'},
  *checkStream(stream, {policy}) {
    const policies = stream.ofKind('NetworkPolicy');
    for (const resource of stream.resources) {
      for (const pod of podSpecsOf(resource)) {
        const path = pod.path;
        if (pod.value['hostNetwork'] === true) {
          const message =
            'the pod uses the network of its node: no NetworkPolicy covers it, and whoever reaches the node reaches the pod';
          yield {resource, path: [...path, 'hostNetwork'], message};
        } else if (!policies.some(networkPolicy => isolates(networkPolicy, pod))) {
          const addition = networkPolicyFor(pod, policy.networkPolicy);
          const message =
            'no NetworkPolicy selects the pods: they accept connections from everywhere, external addresses included';
          yield {resource, path, message, ...(addition === undefined ? {} : {addition})};
        }
      }
    }
  },
};

/**
 * A namespace that is left out is the release's, which may be any: policies add up, and one more
 * beside a chart's own would open what that one keeps shut.
 */
function isolates({value, namespace}: Resource, {metadata, resource}: PodSpec): boolean {
  const isElsewhere =
    namespace !== undefined && resource.namespace !== undefined && namespace !== resource.namespace;
  if (isElsewhere) return false;
  const spec = asMap(value['spec']);
  const types = asList(spec?.['policyTypes']);
  const governsIngress = types.length === 0 || types.includes('Ingress');
  const selector = valueAt(spec, ['podSelector']) ?? {};
  return governsIngress && selectsLabels(selector, asMap(metadata?.['labels']));
}
