import {
  asList,
  asMap,
  asString,
  type Json,
  type JsonList,
  type JsonMap,
  valueAt,
} from '../../json.ts';
import type {Direction} from '../isolation.ts';
import {testOf} from '../known-labels.ts';
import {requirementsOf} from '../label-selector.ts';
import {isWide, publicOf} from '../open-ranges.ts';
import {RangeSet} from '../range-set.ts';
import type {Resource} from '../resource.ts';
import type {Closure, PluginPolicy} from './plugin-policy.ts';

/**
 * The policies of cluster administrators (https://network-policy-api.sigs.k8s.io/api-overview/).
 * Baseline policies apply if no NetworkPolicy selects the pods. They admit only pods.
 */
export const adminKinds = [
  'AdminNetworkPolicy',
  'BaselineAdminNetworkPolicy',
  'ClusterNetworkPolicy',
];

export const isAdmin = ({group, kind}: Resource): boolean =>
  group === 'policy.networking.k8s.io' && adminKinds.includes(kind);

export function* adminPolicies(resource: Resource): Iterable<PluginPolicy> {
  const {value} = resource;
  const subject = asMap(valueAt(value, ['spec', 'subject'])) ?? {};
  const pods = asMap(subject['pods']);
  const namespaces = asMap(pods === undefined ? subject['namespaces'] : pods['namespaceSelector']);
  const finds = asMap(pods?.['podSelector']) ?? {};
  yield {
    resource,
    closes: {ingress: closureOf(resource, 'ingress'), egress: closureOf(resource, 'egress')},
    selection: JSON.stringify(subject),
    finds,
    pods: testOf(finds),
    namespaces: testOf(namespaces),
    openings: [],
  };
}

/**
 * What the rules close, of which the first that matches counts; what none matches is left to
 * NetworkPolicies. A NetworkPolicy cannot open what is denied before it, but it replaces a baseline
 * policy.
 */
function closureOf({value, kind}: Resource, direction: Direction): Closure {
  const isBaseline =
    kind === 'BaselineAdminNetworkPolicy' || valueAt(value, ['spec', 'tier']) === 'Baseline';
  const some: Closure = isBaseline ? 'some' : 'none';
  const peers = direction === 'ingress' ? 'from' : 'to';
  let [closed, open] = ['none' as Closure, false];
  for (const item of asList(valueAt(value, ['spec', direction]))) {
    const rule = asMap(item) ?? {};
    const [who, isOnAll] = [asList(rule[peers]), isOnAllPorts(rule)];
    if (rule['action'] === 'Deny') {
      if (isOnAll && isEveryone(who, direction)) return open ? some : 'all';
      closed = some;
    } else if (areMany(who)) {
      if (isOnAll) return closed;
      open = true;
    }
  }
  return closed;
}

const isOnAllPorts = (rule: JsonMap): boolean =>
  ['ports', 'protocols'].every(field => (rule[field] ?? null) === null);

/** Whether the peers are all that the direction can name: all pods, or all addresses. */
function isEveryone(peers: JsonList, direction: Direction): boolean {
  if (direction === 'egress') return RangeSet.of(networksOf(peers)).covers(everyAddress);
  return peers.some(peer => areAll(selectorsOf(peer), isEmpty));
}

const everyAddress = RangeSet.of(['0.0.0.0/0', '::/0']);

/** Whether the peers may be everyone, or all but a few. */
const areMany = (peers: JsonList): boolean =>
  isWide(publicOf(networksOf(peers))) ||
  peers.some(peer =>
    areAll(selectorsOf(peer), selector => isEmpty(selector) || isExcluding(selector)),
  );

const networksOf = (peers: JsonList): readonly string[] =>
  peers.flatMap(peer => asList(asMap(peer)?.['networks'])).map(text => asString(text) ?? '');

/** The selectors of namespaces and pods, which the pods of the peer meet. */
function selectorsOf(peer: Json | undefined): readonly (Json | undefined)[] {
  const {namespaces, pods} = asMap(peer) ?? {};
  if (pods === undefined) return namespaces === undefined ? [] : [namespaces];
  return [asMap(pods)?.['namespaceSelector'], asMap(pods)?.['podSelector']];
}

const areAll = <Item>(items: readonly Item[], test: (item: Item) => boolean): boolean =>
  items.length > 0 && items.every(test);

const isEmpty = (selector: Json | undefined): boolean => requirementsOf(selector)?.length === 0;

/** Whether a selector requires no more than that labels are absent, or what every namespace has. */
const isExcluding = (selector: Json | undefined): boolean =>
  requirementsOf(selector)?.every(
    ({key, isWanted, values}) => !isWanted || (key === metadataName && values === undefined),
  ) === true;

const metadataName = 'kubernetes.io/metadata.name';
