import {remove} from '../edits.ts';
import {asList, textOf} from '../json.ts';
import {type Grant, grantsOf, includesAny, roleKinds, selectorsOfEdit} from '../kubernetes/rbac.ts';
import type {Rule} from './rule.ts';

/**
 * A rule against grants of subresources of pods that open a connection, by the verbs `create` or
 * `get`. `*\/exec` and `*` include them, and so does the built-in role `edit`, by aggregation.
 * Those also grant other things, so they are only flagged.
 */
export function subresourceGrantRule(
  rule: Pick<Rule, 'id' | 'title' | 'severity' | 'remedy' | 'rationale' | 'references'>,
  subresources: readonly string[],
  gain: string,
): Rule {
  const names = subresources.map(name => `pods/${name}`);
  const wildcards = ['*', ...subresources.map(name => `*/${name}`)];
  return {
    ...rule,
    rewrite: {
      does: `removes ${names.map(name => `\`${name}\``).join(' and ')}, and the rule if nothing is left of it`,
      disruption: 'possible',
      effect: 'takes',
    },
    kinds: roleKinds,
    *checkResource(resource) {
      for (const grant of grantsOf(resource)) {
        if (!mayConnect(grant)) continue;
        const resources = asList(grant.value['resources']);
        const isAll = resources.every(item => item === undefined || names.includes(textOf(item)));
        for (const [at, item] of resources.entries()) {
          const name = textOf(item);
          const isPlain = names.includes(name);
          if (!isPlain && !wildcards.includes(name)) continue;
          const path = [...grant.path, 'resources', at];
          yield {
            path,
            message: `the resource "${name}" grants ${gain}`,
            // A rule without resources would be invalid: it is removed with its last one.
            ...(isPlain ? {edits: [remove(isAll ? grant.path : path)]} : {}),
          };
        }
      }
      for (const path of selectorsOfEdit(resource)) {
        yield {path, message: `the selector aggregates the built-in role \`edit\`: ${gain}`};
      }
    },
  };
}

const mayConnect = (grant: Grant): boolean =>
  includesAny(grant, 'apiGroups', ['']) && includesAny(grant, 'verbs', ['create', 'get']);
