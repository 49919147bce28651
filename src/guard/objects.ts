import type {JsonMap} from '../json.ts';
import {celList, celNot} from './language/cel.ts';
import type {ResourceRule} from './shape.ts';

/** What a binding does with a request that a policy does not allow. */
export const actions = ['Audit', 'Warn', 'Deny'] as const;
export type Action = (typeof actions)[number];

export const failurePolicies = ['Fail', 'Ignore'] as const;
export type FailurePolicy = (typeof failurePolicies)[number];

/** A ValidatingAdmissionPolicy, without the parts that are the same for all. */
export interface AdmissionPolicy {
  readonly name: string;
  /**
   * What render does with the findings of the policy; `own` for a rule of the user's policy that fails an audit;
   * `connection` if render never sees them.
   */
  readonly outcome: 'rewritten' | 'flagged' | 'own' | 'connection';
  readonly rules: readonly ResourceRule[];
  readonly matchConditions: readonly JsonMap[];
  readonly variables: readonly {readonly name: string; readonly expression: string}[];
  readonly validations: readonly JsonMap[];
}

const apiVersion = 'admissionregistration.k8s.io/v1';
const labels = {'app.kubernetes.io/managed-by': 'kube-harden'};

export function policyObject(
  {name, rules, matchConditions, variables, validations}: AdmissionPolicy,
  failurePolicy: FailurePolicy,
): JsonMap {
  return {
    apiVersion,
    kind: 'ValidatingAdmissionPolicy',
    metadata: {name, labels},
    spec: {
      failurePolicy,
      matchConstraints: {resourceRules: rules},
      ...(matchConditions.length === 0 ? {} : {matchConditions}),
      ...(variables.length === 0 ? {} : {variables}),
      validations,
    },
  };
}

/** Activates a policy. What is denied or warned about also goes to the audit log. */
export function bindingObject(
  {name}: AdmissionPolicy,
  action: Action,
  namespaceSelector: JsonMap | undefined,
): JsonMap {
  return {
    apiVersion,
    kind: 'ValidatingAdmissionPolicyBinding',
    metadata: {name, labels},
    spec: {
      policyName: name,
      validationActions: action === 'Audit' ? ['Audit'] : [action, 'Audit'],
      ...(namespaceSelector === undefined ? {} : {matchResources: {namespaceSelector}}),
    },
  };
}

/** A match condition that exempts the members of `groups`. */
export const notExcluded = (groups: readonly string[]): readonly JsonMap[] =>
  groups.length === 0
    ? []
    : [
        {
          name: 'is-not-of-an-excluded-group',
          expression: celNot(
            `request.userInfo.?groups.orValue([]).exists(g, g in ${celList(groups)})`,
          ),
        },
      ];
