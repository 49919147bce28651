import {
  asList,
  asMap,
  isMap,
  type Json,
  type JsonMap,
  type Path,
  textOf,
  valueAt,
} from '../json.ts';
import {firstRuleFor, type GroupResources, podResources} from '../kubernetes/admission-rules.ts';
import {hookOf} from '../kubernetes/hook.ts';
import {type Grant, grantsOf, isNamed, roleKinds} from '../kubernetes/rbac.ts';
import type {Resource} from '../kubernetes/resource.ts';
import type {StreamIndex} from '../kubernetes/stream-index.ts';
import {AccountRoles} from '../network/needs/account-roles.ts';
import type {Severity} from '../severity.ts';
import type {Rule, StreamViolation, Violation} from './rule.ts';

const admissionGroup = 'admissionregistration.k8s.io';

/** Pods and their controllers. */
const pods: GroupResources = {
  ...podResources,
  '': [...podResources[''], 'pods/ephemeralcontainers'],
};
/** Other built-in kinds that rules check. */
const others: GroupResources = {
  '': ['namespaces', 'persistentvolumes', 'services'],
  'networking.k8s.io': ['ingresses', 'networkpolicies'],
  'rbac.authorization.k8s.io': ['clusterrolebindings', 'clusterroles', 'rolebindings', 'roles'],
};

/**
 * What makes the API server change objects, in addition to the webhooks that no-escalation-verbs
 * also covers.
 */
export const mutators = [
  'mutatingadmissionpolicies',
  'mutatingadmissionpolicybindings',
  'mutatingwebhookconfigurations',
] as const;
export const mutatorWrites = ['create', 'update', 'patch'] as const;

/**
 * Restricted, because they change objects after every check of a stream:
 *
 * - MutatingAdmissionPolicies and MutatingWebhookConfigurations that match pods, their controllers
 *   or other kinds that rules check; a MutatingAdmissionPolicyBinding of a policy that is not in
 *   the stream
 * - mutating policies of Kyverno that match such kinds, and Gatekeeper's mutations
 * - hooks whose account can change pods or their controllers, by a role in the stream
 * - Roles and ClusterRoles that can write the first three; no-wildcard-rbac covers `*`
 */
export const noMutatingAdmission: Rule = {
  id: 'no-mutating-admission',
  title: 'Mutating admission must not undo the hardening',
  severity: 'high',
  rationale:
    'A mutating webhook or policy can undo all hardening: it can make any pod privileged after all checks have passed, in other releases too.',
  remedy:
    'Remove it, or review what it changes and allow it with an exception; limit roles to the webhooks that they need by name.',
  references: {
    cis: ['5.1.12'],
  },
  kinds: 'all',
  *checkResource(resource) {
    const {group, kind} = resource;
    if (group === admissionGroup && kind === 'MutatingAdmissionPolicy')
      yield* policyFaults(resource);
    if (group === admissionGroup && kind === 'MutatingWebhookConfiguration') {
      yield* webhookFaults(resource);
    }
    if (group === 'mutations.gatekeeper.sh') {
      yield {path: ['spec'], message: `Gatekeeper uses it to change objects ${afterChecks}`};
    }
    if (isOfKyverno(group)) yield* kyvernoFaults(resource);
    if (roleKinds.some(each => each === kind)) yield* roleFaults(resource);
  },
  *checkStream(stream) {
    yield* hookFaults(stream);
    const policies = new Set(
      stream
        .ofKind('MutatingAdmissionPolicy')
        .filter(({group}) => group === admissionGroup)
        .map(({name}) => name),
    );
    for (const resource of stream.ofKind('MutatingAdmissionPolicyBinding')) {
      const path = ['spec', 'policyName'];
      const name = textOf(valueAt(resource.value, path));
      if (resource.group !== admissionGroup || policies.has(name)) continue;
      const message = `the MutatingAdmissionPolicy "${name}" is activated but is not in the stream: what it changes cannot be checked here`;
      yield {resource, path, message};
    }
  },
};

/** A hook runs kubectl, or anything else, when the objects of the release exist. */
function* hookFaults(stream: StreamIndex): Iterable<StreamViolation> {
  const hooks = stream.workloads.filter(({resource}) => hookOf(resource) !== undefined);
  if (hooks.length === 0) return;
  const roles = new AccountRoles(stream);
  for (const hook of hooks) {
    const binding = roles.dutiesOf(hook).rewrites;
    if (binding === undefined) continue;
    const {pod, resource} = hook;
    const account = ['serviceAccountName', 'serviceAccount'].find(key => key in pod.value);
    yield {
      resource,
      path: account === undefined ? pod.path : [...pod.path, account],
      severity: 'medium',
      message: `the hook can change pods or their controllers ${afterChecks} (the ${binding.kind} "${binding.name}" allows it)`,
    };
  }
}

const afterChecks =
  'after every check has passed: what runs may differ from what was hardened here';

/** A policy without rules matches all: Matches in k8s.io/apiserver/pkg/admission/plugin/policy/matching. */
function policyFaults({value}: Resource): Iterable<Violation> {
  const path = ['spec', 'matchConstraints', 'resourceRules'];
  const rules = asList(valueAt(value, path));
  if (rules.length > 0) return ruleFaults(rules, path, 'the policy');
  const message = `the policy matches every object, and can change it ${afterChecks}`;
  return [{path: ['spec'], message}];
}

function* webhookFaults({value}: Resource): Iterable<Violation> {
  for (const [index, item] of asList(value['webhooks']).entries()) {
    const webhook = asMap(item);
    const rules = asList(webhook?.['rules']);
    yield* ruleFaults(
      rules,
      ['webhooks', index, 'rules'],
      `the webhook "${textOf(webhook?.['name'])}"`,
    );
  }
}

function* ruleFaults(
  rules: readonly (Json | undefined)[],
  path: Path,
  who: string,
): Iterable<Violation> {
  for (const [wanted, what, severity] of [
    [pods, 'pods or their controllers', 'high'],
    [others, 'Services, roles or network policies', 'medium'],
  ] as const satisfies readonly (readonly [GroupResources, string, Severity])[]) {
    const at = firstRuleFor(rules, wanted);
    if (at === -1) continue;
    const message = `${who} can change ${what} ${afterChecks}`;
    yield {path: [...path, at], message, severity};
    return;
  }
}

const isOfKyverno = (group: string): boolean =>
  group === 'kyverno.io' || group === 'policies.kyverno.io';

/** Kyverno's ClusterPolicy, Policy and MutatingPolicy. */
function* kyvernoFaults({group, kind, value}: Resource): Iterable<Violation> {
  const message = `Kyverno uses it to change pods ${afterChecks}`;
  if (group === 'policies.kyverno.io') {
    if (!kind.endsWith('MutatingPolicy')) return;
    const path = ['spec', 'matchConstraints', 'resourceRules'];
    const rules = asList(valueAt(value, path));
    if (rules.length === 0 || firstRuleFor(rules, pods) !== -1) yield {path: ['spec'], message};
    return;
  }
  for (const [index, rule] of asList(valueAt(value, ['spec', 'rules'])).entries()) {
    if (!isMap(rule) || !isMap(rule['mutate'])) continue;
    const kinds = [...kindsIn(rule['match'])];
    const mayMatch = kinds.length === 0 || kinds.some(each => podKind.test(each));
    if (mayMatch) yield {path: ['spec', 'rules', index, 'mutate'], message};
  }
}

/**
 * `Pod`, `v1/Pod`, `apps/*\/Deployment`, `Pod.status`, `*`: as Kyverno's `kinds` name pods and
 * their controllers.
 */
const podKind =
  /\*$|(?:^|\/)(?:Pod|PodTemplate|ReplicationController|DaemonSet|Deployment|ReplicaSet|StatefulSet|CronJob|Job)(?:[/.]|$)/;

function* kindsIn(match: Json | undefined): Iterable<string> {
  const {resources, any, all} = asMap(match) ?? {};
  for (const filter of [{resources} as JsonMap, ...asList(any), ...asList(all)]) {
    for (const kind of asList(asMap(asMap(filter)?.['resources'])?.['kinds'])) yield textOf(kind);
  }
}

function* roleFaults(resource: Resource): Iterable<Violation> {
  for (const grant of grantsOf(resource)) {
    const verbs = asList(grant.value['verbs']).map(textOf);
    const at = verbs.findIndex(verb => verb === '*' || mutatorWrites.some(each => each === verb));
    const named = mutatorOf(grant);
    if (at === -1 || named === undefined) continue;
    yield {
      path: [...grant.path, 'verbs', at],
      message: `"${verbs[at]}" on \`${named}\`: the account can have every pod in the cluster changed when it is created`,
      severity: isNamed(grant) ? 'medium' : 'high',
    };
  }
}

/**
 * The mutators that a grant names, or covers with all of their group; not a grant of everything in
 * all groups.
 */
function mutatorOf({value}: Grant): string | undefined {
  const groups = asList(value['apiGroups']);
  const resources = asList(value['resources']);
  const named = mutators.find(each => resources.includes(each));
  if (named !== undefined)
    return groups.some(each => each === '*' || each === admissionGroup) ? named : undefined;
  return resources.includes('*') && groups.includes(admissionGroup) ? '*' : undefined;
}
