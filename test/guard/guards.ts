import {type PolicyChoices, resolvePolicy} from '../../src/config/resolve.ts';
import {type GuardChoices, guard} from '../../src/guard/guard.ts';
import type {JsonMap} from '../../src/json.ts';

export const defaults: GuardChoices = {
  parts: ['connections', 'manifests'],
  action: 'Deny',
  flagAction: 'Warn',
  failurePolicy: 'Fail',
  connections: ['port-forward'],
  excludedNamespaces: [],
  excludedLabels: [],
  excludedGroups: [],
  systemNamespaces: ['kube-system'],
};

/** The output of guard for a policy, with `choices` instead of the defaults. */
export const guardObjects = (
  policy: PolicyChoices,
  choices: Partial<GuardChoices> = {},
): readonly JsonMap[] =>
  guard(resolvePolicy(policy), {...defaults, ...choices}, '2026-01-01').objects;

/** The ids of the rules that messages name, each once. */
export const rulesIn = (messages: readonly string[]): readonly string[] =>
  [
    ...new Set(
      messages.map(message => /(?:^|: )([a-z]+(?:-[a-z]+)+): /.exec(message)?.[1] ?? message),
    ),
  ].sort();
