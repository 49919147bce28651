import {asList, asMap, asString, Dictionary, type JsonMap, type Path} from '../../json.ts';
import type {Direction} from '../isolation.ts';
import {testOf} from '../known-labels.ts';
import {RangeSet} from '../range-set.ts';
import type {Resource} from '../resource.ts';
import type {Closure, PluginOpening, PluginPolicy} from './plugin-policy.ts';

export const ciliumKinds = ['CiliumNetworkPolicy', 'CiliumClusterwideNetworkPolicy'];

export const isCilium = ({group, kind}: Resource): boolean =>
  group === 'cilium.io' && ciliumKinds.includes(kind);

/**
 * Cilium's label for the namespace of a pod, and the prefix of its labels for the labels of that
 * namespace.
 */
const namespaceName = 'io.kubernetes.pod.namespace';
const namespaceLabel = 'io.cilium.k8s.namespace.labels.';
/**
 * The prefix for other things that Cilium knows about a pod, such as its service account: unknown
 * here.
 */
const ofCilium = /^(?:io\.cilium|reserved)/;

/** https://docs.cilium.io/en/stable/security/policy/: a policy has a `spec`, or many `specs`. */
export function* ciliumPolicies(resource: Resource): Iterable<PluginPolicy> {
  const {value, kind} = resource;
  const specs: readonly (readonly [Path, JsonMap | undefined])[] = [
    [['spec'], asMap(value['spec'])],
    ...asList(value['specs']).map((item, at) => [['specs', at], asMap(item)] as const),
  ];
  for (const [path, spec] of specs) {
    const selector = asMap(spec?.['endpointSelector']);
    // A policy with a `nodeSelector` applies to nodes.
    if (spec === undefined || selector === undefined) continue;
    const {pods, namespaces, others} = partsOf(selector);
    const test = testOf(pods);
    yield {
      resource,
      closes: {ingress: closureOf(spec, 'ingress'), egress: closureOf(spec, 'egress')},
      selection: JSON.stringify(selector),
      finds: pods,
      pods: others ? labels => (test(labels) === false ? false : undefined) : test,
      ...(kind === 'CiliumNetworkPolicy' ? {} : {namespaces: testOf(namespaces)}),
      openings: [...openingsOf(spec, path)],
    };
  }
}

/** "If not specified, the default is true for each traffic direction that has rules." */
function closureOf(spec: JsonMap, direction: Direction): Closure {
  const chosen = asMap(spec['enableDefaultDeny'])?.[direction];
  const hasRules = [direction, `${direction}Deny`].some(each => asList(spec[each]).length > 0);
  return (typeof chosen === 'boolean' ? chosen : hasRules) ? 'all' : 'none';
}

/** The requirements of a selector on pods and on their namespaces, and whether it has others. */
function partsOf(selector: JsonMap) {
  const labels = {pods: new Dictionary(), namespaces: new Dictionary()};
  const expressions = {pods: [] as JsonMap[], namespaces: [] as JsonMap[]};
  let others = false;
  for (const [key, value] of Object.entries(asMap(selector['matchLabels']) ?? {})) {
    const {of, name} = subjectOf(key);
    if (of === 'others') others = true;
    else labels[of][name] = value;
  }
  for (const item of asList(selector['matchExpressions'])) {
    const requirement = asMap(item) ?? {};
    const {of, name} = subjectOf(asString(requirement['key']) ?? '');
    if (of === 'others') others = true;
    else expressions[of].push({...requirement, key: name});
  }
  const part = (of: 'pods' | 'namespaces'): JsonMap => ({
    matchLabels: labels[of],
    matchExpressions: expressions[of],
  });
  return {pods: part('pods'), namespaces: part('namespaces'), others};
}

/** A key may contain the source of the label: `k8s:app`, `any:app`. */
function subjectOf(key: string): {readonly of: 'pods' | 'namespaces' | 'others'; name: string} {
  const name = key.replace(/^(?:k8s|any)[:.]/, '');
  if (name === namespaceName) return {of: 'namespaces', name: 'kubernetes.io/metadata.name'};
  if (name.startsWith(namespaceLabel)) {
    return {of: 'namespaces', name: name.slice(namespaceLabel.length)};
  }
  return {of: ofCilium.test(name) ? 'others' : 'pods', name};
}

const everyone = ['all', 'world', 'world-ipv4', 'world-ipv6'];
/** The fields of a rule that select peers; a rule with only ports means everyone. */
const sources = [
  'fromEndpoints',
  'fromRequires',
  'fromEntities',
  'fromCIDR',
  'fromCIDRSet',
  'fromGroups',
  'fromNodes',
];

function* openingsOf(spec: JsonMap, path: Path): Iterable<PluginOpening> {
  for (const [index, item] of asList(spec['ingress']).entries()) {
    const rule = asMap(item) ?? {};
    const at = [...path, 'ingress', index];
    const isAnyone = sources.every(field => rule[field] === undefined);
    if (isAnyone && rule['toPorts'] !== undefined) yield {path: at};
    for (const [entity, name] of asList(rule['fromEntities']).entries()) {
      if (everyone.includes(asString(name) ?? '')) yield {path: [...at, 'fromEntities', entity]};
    }
    for (const [range, text] of asList(rule['fromCIDR']).entries()) {
      yield {path: [...at, 'fromCIDR', range], ranges: RangeSet.of([asString(text) ?? ''])};
    }
    for (const [range, set] of asList(rule['fromCIDRSet']).entries()) {
      const {cidr, except} = asMap(set) ?? {};
      const taken = RangeSet.of(asList(except).map(text => asString(text) ?? ''));
      const ranges = RangeSet.of([asString(cidr) ?? '']).without(taken);
      yield {path: [...at, 'fromCIDRSet', range], ranges};
    }
  }
}
