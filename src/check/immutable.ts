import {type JsonMap, type Path, valueAt} from '../json.ts';
import {hookOf} from '../kubernetes/hook.ts';
import type {Resource} from '../kubernetes/resource.ts';
import type {Verdict} from './verdict.ts';

/** Where an object holds what the API server lets nobody change once it is there, by kind. */
const immutable: Readonly<Record<string, Path>> = {
  '/Pod': ['spec'],
  'batch/Job': ['spec', 'template'],
};

/**
 * A note where rewrites change what the API server takes as it is or not at all: the first upgrade of
 * a release that is there already fails on it. Hooks are deleted before they are made anew.
 *
 * @param hardened The object as it was rewritten; `resource` has it as it was read.
 * @param verdicts What was found in it: the note is of the first rule that was applied.
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
