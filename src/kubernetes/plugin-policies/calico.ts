import {
  asList,
  asMap,
  asString,
  isList,
  isMap,
  type Json,
  type JsonMap,
  type Path,
  valueAt,
} from '../../json.ts';
import type {Direction} from '../isolation.ts';
import {all, type Labels, type LabelTest} from '../known-labels.ts';
import {isWide, publicIn} from '../open-ranges.ts';
import {RangeSet} from '../range-set.ts';
import type {Resource} from '../resource.ts';
import {parseCalicoSelector} from './calico-selector.ts';
import type {Closure, PluginOpening, PluginPolicy} from './plugin-policy.ts';

export const calicoKinds = ['NetworkPolicy', 'GlobalNetworkPolicy'];
/** The group that users write, and the one that Calico stores, which some charts also use. */
const groups = ['projectcalico.org', 'crd.projectcalico.org'];

export const isCalico = ({group, kind}: Resource): boolean =>
  groups.includes(group) && calicoKinds.includes(kind);

const selectors = ['selector', 'namespaceSelector', 'serviceAccountSelector'];
const metadataName = 'kubernetes.io/metadata.name';
/** Labels that Calico adds to a pod for its namespace and its service account. */
const namespaceLabel = 'pcns.';
const unknownLabel = /^(?:pcsa\.|projectcalico\.org\/serviceaccount$)/;

/** https://docs.tigera.io/calico/latest/reference/resources/networkpolicy */
export function* calicoPolicies(resource: Resource, tiers: PassingTiers): Iterable<PluginPolicy> {
  const spec = asMap(resource.value['spec']) ?? {};
  // These apply to node interfaces, before policies of pods.
  if (spec['doNotTrack'] === true || spec['preDNAT'] === true) return;
  const selector = parseCalicoSelector(asString(spec['selector']) ?? '');
  const test = selector?.test ?? unknown;
  const hasAccounts = (spec['serviceAccountSelector'] ?? '') !== '';
  yield {
    resource,
    closes: {ingress: closureOf(spec, 'ingress', tiers), egress: closureOf(spec, 'egress', tiers)},
    selection: JSON.stringify(selectors.map(field => spec[field] ?? '')),
    finds: {matchExpressions: selector?.demands.filter(isOwn).map(each => ({...each})) ?? []},
    pods: hasAccounts ? labels => all([test(labels), undefined]) : test,
    ...(resource.kind === 'NetworkPolicy' ? {} : {namespaces: namespacesOf(spec)}),
    openings: [...openingsOf(spec)],
  };
}

const unknown: LabelTest = () => undefined;

/** Whether it is a label of the pod itself, which can be used to find it. */
const isOwn = ({key}: {readonly key: string}): boolean =>
  !key.startsWith(namespaceLabel) &&
  !key.startsWith('projectcalico.org/') &&
  !unknownLabel.test(key);

function namespacesOf({namespaceSelector}: JsonMap): LabelTest {
  const text = asString(namespaceSelector) ?? '';
  const test = parseCalicoSelector(text)?.test ?? unknown;
  return labels => test(key => labels(key === 'projectcalico.org/name' ? metadataName : key));
}

/** The labels of a pod for Calico: `own`, and those that it adds for the namespace. */
export const calicoLabels =
  (own: Labels, namespace: Labels): Labels =>
  key => {
    if (key === 'projectcalico.org/orchestrator') return 'k8s';
    if (key === 'projectcalico.org/namespace') return namespace(metadataName);
    if (key === `${namespaceLabel}projectcalico.org/name`) return namespace(metadataName);
    if (key.startsWith(namespaceLabel)) return namespace(key.slice(namespaceLabel.length));
    return unknownLabel.test(key) ? undefined : own(key);
  };

/** The default for `types`: the directions with rules, or ingress if there are no rules. */
function directionsOf(spec: JsonMap): readonly Direction[] {
  const types = asList(spec['types']);
  const has = (direction: Direction) => asList(spec[direction]).length > 0;
  const isOf = (direction: Direction, type: string) =>
    types.length > 0
      ? types.includes(type)
      : has(direction) || (direction === 'ingress' && !has('egress'));
  return [
    ...(isOf('ingress', 'Ingress') ? (['ingress'] as const) : []),
    ...(isOf('egress', 'Egress') ? (['egress'] as const) : []),
  ];
}

/** The names of the tiers that pass on what no rule matches. */
export type PassingTiers = ReadonlySet<string>;

export const passingTiers = (tiers: readonly Resource[]): PassingTiers =>
  new Set(
    tiers
      .filter(({group, value}) => groups.includes(group) && endsIn(value, 'Pass'))
      .map(({name}) => name),
  );

const endsIn = (tier: JsonMap, action: string): boolean =>
  valueAt(tier, ['spec', 'defaultAction']) === action;

const tierOf = ({tier}: JsonMap): string => asString(tier) || 'default';

/**
 * What the rules close, of which the first that matches counts. What a rule passes on, and what
 * none matches if the tier passes that on, is for the next tier; after the last, the profile of
 * the namespace admits everyone.
 */
function closureOf(spec: JsonMap, direction: Direction, tiers: PassingTiers): Closure {
  if (!directionsOf(spec).includes(direction)) return 'none';
  let [closed, open] = ['none' as Closure, false];
  for (const item of asList(spec[direction])) {
    const rule = asMap(item) ?? {};
    const isOfAll = ruleParts(rule).every(isBlank);
    if (rule['action'] === 'Deny') {
      if (isOfAll) return open ? 'some' : 'all';
      closed = 'some';
    } else if (rule['action'] === 'Pass') {
      if (isOfAll) return closed;
      open ||= isOpenTo(rule, direction === 'ingress' ? 'source' : 'destination');
    }
  }
  if (tiers.has(tierOf(spec))) return closed;
  return open ? 'some' : 'all';
}

/** What restricts a rule to a part of the traffic. */
const ruleParts = (rule: JsonMap): readonly (Json | undefined)[] =>
  Object.entries(rule).flatMap(([key, value]) =>
    key === 'action' || key === 'metadata' ? [] : isMap(value) ? Object.values(value) : [value],
  );

const isBlank = (value: Json | undefined): boolean =>
  value === null || value === undefined || value === '' || (isList(value) && value.length === 0);

function isOpenTo(rule: JsonMap, side: string): boolean {
  const opening = openingOf(rule, side, []);
  return (
    opening !== undefined && (opening.ranges === undefined || isWide(publicIn(opening.ranges)))
  );
}

/** The fields of a source that only match endpoints in the cluster. */
const endpoints = ['selector', 'namespaceSelector', 'serviceAccounts', 'services'];

function* openingsOf(spec: JsonMap): Iterable<PluginOpening> {
  for (const [index, item] of asList(spec['ingress']).entries()) {
    const rule = asMap(item) ?? {};
    const isPassed = rule['action'] === 'Pass' && tierOf(spec) === 'default';
    if (rule['action'] !== 'Allow' && !isPassed) continue;
    const opening = openingOf(rule, 'source', ['spec', 'ingress', index]);
    if (opening !== undefined) yield isPassed ? {...opening, isPassed} : opening;
  }
}

/** Who besides endpoints in the cluster a rule matches, on one `side`. */
function openingOf(rule: JsonMap, side: string, path: Path): PluginOpening | undefined {
  const peer = asMap(rule[side]) ?? {};
  if (endpoints.some(field => (peer[field] ?? '') !== '')) return undefined;
  const texts = (field: string) => asList(peer[field]).map(text => asString(text) ?? '');
  const [nets, without] = [texts('nets'), RangeSet.of(texts('notNets'))];
  if (nets.length === 0 && without.isEmpty) return {path};
  const every = nets.length === 0 ? ['0.0.0.0/0', '::/0'] : nets;
  return {path: [...path, side], ranges: RangeSet.of(every).without(without)};
}
