import {type Doubt, networkPoliciesOf} from '../kubernetes/isolation.ts';
import type {Resource} from '../kubernetes/resource.ts';
import {namespaceDenials} from '../network/policies/namespace-deny.ts';
import {networkPolicyFor} from '../network/policies/network-policy.ts';
import {type Isolated, type Problem, planIsolation} from '../network/policies/plan.ts';
import {isOurs, PolicyNames} from '../network/policies/policy-name.ts';
import {annotationsOn, meshNotes, notesOn, OutsideClients} from './network-policy-notes.ts';
import type {Rule, Violation} from './rule.ts';

/**
 * Each pod must be selected by a NetworkPolicy of its namespace that governs ingress, and egress
 * where the policy closes that. A pod in the
 * network of its node is covered by none, whatever selects it, and is flagged; so is one that has
 * no labels, which no policy can select without its neighbours, and one that an operator makes with
 * labels that are not known.
 *
 * Only a policy counts that is sure to be there for as long as the pods are: in their namespace, no hook, of a
 * version that there is, and the last of its name. A namespace that is left out is the release's, which may be
 * any. Where a policy may isolate the pods and is not sure to, that is flagged and none is added: policies add up,
 * and one more beside a chart's own would open what that one keeps shut. So it would beside a policy of the network plugin
 * or of the cluster's administrators that closes the pods: none is added to these either.
 */
export const requireNetworkPolicy: Rule = {
  id: 'require-network-policy',
  title: 'Pods must be isolated by a NetworkPolicy',
  severity: 'medium',
  remedy: 'Add a NetworkPolicy that selects the pods and admits only the clients they serve.',
  rationale:
    'A pod that no policy selects accepts connections from everywhere, external addresses included: one breached pod reaches all others.',
  rewrite: {
    does: 'adds a NetworkPolicy that admits, by default, other pods of the cluster on the declared ports, and nothing from outside',
    disruption: 'possible',
    effect: 'fills',
  },
  references: {
    cis: ['5.3.2'],
    kubescape: ['C-0260', 'C-0030'],
    nsa: 'Network separation and hardening',
    nist: ['AC-4', 'CA-9', 'SC-4', 'SC-7'],
    pci: ['1.2.5', '1.2.6', '1.4.1', '1.4.4'],
    mitre: ['T1046'],
  },
  kinds: 'all',
  *checkStream(stream, {policy}) {
    const names = new PolicyNames(networkPoliciesOf(stream));
    const clients = new OutsideClients();
    let isAdding = false;
    for (const plan of planIsolation(stream, policy)) {
      const {resource, pod} = plan.workload;
      if ('isolatedBy' in plan) {
        if (plan.doubt !== undefined) {
          yield {resource, path: pod.path, message: doubtful(plan.isolatedBy, plan.doubt)};
          continue;
        }
        if (isOurs(plan.isolatedBy)) continue;
        yield {resource, path: pod.path, message: leftAlone(plan), isNote: true};
        continue;
      }
      if (!('podSelector' in plan)) {
        yield {resource, ...problemOf(plan)};
        continue;
      }
      const {allowances, podSelector} = plan;
      const annotations = policy.annotate ? annotationsOn(plan) : {};
      const name = names.nameFor(resource);
      const value = networkPolicyFor(resource, name, podSelector, allowances, annotations);
      const addition = {value, fileName: `network-policy-${name}.yaml`, allowances};
      const message = allowances.ingress === undefined ? outbound : open;
      yield {resource, path: pod.path, message, addition};
      for (const told of notesOn(plan)) {
        yield {resource, path: pod.path, message: told, isNote: true, about: addition};
      }
      clients.add(plan, name, addition);
      isAdding = true;
    }
    yield* clients.notes();
    if (isAdding) yield* meshNotes(stream);
    if (policy.networkPolicy.namespaceDeny) yield* namespaceDenials(stream, policy, names);
  },
};

const leftAlone = ({isolatedBy, direction}: Isolated): string =>
  `the ${isolatedBy.kind} "${isolatedBy.name}" of the stream governs ${direction} of the pods already: it is left as it is, and none is added to it${isolatedBy.group === 'networking.k8s.io' ? '' : ', which could open what that one closes; whom it admits is not evaluated'}`;

const doubtful = ({kind, name}: Resource, doubt: Doubt): string =>
  `it is not certain that the ${kind} "${name}" isolates the pods, ${doubts[doubt]}; none is added, which could open what that one closes: ${remedies[doubt]}`;

const doubts: Readonly<Record<Doubt, string>> = {
  namespace: 'since only one of the two names its namespace',
  hook: 'since it is a hook, which comes and goes while the pods run',
  'unknown field': 'since it has fields that no NetworkPolicy has, for which it may be refused',
  duplicate: 'since another object of the stream has its name',
  selector: 'since it selects by labels that the stream does not tell',
  local: 'since `config.kubernetes.io/local-config` has kustomize leave it out',
};
const remedies: Readonly<Record<Doubt, string>> = {
  namespace: 'give both the same `metadata.namespace`, or neither',
  hook: 'make it a part of the release',
  'unknown field': 'remove them',
  duplicate: 'leave one of them',
  selector: 'name the namespace of both, or allow this by an exception',
  local: 'remove the annotation',
};
function problemOf({workload: {pod}, problem}: Problem): Pick<Violation, 'path' | 'message'> {
  if (problem === 'host network') {
    return {path: [...pod.path, 'hostNetwork'], message: onTheNode};
  }
  if (problem === 'operator') return {path: pod.path, message: opaque};
  return {path: [...pod.metadataPath, 'labels'], message: nameless};
}

const onTheNode =
  'the pod uses the network of its node: no NetworkPolicy covers it, and whoever reaches the node reaches the pod';
const open =
  'no NetworkPolicy selects the pods: they accept connections from everywhere, external addresses included';
const outbound =
  'no NetworkPolicy governs what the pods connect to: one breached pod sends out what it likes, and fetches more';
const opaque =
  'no NetworkPolicy selects the pods, and none can be written: an operator makes them, and the labels that it gives them are not known, nor whom it has them talk to; write one, or allow this by an exception';
const nameless =
  'no NetworkPolicy selects the pods, and none can: they need a label in `metadata.labels` that their neighbours lack';
