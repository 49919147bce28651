import type {Edit} from '../edits.ts';
import {type JsonMap, type Path, valueAt} from '../json.ts';
import type {PodPlaces} from '../kubernetes/pod-places.ts';
import {type PodSpec, podSpecsOf} from '../kubernetes/pod-spec.ts';
import type {Resource} from '../kubernetes/resource.ts';
import type {Rule, RuleContext, Violation} from '../rules/rule.ts';
import {looksAt} from './concern.ts';

/** An object as it is at one moment of its rewriting, with the pod specs that it holds. */
export interface View {
  readonly resource: Resource;
  readonly pods: readonly PodSpec[];
}

/**
 * The view of `resource` with `value` in place of what was read. `places` are the policy's own
 * places of pod specs.
 */
export function viewOf(
  resource: Resource,
  places: PodPlaces,
  value: JsonMap = resource.value,
): View {
  const current = value === resource.value ? resource : {...resource, value};
  return {resource: current, pods: podSpecsOf(current, places)};
}

/** What `rule` has against one object. */
export function* violationsOf(rule: Rule, view: View, context: RuleContext): Iterable<Violation> {
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
 * What holds of a pod that the object describes in part: the schema might refuse a field that a
 * rule would add, and a field that is missing may be the operator's to set.
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
