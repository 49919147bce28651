import type {Edit} from '../edits.ts';
import {type JsonMap, type Path, valueAt} from '../json.ts';
import type {PodPlaces} from '../kubernetes/pod-places.ts';
import {type PodSpec, podSpecsOf} from '../kubernetes/pod-spec.ts';
import type {Resource} from '../kubernetes/resource.ts';
import type {Policy} from '../policy/policy.ts';
import type {Rule, RuleContext, Violation} from '../rules/rule.ts';
import {reaches} from '../severity.ts';
import {looksAt} from './concern.ts';

/** An object at one step of its rewriting, with its pod specs. */
export interface View {
  readonly resource: Resource;
  readonly pods: readonly PodSpec[];
}

/**
 * The view of `resource` with `value` instead of its original value. `places` are the additional
 * paths of pod specs in the policy.
 */
export function viewOf(
  resource: Resource,
  places: PodPlaces,
  value: JsonMap = resource.value,
): View {
  const {read = resource.value} = resource;
  const current = value === resource.value ? resource : {...resource, value, read};
  return {resource: current, pods: podSpecsOf(current, places)};
}

/** Calls `visit` with each violation of `rule` in one object that the policy asks for. */
export function eachViolationOf(
  rule: Rule,
  view: View,
  context: RuleContext,
  visit: (violation: Violation) => void,
): void {
  const visitAll = (found: Iterable<Violation>) => {
    for (const violation of found) {
      if (isAskedFor(rule, violation, context.policy)) visit(violation);
    }
  };
  if (rule.checkResource !== undefined && looksAt(rule, view.resource)) {
    visitAll(rule.checkResource(view.resource, context));
  }
  if (!looksAtPods(rule)) return;
  for (const pod of view.pods) {
    const isWhole = pod.form === 'template';
    for (const found of violationsIn(rule, pod, context)) {
      visitAll(isWhole ? found : withoutAdditions(found, pod));
    }
  }
}

/** Whether `rule` checks anything in the object of `view`. */
export const checks = (rule: Rule, {resource, pods}: View): boolean =>
  (rule.checkResource !== undefined && looksAt(rule, resource)) ||
  (pods.length > 0 && looksAtPods(rule));

const looksAtPods = ({checkPod, checkContainer}: Rule): boolean =>
  checkPod !== undefined || checkContainer !== undefined;

/** Whether a violation is severe enough for `policy`. */
export const isAskedFor = (
  {severity}: Rule,
  violation: Violation,
  {minSeverity}: Policy,
): boolean => reaches(violation.severity ?? severity, minSeverity);

/** The violations in a pod, and in each of its containers. */
function* violationsIn(
  rule: Rule,
  pod: PodSpec,
  context: RuleContext,
): Iterable<Iterable<Violation>> {
  if (rule.checkPod !== undefined) yield rule.checkPod(pod, context);
  if (rule.checkContainer === undefined) return;
  for (const container of pod.containers) yield rule.checkContainer(container, pod, context);
}

/**
 * For a pod that the object describes only partly: the schema may refuse a field that a rule would
 * add, and the operator may set a field that is missing.
 */
function* withoutAdditions(found: Iterable<Violation>, pod: PodSpec): Iterable<Violation> {
  const isKnown = (path: Path) =>
    valueAt(pod.resource.value, path) !== undefined ||
    (pod.form === 'containers' && pod.containers.some(container => isWithin(path, container.path)));
  const isAllowed = ({op, path}: Edit) => op === 'remove' || isKnown(path);
  for (const violation of found) {
    if (!isKnown(violation.path)) continue;
    const {edits, ...flagged} = violation;
    const allowed = edits?.filter(isAllowed) ?? [];
    yield allowed.length === 0 ? flagged : {...flagged, edits: allowed};
  }
}

const isWithin = (path: Path, folder: Path): boolean =>
  path.length >= folder.length && folder.every((step, index) => path[index] === step);
