import type {Edit} from '../edits.ts';
import {withoutNumber} from '../findings/fingerprints.ts';
import {type JudgedFinding, judgedFindings} from '../harden.ts';
import {asMap, asString, type Json, type Path, valueAt} from '../json.ts';
import type {Resource} from '../kubernetes/resource.ts';
import type {Policy} from '../policy/policy.ts';
import {knowingDefined} from '../stream/defined-kinds.ts';
import type {ObjectStream} from '../stream/manifest-stream.ts';
import type {Provable} from './laboratory.ts';
import {idOf, titleOf} from './rendering.ts';
import {rewrittenBy, wishesFor} from './wishes.ts';

/** The findings of an audit, in its order, as a proof needs them. */
export function provablesIn(
  stream: ObjectStream,
  policy: Policy,
  today: string,
): readonly Provable[] {
  const judged = judgedFindings(stream, policy, today);
  const {workloads} = knowingDefined(policy, stream);
  const rewritten = rewrittenObjects(judged);
  return judged.map(({finding, verdict, resource}) => ({
    rule: finding.rule,
    mark: withoutNumber(finding.fingerprint),
    object: {id: idOf(resource), title: titleOf(resource), value: resource.value},
    ...(finding.container === undefined ? {} : {container: finding.container}),
    ...volumeAt(verdict.violation.path, resource),
    wishes: wishesFor(verdict, resource, workloads, rewritten.get(resource) ?? resource.value),
  }));
}

/** The name of the volume that a path leads through. */
function volumeAt(path: Path, {value}: Resource): Pick<Provable, 'volume'> {
  const list = path.lastIndexOf('volumes');
  if (list === -1 || typeof path[list + 1] !== 'number') return {};
  const volume = asString(asMap(valueAt(value, path.slice(0, list + 2)))?.['name']);
  return volume === undefined ? {} : {volume};
}

/** Each object with the rewrites for all its findings. */
function rewrittenObjects(judged: readonly JudgedFinding[]): ReadonlyMap<Resource, Json> {
  const edits = new Map<Resource, Edit[]>();
  for (const {verdict, resource} of judged) {
    const known = edits.get(resource) ?? [];
    edits.set(resource, known);
    for (const edit of verdict.violation.edits ?? []) known.push(edit);
  }
  return new Map([...edits].map(([resource, all]) => [resource, rewrittenBy(all, resource)]));
}
