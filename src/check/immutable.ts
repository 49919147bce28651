import {type JsonMap, type Path, valueAt} from '../json.ts';
import {hookOf} from '../kubernetes/hook.ts';
import type {Resource} from '../kubernetes/resource.ts';
import type {Verdict} from './verdict.ts';

/** The path of the fields that cannot be changed in an existing object, by kind. */
const immutable: Readonly<Record<string, Path>> = {
  '/Pod': ['spec'],
  'batch/Job': ['spec', 'template'],
};

/**
 * A note if rewrites change immutable fields: the first upgrade of an installed release fails on
 * them. Hooks are not affected: they are deleted before they are created again.
 *
 * @param hardened The rewritten object; `resource` is the original.
 * @param verdicts The findings in it: the note belongs to the first rule that was applied.
 */
export function noteOnReplacement(
  resource: Resource,
  hardened: JsonMap,
  verdicts: readonly Verdict[],
): readonly Verdict[] {
  const {group, kind, name, value} = resource;
  const path = immutable[`${group}/${kind}`];
  const first = verdicts.find(({status}) => status === 'fixed');
  if (path === undefined || first === undefined || hookOf(resource) !== undefined) return [];
  const isNamed = typeof valueAt(value, ['metadata', 'name']) === 'string';
  if (!isNamed || valueAt(value, path) === valueAt(hardened, path)) return [];
  const message = `the rewritten fields cannot be changed in an existing ${kind} ("field is immutable"): if the release is installed, delete ${kind.toLowerCase()} "${name}" before the first upgrade, which creates it again`;
  return [
    {rule: first.rule, violation: {path, message}, status: 'noted', evidence: [], waits: false},
  ];
}
