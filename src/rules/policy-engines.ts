import {
  asList,
  asMap,
  isMap,
  type Json,
  type JsonMap,
  type Path,
  textOf,
  toPointer,
  valueAt,
} from '../json.ts';
import {
  firstRuleFor,
  type GroupResources,
  otherResources,
  podDecidingResources,
  policyResources,
} from '../kubernetes/admission-rules.ts';
import type {CustomWorkloads} from '../kubernetes/custom-workloads.ts';
import type {Resource} from '../kubernetes/resource.ts';
import {memoized} from '../memoized.ts';
import {isMatch} from './wildcard.ts';

/** Something in a policy of an admission engine that changes or deletes objects. */
interface Mutation {
  readonly engine: string;
  readonly path: Path;
  /** Pods, their controllers and custom resources with pods; other kinds that rules check; or network policies. */
  readonly does: 'changes pods' | 'changes others' | 'deletes policies';
}

interface Engine {
  readonly name: string;
  /** The paths of what changes objects in a policy, if they may be some of `wanted`. */
  readonly changesIn: (policy: Resource, wanted: Wanted) => Iterable<Path>;
  /** The same for what deletes objects. */
  readonly deletionsIn?: (policy: Resource, wanted: Wanted) => Iterable<Path>;
}

/** Resources of several groups, and their kinds in lower case. */
interface Wanted {
  readonly resources: GroupResources;
  readonly kinds: ReadonlySet<string>;
}

const wantedOf = (resources: GroupResources, more: Iterable<string> = []): Wanted => ({
  resources,
  kinds: new Set([...Object.values(resources).flat().map(kindOf), ...more]),
});

/** The kind of a resource, in lower case; of a subresource that of its object. */
const kindOf = (resource: string): string =>
  resource
    .replace(/\/.*/, '')
    .replace(/ies$/, 'y')
    .replace(/sses$/, 'ss')
    .replace(/(?<!s)s$/, '');

const podsAnd = memoized(
  ({resources, kinds}: CustomWorkloads): Wanted =>
    wantedOf(
      {...resources, ...podDecidingResources},
      [...kinds].map(kind => kind.toLowerCase()),
    ),
);
const policies = wantedOf(policyResources);
const others = wantedOf({
  ...policyResources,
  ...otherResources,
  'networking.k8s.io': [
    ...policyResources['networking.k8s.io'],
    ...otherResources['networking.k8s.io'],
  ],
});

/** What a policy of an admission engine changes or deletes, if rules check it. */
export function* mutationsOf(resource: Resource, custom: CustomWorkloads): Iterable<Mutation> {
  const found = engines.get(resource.group);
  if (found === undefined) return;
  const {name: engine, changesIn, deletionsIn} = found;
  const seen = new Set<string>();
  for (const [wanted, does] of [
    [podsAnd(custom), 'changes pods'],
    [others, 'changes others'],
  ] as const) {
    for (const path of changesIn(resource, wanted)) {
      if (seen.has(toPointer(path))) continue;
      seen.add(toPointer(path));
      yield {engine, path, does};
    }
  }
  for (const path of deletionsIn?.(resource, policies) ?? []) {
    yield {engine, path, does: 'deletes policies'};
  }
}

const whole: Path = ['spec'];

/** The engines, by the groups of their policies. */
const engines = new Map<string, Engine>([
  ['mutations.gatekeeper.sh', {name: 'Gatekeeper', changesIn: () => [whole]}],
  ['kyverno.io', {name: 'Kyverno', changesIn: kyvernoRules, deletionsIn: kyvernoCleanup}],
  [
    'policies.kyverno.io',
    {name: 'Kyverno', changesIn: kyvernoMutation, deletionsIn: kyvernoDeletion},
  ],
  ['policies.kubewarden.io', {name: 'Kubewarden', changesIn: kubewardenPolicy}],
  ['policy.jspolicy.com', {name: 'jsPolicy', changesIn: jsPolicy}],
  ['policy.karmada.io', {name: 'Karmada', changesIn: karmadaOverrides}],
  [
    'api.kubemod.io',
    {
      name: 'KubeMod',
      changesIn: ({value}) => (valueAt(value, ['spec', 'type']) === 'Patch' ? [whole] : []),
    },
  ],
]);

/** ClusterPolicy and Policy. With `targets`, a rule changes these, and what it matches only starts it. */
function* kyvernoRules({value}: Resource, {kinds}: Wanted): Iterable<Path> {
  for (const [index, rule] of asList(valueAt(value, ['spec', 'rules'])).entries()) {
    if (!isMap(rule) || !isMap(rule['mutate'])) continue;
    const targets = asList(rule['mutate']['targets']);
    const named =
      targets.length === 0
        ? [...kindsIn(rule['match'])]
        : targets.map(target => textOf(asMap(target)?.['kind']));
    if (mayName(named, kinds)) yield ['spec', 'rules', index, 'mutate'];
  }
}

/** CleanupPolicy and ClusterCleanupPolicy. */
function* kyvernoCleanup({kind, value}: Resource, {kinds}: Wanted): Iterable<Path> {
  if (!kind.endsWith('CleanupPolicy')) return;
  const path = ['spec', 'match'];
  if (mayName([...kindsIn(valueAt(value, path))], kinds)) yield path;
}

/** Whether `patterns`, which are all kinds if there are none, may name one of `kinds`. */
const mayName = (patterns: readonly string[], kinds: ReadonlySet<string>): boolean =>
  patterns.length === 0 ||
  patterns
    .flatMap(kindPatterns)
    .some(pattern => [...kinds].some(kind => isMatch(pattern.toLowerCase(), kind)));

/**
 * What may be the kind in `Pod`, `v1/Pod`, `apps/*\/Deployment`, `Pod.status`, `Pod/exec` or `*`: the last step, or the one
 * before it if the last may be a subresource. The name of a variable may stand for any kind.
 */
function kindPatterns(text: string): readonly string[] {
  if (text.includes('{{')) return ['*'];
  const [before, last = ''] = ['', ...text.split(/[/.]/)].slice(-2);
  return /^[a-z*?]/.test(last) && before ? [last, before] : [last];
}

function* kindsIn(match: Json | undefined): Iterable<string> {
  const {resources, any, all} = asMap(match) ?? {};
  for (const filter of [{resources} as JsonMap, ...asList(any), ...asList(all)]) {
    for (const kind of asList(asMap(asMap(filter)?.['resources'])?.['kinds'])) yield textOf(kind);
  }
}

/** MutatingPolicy and NamespacedMutatingPolicy; without rules it matches all. It may also change existing objects. */
function kyvernoMutation({kind, value}: Resource, {resources}: Wanted): readonly Path[] {
  if (!kind.endsWith('MutatingPolicy')) return [];
  const targets = valueAt(value, ['spec', 'targetMatchConstraints']);
  const constraints = [
    valueAt(value, ['spec', 'matchConstraints']),
    ...(targets === undefined ? [] : [targets]),
  ];
  const mayChange = constraints.some(each => {
    const rules = asList(asMap(each)?.['resourceRules']);
    return rules.length === 0 || firstRuleFor(rules, resources) !== -1;
  });
  return mayChange ? [whole] : [];
}

/** DeletingPolicy and NamespacedDeletingPolicy, whatever operations their rules name; without rules it matches all. */
function kyvernoDeletion({kind, value}: Resource, {resources}: Wanted): readonly Path[] {
  if (!kind.endsWith('DeletingPolicy')) return [];
  const rules = asList(valueAt(value, ['spec', 'matchConstraints', 'resourceRules'])).map(rule => ({
    ...asMap(rule),
    operations: ['*'],
  }));
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

/** OverridePolicy and ClusterOverridePolicy; without selectors it matches all. */
function karmadaOverrides({kind, value}: Resource, {kinds}: Wanted): readonly Path[] {
  if (!kind.endsWith('OverridePolicy')) return [];
  const named = asList(valueAt(value, ['spec', 'resourceSelectors'])).map(selector =>
    textOf(asMap(selector)?.['kind']),
  );
  return mayName(named, kinds) ? [whole] : [];
}
