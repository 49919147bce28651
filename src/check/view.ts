import type {JsonMap} from '../json.ts';
import {type PodSpec, podSpecsOf} from '../kubernetes/pod-spec.ts';
import type {Resource} from '../kubernetes/resource.ts';
import type {Rule, RuleContext, Violation} from '../rules/rule.ts';

/** An object as it is at one moment of its rewriting, with the pod specs that it holds. */
export interface View {
  readonly resource: Resource;
  readonly pods: readonly PodSpec[];
}

/** The view of `resource` with `value` in place of what was read. */
export function viewOf(resource: Resource, value: JsonMap = resource.value): View {
  const current = value === resource.value ? resource : {...resource, value};
  return {resource: current, pods: podSpecsOf(current)};
}

/** What `rule` has against one object. */
export function* violationsOf(rule: Rule, view: View, context: RuleContext): Iterable<Violation> {
  if (rule.checkResource !== undefined) yield* rule.checkResource(view.resource, context);
  if (rule.checkPod === undefined && rule.checkContainer === undefined) return;
  for (const pod of view.pods) {
    if (rule.checkPod !== undefined) yield* rule.checkPod(pod, context);
    if (rule.checkContainer === undefined) continue;
    for (const container of pod.containers) yield* rule.checkContainer(container, pod, context);
  }
}
