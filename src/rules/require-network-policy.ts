import {type Doubt, networkPoliciesOf} from '../kubernetes/isolation.ts';
import type {Resource} from '../kubernetes/resource.ts';
import {namespaceDenials} from '../network/policies/namespace-deny.ts';
import {networkPolicyFor} from '../network/policies/network-policy.ts';
import {type Isolated, type Problem, planIsolation} from '../network/policies/plan.ts';
import {Planner} from '../network/policies/planner.ts';
import {isOurs, PolicyNames} from '../network/policies/policy-name.ts';
import {outsideNotes, UnnamedServices, unclearNotes} from './network-connection-notes.ts';
import {annotationsOn, meshNotes, notesOn, OutsideClients} from './network-policy-notes.ts';
import type {Rule, Violation} from './rule.ts';

/**
 * Each pod must be selected by a NetworkPolicy in its namespace that governs ingress, and egress if
 * the policy closes that. A pod on the host network is covered by none, whatever selects it, and is
 * flagged. So is a pod without labels, which no policy can select without other pods, and one that
 * an operator creates with unknown labels.
 *
 * A policy counts only if it certainly exists as long as the pods: in their namespace, not a hook,
 * of an existing version, and the last with its name. A missing namespace is that of the release,
 * which may be any. If a policy may isolate the pods but this is not certain, that is flagged and
 * none is added: policies add up, and an additional one would open what the chart's own policy
 * closes. It is not certain if the policy selects pods without a label that controllers or
 * admission plugins may set. The same holds for a policy of the network plugin or of cluster
 * administrators that closes the pods.
 */
export const requireNetworkPolicy: Rule = {
  id: 'require-network-policy',
  title: 'Pods must be isolated by a NetworkPolicy',
  severity: 'medium',
  remedy: 'Add a NetworkPolicy that selects the pods and admits only the clients they serve.',
  rationale:
    'A pod that no policy selects accepts connections from everywhere, including external addresses: one compromised pod can reach all others.',
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
    const unnamed = new UnnamedServices(policy.networkPolicy);
    const planner = new Planner(stream, policy);
    let isAdding = false;
    for (const plan of planIsolation(stream, policy, planner)) {
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
        yield {resource, place: pod.path, ...problemOf(plan)};
        continue;
      }
      const {allowances, podSelector} = plan;
      const annotations = policy.annotate ? annotationsOn(plan, policy.networkPolicy) : {};
      const name = names.nameFor(resource);
      const value = networkPolicyFor(resource, name, podSelector, allowances, annotations);
      const addition = {value, fileName: `network-policy-${name}.yaml`, allowances};
      const message = allowances.ingress === undefined ? outbound : open;
      yield {resource, path: pod.path, message, addition};
      for (const told of notesOn(plan)) {
        yield {resource, path: pod.path, message: told, isNote: true, about: addition};
      }
      clients.add(plan, name, addition);
      unnamed.add(plan, addition);
      isAdding = true;
    }
    yield* clients.notes();
    yield* unnamed.notes();
    if (isAdding) {
      yield* meshNotes(stream);
      yield* unclearNotes(planner, policy.networkPolicy);
      yield* outsideNotes(planner);
    }
    if (policy.networkPolicy.namespaceDeny) yield* namespaceDenials(stream, policy, names);
  },
};

const leftAlone = ({isolatedBy, direction}: Isolated): string =>
  `the ${isolatedBy.kind} "${isolatedBy.name}" in the stream already governs ${direction} of the pods: it is left as it is, and no policy is added${isolatedBy.group === 'networking.k8s.io' ? '' : ', because one more could open what it closes; whom it admits, and whether anything enforces it, is not evaluated'}`;

const doubtful = ({kind, name}: Resource, doubt: Doubt): string =>
  `the ${kind} "${name}" may not isolate the pods, because ${doubts[doubt]}; no policy is added, because one more could open what it closes: ${remedies[doubt]}`;

const doubts: Readonly<Record<Doubt, string>> = {
  namespace: 'only one of the two sets its namespace',
  hook: 'it is a hook, which may be gone while the pods run',
  wave: 'Argo CD applies it after the pods, in a later wave, and only if they become healthy',
  'unknown field': 'it has fields with which the API server may refuse it',
  duplicate: 'another object in the stream has the same name',
  selector: 'it selects by labels that the stream does not show',
  part: 'it denies only some clients',
  definition:
    'the stream itself defines its kind, so the cluster may have no network plugin that enforces it',
  unapplied:
    'a label or annotation of it tells Flux, Kyverno or a similar tool not to apply it, or to delete it',
  local: '`config.kubernetes.io/local-config` makes kustomize leave it out',
  'in an object': 'it is among the `items` of an object that is no list, which not all tools apply',
};
const remedies: Readonly<Record<Doubt, string>> = {
  namespace: 'set the same `metadata.namespace` on both, or on neither',
  hook: 'make it a regular part of the release',
  wave: 'give it the wave of the workload, or an earlier one',
  'unknown field': 'remove those fields',
  duplicate: 'keep only one of them',
  selector: 'set the namespace of both, or allow this with an exception',
  definition:
    'write a NetworkPolicy instead, or allow this with an exception if there is such a plugin',
  part: 'deny all clients on all ports, or allow this with an exception',
  unapplied: 'remove the label or annotation',
  local: 'remove the annotation',
  'in an object': 'write it as a document of its own',
};
function problemOf({workload: {pod}, problem}: Problem): Pick<Violation, 'path' | 'message'> {
  if (problem === 'host network') {
    return {path: [...pod.path, 'hostNetwork'], message: onTheNode};
  }
  if (problem === 'operator') return {path: pod.path, message: opaque};
  return {path: [...pod.metadataPath, 'labels'], message: nameless};
}

const onTheNode =
  'the pod uses the host network: no NetworkPolicy covers it, and whoever can reach the node can reach the pod';
const open =
  'no NetworkPolicy selects the pods: they accept connections from everywhere, including external addresses';
const outbound =
  'no NetworkPolicy governs what the pods connect to: a compromised pod can send data anywhere, and download tools';
const opaque =
  'no NetworkPolicy selects the pods, and none can be generated: an operator creates them, and neither their labels nor their connections are known; write one, or allow this with an exception';
const nameless =
  'no NetworkPolicy selects the pods, and none can: they need a label in `metadata.labels` that other pods do not have';
