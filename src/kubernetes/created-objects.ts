import {asMap, asString, isMap, type Json, type JsonMap, type Path, valueAt} from '../json.ts';
import {parseGroupVersion} from './group-version.ts';
import {stepsOf} from './pod-places.ts';
import {expand} from './pod-templates.ts';
import type {GroupKind} from './resource.ts';
import {isPolicy} from './unknown-kinds.ts';

/** A part of an object in which unknown pods may be. */
export interface Part {
  /** From the root of the object. */
  readonly path: Path;
  readonly value: Json;
  /** A text is one of manifests, or an expression in CEL that returns objects. */
  readonly is: 'value' | 'manifests' | 'expression';
}

interface Place {
  readonly steps: readonly string[];
  readonly is: Part['is'];
}

const places = (is: Part['is'], ...paths: readonly string[]): readonly Place[] =>
  paths.map(path => ({steps: stepsOf(path), is}));

const generateRules = places(
  'value',
  'spec.rules.*.generate.data',
  'spec.rules.*.generate.foreach.*.data',
);
const generators = places(
  'expression',
  'spec.variables.*.expression',
  'spec.generate.*.expression',
);

/**
 * Where a policy contains objects that its engine creates, according to the types of Kyverno and of
 * Open Cluster Management. What is cloned is not in the policy.
 */
const created: ReadonlyMap<string, readonly Place[]> = new Map([
  ['kyverno.io/ClusterPolicy', generateRules],
  ['kyverno.io/Policy', generateRules],
  ['policies.kyverno.io/GeneratingPolicy', generators],
  ['policies.kyverno.io/NamespacedGeneratingPolicy', generators],
  [
    'policy.open-cluster-management.io/ConfigurationPolicy',
    [
      ...places('value', 'spec.object-templates.*.objectDefinition'),
      ...places('manifests', 'spec.object-templates-raw'),
    ],
  ],
  ['policy.open-cluster-management.io/OperatorPolicy', places('value', 'spec.subscription')],
  [
    'policy.open-cluster-management.io/Policy',
    places('value', 'spec.policy-templates.*.objectDefinition'),
  ],
]);

/** The parts of a policy from which its engine creates objects. */
export function* createdBy(
  {group, kind}: GroupKind,
  policy: JsonMap,
  at: Path = [],
): Generator<Part> {
  for (const {steps, is} of created.get(`${group}/${kind}`) ?? []) {
    for (const path of expand(policy, steps)) {
      const value = valueAt(policy, path);
      if (value === undefined || isForbidden(policy, path)) continue;
      const nested = isMap(value) ? kindOf(value) : undefined;
      if (isMap(value) && nested !== undefined && isPolicy(nested)) {
        yield* createdBy(nested, value, [...at, ...path]);
      } else yield {path: [...at, ...path], value, is};
    }
  }
}

/** Whether a ConfigurationPolicy deletes the object at `path`, or reports that it exists. */
function isForbidden(policy: JsonMap, path: Path): boolean {
  if (path.at(-3) !== 'object-templates') return false;
  const template = asMap(valueAt(policy, path.slice(0, -1)));
  return asString(template?.['complianceType'])?.toLowerCase() === 'mustnothave';
}

function kindOf({apiVersion, kind}: JsonMap): GroupKind | undefined {
  const parsed = parseGroupVersion(asString(apiVersion) ?? '');
  return parsed === undefined ? undefined : {group: parsed.group, kind: asString(kind) ?? ''};
}
