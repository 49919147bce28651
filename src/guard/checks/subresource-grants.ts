import type {Check} from '../language/check.ts';
import {aggregatesEdit, grants, includes, names, roleCheck} from './role-grants.ts';

export const noPortForward = subresourceChecks('no-port-forward', ['portforward']);
export const noPodExec = subresourceChecks('no-pod-exec', ['exec', 'attach']);

/**
 * Explicit subresources can be removed from a role; those that come with a wildcard or an
 * aggregation cannot.
 */
function subresourceChecks(rule: string, subresources: readonly string[]): readonly Check[] {
  const plain = subresources.map(name => `pods/${name}`);
  const quoted = plain.map(name => `\`${name}\``).join(' and ');
  const prefix = subresources.join('');
  const mayConnect = [includes('apiGroups', ['']), includes('verbs', ['create', 'get'])];
  const wildcards = ['*', ...subresources.map(name => `*/${name}`)];
  return [
    {
      ...roleCheck,
      rule,
      name: `${prefix}Granted`,
      finds: grants(...mayConnect, names('resources', plain)),
      outcome: 'rewritten',
    },
    {
      ...roleCheck,
      rule,
      name: `${prefix}ByWildcard`,
      finds: grants(...mayConnect, names('resources', wildcards)),
      remedy: `Name the resources instead of \`*\`, which grants ${quoted} as well.`,
      outcome: 'flagged',
    },
    {
      ...roleCheck,
      rule,
      name: `${prefix}ByAggregation`,
      finds: aggregatesEdit,
      remedy: `Do not aggregate the built-in role \`edit\`, which grants ${quoted}.`,
      outcome: 'flagged',
    },
  ];
}
