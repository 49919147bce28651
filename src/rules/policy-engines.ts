import {
  asList,
  asMap,
  isMap,
  type Json,
  type JsonMap,
  type Path,
  textOf,
  valueAt,
} from '../json.ts';
import {firstRuleFor, type GroupResources} from '../kubernetes/admission-rules.ts';
import type {CustomWorkloads} from '../kubernetes/custom-workloads.ts';
import type {Resource} from '../kubernetes/resource.ts';

/** Something in a policy of an admission engine that changes objects. */
interface Mutation {
  readonly engine: string;
  readonly path: Path;
}

interface Engine {
  readonly name: string;
  /** The paths of what changes objects in a policy, if they may be some of `wanted`. */
  readonly pathsIn: (policy: Resource, wanted: Wanted) => Iterable<Path>;
}

/** Resources of several groups, and custom kinds among them. */
interface Wanted {
  readonly resources: GroupResources;
  readonly customKinds: ReadonlySet<string>;
}

/** What a policy of an admission engine changes, if it may match objects of `pods` or `custom`. */
export function* mutationsOf(
  resource: Resource,
  pods: GroupResources,
  custom: CustomWorkloads,
): Iterable<Mutation> {
  const engine = engines.get(resource.group);
  if (engine === undefined) return;
  const wanted = {resources: {...custom.resources, ...pods}, customKinds: custom.kinds};
  for (const path of engine.pathsIn(resource, wanted)) yield {engine: engine.name, path};
}

const whole: Path = ['spec'];

/** The engines, by the groups of their policies. */
const engines = new Map<string, Engine>([
  ['mutations.gatekeeper.sh', {name: 'Gatekeeper', pathsIn: () => [whole]}],
  ['kyverno.io', {name: 'Kyverno', pathsIn: kyvernoRules}],
  ['policies.kyverno.io', {name: 'Kyverno', pathsIn: kyvernoPolicy}],
  ['policies.kubewarden.io', {name: 'Kubewarden', pathsIn: kubewardenPolicy}],
  ['policy.jspolicy.com', {name: 'jsPolicy', pathsIn: jsPolicy}],
  [
    'api.kubemod.io',
    {
      name: 'KubeMod',
      pathsIn: ({value}) => (valueAt(value, ['spec', 'type']) === 'Patch' ? [whole] : []),
    },
  ],
]);

/** ClusterPolicy and Policy. */
function* kyvernoRules({value}: Resource, {customKinds}: Wanted): Iterable<Path> {
  for (const [index, rule] of asList(valueAt(value, ['spec', 'rules'])).entries()) {
    if (!isMap(rule) || !isMap(rule['mutate'])) continue;
    const kinds = [...kindsIn(rule['match'])];
    const mayMatch =
      kinds.length === 0 || kinds.some(each => podKind.test(each) || isAmong(customKinds, each));
    if (mayMatch) yield ['spec', 'rules', index, 'mutate'];
  }
}

/**
 * `Pod`, `v1/Pod`, `apps/*\/Deployment`, `Pod.status`, `*`: as Kyverno's `kinds` name pods and
 * their controllers.
 */
const podKind =
  /\*$|(?:^|\/)(?:Pod|PodTemplate|ReplicationController|DaemonSet|Deployment|ReplicaSet|StatefulSet|CronJob|Job)(?:[/.]|$)/;

/** `argoproj.io/v1alpha1/Rollout`, `Rollout/status`. */
const isAmong = (kinds: ReadonlySet<string>, pattern: string): boolean =>
  pattern.split(/[/.]/).some(step => kinds.has(step));

function* kindsIn(match: Json | undefined): Iterable<string> {
  const {resources, any, all} = asMap(match) ?? {};
  for (const filter of [{resources} as JsonMap, ...asList(any), ...asList(all)]) {
    for (const kind of asList(asMap(asMap(filter)?.['resources'])?.['kinds'])) yield textOf(kind);
  }
}

/** MutatingPolicy and NamespacedMutatingPolicy; without rules it matches all. */
function kyvernoPolicy({kind, value}: Resource, {resources}: Wanted): readonly Path[] {
  if (!kind.endsWith('MutatingPolicy')) return [];
  const rules = asList(valueAt(value, ['spec', 'matchConstraints', 'resourceRules']));
  return rules.length === 0 || firstRuleFor(rules, resources) !== -1 ? [whole] : [];
}

/** AdmissionPolicy and ClusterAdmissionPolicy. */
function kubewardenPolicy({value}: Resource, {resources}: Wanted): readonly Path[] {
  const {mutating, rules}: JsonMap = asMap(value['spec']) ?? {};
  return mutating === true && firstRuleFor(asList(rules), resources) !== -1
    ? [['spec', 'mutating']]
    : [];
}

/** Its `spec` is a rule like those of a webhook. A controller policy may write objects, too. */
function jsPolicy({kind, value}: Resource, {resources}: Wanted): readonly Path[] {
  const {spec} = value;
  const type = textOf(valueAt(value, ['spec', 'type']));
  const mayWrite = kind === 'JsPolicy' && (type === 'Mutating' || type === 'Controller');
  return mayWrite && firstRuleFor([spec], resources) !== -1 ? [whole] : [];
}
