import {asList, asMap, type Json, type Path, textOf, valueAt} from '../json.ts';
import type {Powers} from '../kubernetes/account-roles.ts';
import {
  firstRuleFor,
  type GroupResources,
  otherResources,
  podDecidingResources as pods,
  policyResources,
} from '../kubernetes/admission-rules.ts';
import {convertersOf} from '../kubernetes/conversion-webhooks.ts';
import {type CustomWorkloads, customWorkloads} from '../kubernetes/custom-workloads.ts';
import {hookOf} from '../kubernetes/hook.ts';
import {type Grant, grantsOf, isNamed, roleKinds} from '../kubernetes/rbac.ts';
import type {Resource} from '../kubernetes/resource.ts';
import type {StreamIndex} from '../kubernetes/stream-index.ts';
import type {Severity} from '../severity.ts';
import {mutationsOf} from './policy-engines.ts';
import type {Rule, StreamViolation, Violation} from './rule.ts';

const admissionGroup = 'admissionregistration.k8s.io';

/** Other kinds that rules check. */
const others: GroupResources = {
  ...policyResources,
  ...otherResources,
  'networking.k8s.io': [
    ...policyResources['networking.k8s.io'],
    ...otherResources['networking.k8s.io'],
  ],
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
 * - MutatingAdmissionPolicies and MutatingWebhookConfigurations that match pods, their controllers,
 *   custom resources with pods, or other kinds that rules check; a MutatingAdmissionPolicyBinding of a policy that is not in
 *   the stream
 * - mutating policies of Kyverno, Kubewarden, jsPolicy and KubeMod that match such kinds, overrides of Karmada, and
 *   Gatekeeper's mutations; policies of Kyverno that delete network policies
 * - an APIService that makes another server answer for such kinds
 * - a CustomResourceDefinition that has a webhook convert custom resources with pods, or network
 *   policies
 * - hooks whose account can change such objects or delete network policies, by a role in the stream
 *   or one that each cluster has
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
  *checkResource(resource, {policy}) {
    const {group, kind} = resource;
    const custom = customWorkloads(policy.workloads);
    if (group === admissionGroup && kind === 'MutatingAdmissionPolicy')
      yield* policyFaults(resource, custom);
    if (group === admissionGroup && kind === 'MutatingWebhookConfiguration') {
      yield* webhookFaults(resource, custom);
    }
    if (group === 'apiregistration.k8s.io' && kind === 'APIService') {
      yield* apiServiceFaults(resource, custom);
    }
    for (const {path, engine, does} of mutationsOf(resource, custom)) {
      const {severity, message} = engineFaults[does];
      yield {path, severity, message: `${engine} ${message} ${afterChecks}`};
    }
    if (roleKinds.some(each => each === kind)) yield* roleFaults(resource);
  },
  *checkStream(stream, {policy}) {
    yield* hookFaults(stream);
    const converted = {...customWorkloads(policy.workloads).resources, ...policyResources};
    for (const {resource, path, plural} of convertersOf(stream, converted)) {
      const message = `a webhook converts \`${plural}\` between versions: it can change them ${afterChecks}`;
      yield {resource, path, message, severity: 'medium'};
    }
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

/** What a hook can change by each power of its account. */
const changedBy: Readonly<Record<keyof Powers, string>> = {
  rewrites: 'change pods or their controllers',
  opens: 'change or delete network policies',
  exposes: 'change Services, Ingresses or roles',
};

/** A hook runs kubectl, or anything else, when the objects of the release exist. */
function* hookFaults(stream: StreamIndex): Iterable<StreamViolation> {
  const hooks = stream.workloads.filter(({resource}) => hookOf(resource) !== undefined);
  for (const hook of hooks) {
    const {pod, resource} = hook;
    const powers = stream.accountRoles.powersOf(hook);
    const account = ['serviceAccountName', 'serviceAccount'].find(key => key in pod.value);
    for (const power of Object.keys(changedBy) as readonly (keyof Powers)[]) {
      const binding = powers[power];
      if (binding === undefined) continue;
      yield {
        resource,
        path: account === undefined ? pod.path : [...pod.path, account],
        severity: 'medium',
        message: `the hook can ${changedBy[power]} ${afterChecks} (the ${binding.kind} "${binding.name}" allows it)`,
      };
    }
  }
}

const afterChecks =
  'after every check has passed: what runs may differ from what was hardened here';

const engineFaults = {
  'changes pods': {severity: 'high', message: 'uses it to change objects such as pods'},
  'changes others': {
    severity: 'medium',
    message: 'uses it to change Services, roles or network policies',
  },
  'deletes policies': {severity: 'medium', message: 'uses it to delete network policies'},
} as const satisfies Record<string, {readonly severity: Severity; readonly message: string}>;

/** A policy without rules matches all: Matches in k8s.io/apiserver/pkg/admission/plugin/policy/matching. */
function policyFaults({value}: Resource, custom: CustomWorkloads): Iterable<Violation> {
  const path = ['spec', 'matchConstraints', 'resourceRules'];
  const rules = asList(valueAt(value, path));
  if (rules.length > 0) return ruleFaults(rules, path, 'the policy', custom);
  const message = `the policy matches every object, and can change it ${afterChecks}`;
  return [{path: ['spec'], message}];
}

function* webhookFaults({value}: Resource, custom: CustomWorkloads): Iterable<Violation> {
  for (const [index, item] of asList(value['webhooks']).entries()) {
    const webhook = asMap(item);
    const rules = asList(webhook?.['rules']);
    yield* ruleFaults(
      rules,
      ['webhooks', index, 'rules'],
      `the webhook "${textOf(webhook?.['name'])}"`,
      custom,
    );
  }
}

function* ruleFaults(
  rules: readonly (Json | undefined)[],
  path: Path,
  who: string,
  custom: CustomWorkloads,
): Iterable<Violation> {
  for (const [wanted, what, severity] of [
    [pods, 'pods or their controllers', 'high'],
    [others, 'Services, roles or network policies', 'medium'],
    [custom.resources, 'custom resources with pods', 'medium'],
  ] as const satisfies readonly (readonly [GroupResources, string, Severity])[]) {
    const at = firstRuleFor(rules, wanted);
    if (at === -1) continue;
    const message = `${who} can change ${what} ${afterChecks}`;
    yield {path: [...path, at], message, severity};
    return;
  }
}

/** The aggregator of the API server asks a Service instead of the API server itself. */
function* apiServiceFaults({value}: Resource, custom: CustomWorkloads): Iterable<Violation> {
  const spec = asMap(value['spec']);
  const group = textOf(spec?.['group'] ?? '');
  if (asMap(spec?.['service']) === undefined) return;
  for (const [resources, severity] of [
    [pods, 'high'],
    [otherResources, 'medium'],
    [custom.resources, 'medium'],
  ] as const satisfies readonly (readonly [GroupResources, Severity])[]) {
    if (!Object.hasOwn(resources, group)) continue;
    const message = `the Service answers for all objects of the group "${group}" in place of the API server: it can change them ${afterChecks}`;
    yield {path: ['spec', 'service'], message, severity};
    return;
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
