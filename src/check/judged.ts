import {podSpecsOf} from '../kubernetes/pod-spec.ts';
import type {Policy} from '../policy/policy.ts';
import {activeRules} from '../rules/index.ts';
import type {Rule} from '../rules/rule.ts';
import {knowingDefined} from '../stream/defined-kinds.ts';
import type {ObjectStream} from '../stream/manifest-stream.ts';
import {looksAt} from './concern.ts';

/** The rules of `policy` that looked at something in the stream: without findings, they have passed. */
export function judgedRules(stream: ObjectStream, policy: Policy): ReadonlySet<string> {
  const {resources} = stream;
  const {workloads} = knowingDefined(policy, stream);
  const kinds = [
    ...new Map(resources.map(each => [`${each.group}/${each.kind}`, each] as const)).values(),
  ];
  const hasPods = resources.some(each => podSpecsOf(each, workloads).length > 0);
  const judged = activeRules(policy).filter(
    rule =>
      (hasPods && judgesPods(rule)) ||
      (judgesObjects(rule) && kinds.some(each => looksAt(rule, each))),
  );
  return new Set(judged.map(({id}) => id));
}

/** A rule that only looks at the whole stream looks for the pods in it. */
const judgesPods = ({checkPod, checkContainer, checkResource}: Rule): boolean =>
  checkPod !== undefined || checkContainer !== undefined || checkResource === undefined;

const judgesObjects = ({checkResource}: Rule): boolean => checkResource !== undefined;
