import type {Edit} from '../edits.ts';
import {withoutNumber} from '../findings/fingerprints.ts';
import {type JudgedFinding, judgedFindings} from '../harden.ts';
import type {Json} from '../json.ts';
import type {Resource} from '../kubernetes/resource.ts';
import type {Policy} from '../policy/policy.ts';
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
  const rewritten = rewrittenObjects(judged);
  return judged.map(({finding, verdict, resource}) => ({
    rule: finding.rule,
    mark: withoutNumber(finding.fingerprint),
    object: {id: idOf(resource), title: titleOf(resource), value: resource.value},
    ...(finding.container === undefined ? {} : {container: finding.container}),
    wishes: wishesFor(
      verdict,
      resource,
      policy.workloads,
      rewritten.get(resource) ?? resource.value,
    ),
  }));
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
