import type {Verdict} from '../check/verdict.ts';
import {applyEdits, type Edit, remove, set, withoutHoles} from '../edits.ts';
import {
  asMap,
  isList,
  isMap,
  isSameJson,
  type Json,
  type JsonMap,
  type Path,
  valueAt,
} from '../json.ts';
import type {PodPlaces} from '../kubernetes/pod-places.ts';
import {type PodSpec, podSpecsOf} from '../kubernetes/pod-spec.ts';
import type {Resource} from '../kubernetes/resource.ts';
import {type NamedPath, namesOf, valueAtNamed} from './named-path.ts';

/** Fields of an object that would clear a finding. */
export interface Wish {
  readonly changes: readonly WishedField[];
  /** Whether the values are examples: only the user can know the right ones. */
  readonly isExample: boolean;
}

export interface WishedField {
  readonly path: NamedPath;
  /** Absent if the field must go. */
  readonly value?: Json;
}

/**
 * The ways to clear a finding, best first; none if the rule does not say how. `places` are the additional places of
 * pods in the policy. `rewritten` is the object with the rewrites for all its findings: what several of them change, such
 * as a list of capabilities, is wished as they leave it together.
 */
export function wishesFor(
  {rule, violation}: Verdict,
  resource: Resource,
  places: PodPlaces,
  rewritten: Json,
): readonly Wish[] {
  const pod = podSpecsOf(resource, places).find(({path}) => isWithin(violation.path, path));
  const ways: readonly Way[] = [
    ...(violation.edits === undefined ? [] : [{edits: violation.edits}]),
    ...(pod === undefined ? [] : (others[rule.id]?.(pod, violation.path) ?? [])),
    ...(examples[rule.id]?.(violation.path) ?? []),
  ];
  return ways.map(({edits, isExample = false}) => ({
    changes: fieldChanges(resource.value, rewrittenBy(edits, resource)).map(change =>
      isList(valueAtNamed(resource.value, change.path))
        ? {...change, value: valueAtNamed(rewritten, change.path) ?? []}
        : change,
    ),
    isExample,
  }));
}

/** The value of an object after edits. */
export const rewrittenBy = (edits: readonly Edit[], {value}: Resource): Json =>
  withoutHoles(applyEdits(value, edits));

interface Way {
  readonly edits: readonly Edit[];
  readonly isExample?: true;
}

const isWithin = (path: Path, holder: Path): boolean =>
  holder.every((step, index) => path[index] === step);

/** Other ways than the rewrite of the rule: in the context of the pod instead of its containers, or the other way round. */
const others: Readonly<Record<string, (pod: PodSpec, path: Path) => readonly Way[]>> = {
  // The API server refuses false in a privileged container: both must change.
  'no-privilege-escalation': ({resource}, path) => {
    const context = path.slice(0, -1);
    const isPrivileged = valueAt(resource.value, [...context, 'privileged']) === true;
    return isPrivileged ? [{edits: [set(path, false), remove([...context, 'privileged'])]}] : [];
  },
  'no-root': pod => [{edits: [set([...pod.path, 'securityContext', 'runAsNonRoot'], true)]}],
  'require-seccomp': pod => [
    {
      edits: pod.containers
        .filter(({value}) => asMap(value['securityContext'])?.['seccompProfile'] === undefined)
        .map(({path}) =>
          set([...path, 'securityContext', 'seccompProfile'], {type: 'RuntimeDefault'}),
        ),
    },
  ],
};

/** What clears findings of rules that rewrite nothing, because only the user knows the right value. */
const examples: Readonly<Record<string, (path: Path) => readonly Way[]>> = {
  'require-limits': path => [
    {edits: [set(path, path.at(-1) === 'cpu' ? '500m' : '256Mi')], isExample: true},
  ],
  'no-root-group': path => [{edits: [set(path, 65_532)], isExample: true}],
  'no-load-balancer': () => [{edits: [set(['spec', 'type'], 'ClusterIP')]}],
  'no-node-port': () => [{edits: [set(['spec', 'type'], 'ClusterIP')]}],
};

/** The fields in which two values differ: lists that are not of named items as a whole. */
export function fieldChanges(
  before: Json | undefined,
  after: Json | undefined,
): readonly WishedField[] {
  const changes: WishedField[] = [];
  collect(before, after, [], changes);
  return changes;
}

function collect(
  before: Json | undefined,
  after: Json | undefined,
  path: NamedPath,
  changes: WishedField[],
): void {
  if (before === after || isSameJson(before, after)) return;
  if (isMap(after) && (before === undefined || before === null || isMap(before))) {
    const holder: JsonMap = before ?? {};
    for (const key of new Set([...Object.keys(holder), ...Object.keys(after)])) {
      collect(holder[key], after[key], [...path, key], changes);
    }
    return;
  }
  if (isList(before) && isList(after)) {
    const names = namesOf(before);
    if (names !== undefined && isSameJson(names, namesOf(after))) {
      for (const [index, name] of names.entries())
        collect(before[index], after[index], [...path, `[${name}]`], changes);
      return;
    }
  }
  changes.push({path, ...(after === undefined ? {} : {value: after})});
}
