import type {Json, JsonMap} from '../json.ts';
import type {Policy} from '../policy/policy.ts';
import {type ConnectionChoices, connectionPolicies} from './connection-policies.ts';
import {manifestPolicies} from './manifest-policies.ts';
import {notesOn} from './notes.ts';
import {
  type Action,
  type AdmissionPolicy,
  bindingObject,
  type FailurePolicy,
  policyObject,
} from './objects.ts';
import {ownPolicies} from './own-policies.ts';

export interface GuardChoices extends ConnectionChoices {
  readonly parts: readonly GuardPart[];
  /** The action for what render rewrites, and for connections. */
  readonly action: Action;
  /** The action for what render only flags; `none` leaves it out. */
  readonly flagAction: Action | 'none';
  readonly failurePolicy: FailurePolicy;
  /** Namespaces with one of these labels are exempt. */
  readonly excludedLabels: readonly (readonly [key: string, value: string])[];
  /** Namespaces whose manifests, but not whose connections, are exempt. */
  readonly systemNamespaces: readonly string[];
}

export const guardParts = ['connections', 'manifests'] as const;
type GuardPart = (typeof guardParts)[number];

export interface Guard {
  /** Policies, each followed by its binding. */
  readonly objects: readonly JsonMap[];
  /** What the objects cannot enforce, one sentence each. */
  readonly notes: readonly string[];
}

/**
 * The admission policies and bindings that enforce `policy` in a cluster, and deny connections.
 * `today` (YYYY-MM-DD in UTC) is compared with the expiry dates of exceptions.
 */
export function guard(policy: Policy, choices: GuardChoices, today: string): Guard {
  const {parts, excludedGroups} = choices;
  const policies = [
    ...(parts.includes('connections') ? connectionPolicies(choices) : []),
    ...(parts.includes('manifests')
      ? [
          ...manifestPolicies(policy, today, excludedGroups),
          ...ownPolicies(policy, today, excludedGroups),
        ]
      : []),
  ];
  return {
    objects: policies.flatMap(each => objectsOf(each, choices)),
    notes: parts.includes('manifests') ? notesOn(policy, today) : [],
  };
}

function objectsOf(policy: AdmissionPolicy, choices: GuardChoices): readonly JsonMap[] {
  const action = policy.outcome === 'flagged' ? choices.flagAction : choices.action;
  if (action === 'none') return [];
  const namespaces =
    policy.outcome === 'connection'
      ? choices.excludedNamespaces
      : [...new Set([...choices.systemNamespaces, ...choices.excludedNamespaces])];
  const selector = namespaceSelector(namespaces, choices.excludedLabels);
  return [policyObject(policy, choices.failurePolicy), bindingObject(policy, action, selector)];
}

/** Selects all namespaces except those; undefined if there are none. */
function namespaceSelector(
  names: readonly string[],
  labels: GuardChoices['excludedLabels'],
): JsonMap | undefined {
  const matchExpressions: Json[] = [
    ...(names.length === 0
      ? []
      : [{key: 'kubernetes.io/metadata.name', operator: 'NotIn', values: [...names]}]),
    ...labels.map(([key, value]) => ({key, operator: 'NotIn', values: [value]})),
  ];
  return matchExpressions.length === 0 ? undefined : {matchExpressions};
}
