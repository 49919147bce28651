import {type Edit, remove} from '../edits.ts';
import {asList, textOf} from '../json.ts';
import {type Grant, grantsOf, includesAny, roleKinds, selectorsOfEdit} from '../kubernetes/rbac.ts';
import type {Rule} from './rule.ts';

/**
 * A rule against grants of subresources of pods that open a connection, by the verbs `create` or
 * `get`. `pods/*`, `*\/exec` and `*` hold them as well, and so does the built-in role `edit`, by
 * aggregation; what else those grant is not ours to take: they are only flagged.
 */
export function subresourceGrantRule(
  rule: Pick<Rule, 'id' | 'title' | 'severity' | 'rationale' | 'references'>,
  subresources: readonly string[],
  gain: string,
): Rule {
  const names = subresources.map(name => `pods/${name}`);
  const wildcards = ['*', 'pods/*', ...subresources.map(name => `*/${name}`)];
  return {
    ...rule,
    rewrite: {
      does: `removes ${names.map(name => `\`${name}\``).join(' and ')}, and the rule if nothing is left of it`,
      disruption: 'possible',
    },
    kinds: roleKinds,
    *checkResource(resource) {
      for (const grant of grantsOf(resource)) {
        if (!mayConnect(grant)) continue;
        for (const [at, item] of asList(grant.value['resources']).entries()) {
          const name = textOf(item);
          const isPlain = names.includes(name);
          if (!isPlain && !wildcards.includes(name)) continue;
          yield {
            path: [...grant.path, 'resources', at],
            message: `the resource "${name}" grants ${gain}`,
            ...(isPlain ? {edits: [withdrawal(grant, names, at)]} : {}),
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

/** A rule without resources would be invalid: it goes with its last one. */
function withdrawal({value, path}: Grant, names: readonly string[], at: number): Edit {
  const others = asList(value['resources']).filter(
    item => item !== undefined && !names.includes(textOf(item)),
  );
  return remove(others.length === 0 ? path : [...path, 'resources', at]);
}
