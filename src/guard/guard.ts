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

export interface GuardChoices extends ConnectionChoices {
  readonly parts: readonly GuardPart[];
  /** What is done about what a render rewrites, and about connections. */
  readonly action: Action;
  /** What is done about what a render only flags; `none` leaves it out. */
  readonly flagAction: Action | 'none';
  readonly failurePolicy: FailurePolicy;
  /** Namespaces with one of these labels are left alone. */
  readonly excludedLabels: readonly (readonly [key: string, value: string])[];
  /** Namespaces whose manifests, but not whose connections, are left alone. */
  readonly systemNamespaces: readonly string[];
}

export const guardParts = ['connections', 'manifests'] as const;
type GuardPart = (typeof guardParts)[number];

export interface Guard {
  /** Policies, each followed by its binding. */
  readonly objects: readonly JsonMap[];
  /** What the objects cannot express, a sentence each. */
  readonly notes: readonly string[];
}

/**
 * The admission policies and bindings that hold a cluster to `policy`, and the connections that are
 * not to be made in it. `today`, YYYY-MM-DD in UTC, is the day by which exceptions expire.
 */
export function guard(policy: Policy, choices: GuardChoices, today: string): Guard {
  const {parts, excludedGroups} = choices;
  const policies = [
    ...(parts.includes('connections') ? connectionPolicies(choices) : []),
    ...(parts.includes('manifests') ? manifestPolicies(policy, today, excludedGroups) : []),
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

/** Selects all namespaces but those; undefined where that is all. */
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
