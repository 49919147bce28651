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

/** The violations of `rule` in one object that the policy asks for. */
export function* violationsOf(rule: Rule, view: View, context: RuleContext): Iterable<Violation> {
  for (const violation of everyViolationOf(rule, view, context)) {
    if (isAskedFor(rule, violation, context.policy)) yield violation;
  }
}

/** Whether a violation is severe enough for `policy`. */
export const isAskedFor = (
  {severity}: Rule,
  violation: Violation,
  {minSeverity}: Policy,
): boolean => reaches(violation.severity ?? severity, minSeverity);

function* everyViolationOf(rule: Rule, view: View, context: RuleContext): Iterable<Violation> {
  if (rule.checkResource !== undefined && looksAt(rule, view.resource)) {
    yield* rule.checkResource(view.resource, context);
  }
  if (rule.checkPod === undefined && rule.checkContainer === undefined) return;
  for (const pod of view.pods) {
    const found = podViolationsOf(rule, pod, context);
    if (pod.form === 'template') yield* found;
    else yield* withoutAdditions(found, pod);
  }
}

function* podViolationsOf(rule: Rule, pod: PodSpec, context: RuleContext): Iterable<Violation> {
  if (rule.checkPod !== undefined) yield* rule.checkPod(pod, context);
  if (rule.checkContainer === undefined) return;
  for (const container of pod.containers) yield* rule.checkContainer(container, pod, context);
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
