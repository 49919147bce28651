import {set} from '../edits.ts';
import {asList, asMap, type JsonList, type Path, textOf, valueAt} from '../json.ts';
import {governs, networkPoliciesOf} from '../kubernetes/isolation.ts';
import {
  isWholeInternet,
  isWide,
  publicIn,
  publicOf,
  publicPartOf,
} from '../kubernetes/open-ranges.ts';
import {PluginPolicies} from '../kubernetes/plugin-policies/plugin-policies.ts';
import {RangeSet} from '../kubernetes/range-set.ts';
import type {Resource} from '../kubernetes/resource.ts';
import type {StreamIndex} from '../kubernetes/stream-index.ts';
import type {Workload} from '../kubernetes/workload.ts';
import {isOutside, type Origin} from '../network/needs/connection.ts';
import {Connections} from '../network/needs/connections.ts';
import {rangesOf} from '../network/needs/outside.ts';
import {isOurs} from '../network/policies/policy-name.ts';
import {admittedTo} from '../network/policies/rungs.ts';
import type {Rung} from '../policy/network-policy.ts';
import {someOf} from '../text/some-of.ts';
import type {Rule} from './rule.ts';

/**
 * Restricted fields of a NetworkPolicy: `spec.ingress[]` must have a `from`, and its `ipBlock`s
 * must not contain every address, nor so much of the internet that they restrict almost nobody:
 * each alone, those of a policy together, and those of all policies that select the same pods.
 * Ranges in `except` do not count. If the policy file opens all of it to the pods, with a
 * declaration or the addresses of a controller or of the API server, it is allowed.
 *
 * A rule of a NetworkPolicy without `from` is rewritten so that it admits the pods of the cluster, unless a Service,
 * a host port, the API server or a node leads anyone else to pods that it selects. Of a policy that selects no pods of
 * the stream nothing is known, and it stays as it is.
 *
 * Policies of Cilium and Calico: `fromEntities` must not have `world` or `all`, each range is
 * checked in the same way, and a rule that names nobody admits everyone. In Calico's default tier,
 * `Pass` admits them too.
 */
export const noOpenNetworkPolicy: Rule = {
  id: 'no-open-network-policy',
  title: 'A NetworkPolicy must not admit every address',
  severity: 'medium',
  remedy: 'Name the pods, namespaces or address ranges that may connect.',
  rationale:
    'A policy that admits everyone isolates nothing: the pods look protected, but accept connections from external addresses.',
  rewrite: {
    does: 'has a rule without `from` admit only the pods of the cluster, if nothing in the stream leads others to the pods',
    disruption: 'likely',
    effect: 'takes',
  },
  references: {
    cis: ['5.3.2'],
    kubescape: ['C-0260'],
    nsa: 'Network separation and hardening',
    nist: ['AC-4', 'SC-7'],
    pci: ['1.3.1', '1.4.2', '1.4.4'],
  },
  isExposure: true,
  kinds: 'all',
  *checkStream(stream, {policy}) {
    const read = networkPoliciesOf(stream).map(admissionsOf);
    const found = [
      ...read.flatMap(({openings}) => openings),
      ...openTogether(read, stream),
      ...pluginOpenings(new PluginPolicies(stream)),
    ];
    if (found.length === 0) return;
    const connections = new Connections(stream, policy);
    const {ingress} = policy.networkPolicy;
    const byPolicy = rangesAsked(connections, outsiders(ingress, shownOnly));
    const inAll = found.some(({resource}) => isOurs(resource))
      ? rangesAsked(connections, outsiders(ingress))
      : byPolicy;
    const led = found.some(({isForAll}) => isForAll) ? ledFromOutside(connections) : none;
    for (const {resource, path, message, ranges, pods, isForAll} of found) {
      const selector = valueAt(resource.value, ['spec', 'podSelector']) ?? {};
      const asked = isOurs(resource) ? inAll : byPolicy;
      const mayEdit = isForAll === true && !isOurs(resource);
      const selected =
        asked.size === 0 && !mayEdit
          ? []
          : (pods ?? stream.pods.select(selector, resource.namespace));
      const isMeant = (each: Workload) => holds(asked.get(each), ranges);
      if (selected.length > 0 && selected.every(isMeant)) continue;
      const isInner = mayEdit && selected.length > 0 && !selected.some(each => led.has(each));
      const edits = [set([...path, 'from'], [{namespaceSelector: {}}])];
      yield {resource, path, message, ...(isInner ? {edits} : {})};
    }
  },
};

interface Opening {
  readonly resource: Resource;
  readonly path: Path;
  readonly message: string;
  /** Absent if everyone is admitted. */
  readonly ranges?: RangeSet;
  /** Whether it is a rule without `from`. */
  readonly isForAll?: true;
  /** The pods that are open, if they are not all that the policy selects. */
  readonly pods?: readonly Workload[];
}

/** The part of the internet that a NetworkPolicy admits. */
interface Admissions {
  readonly resource: Resource;
  readonly openings: readonly Opening[];
  /** All of it, if no part is open on its own. */
  readonly rest?: RangeSet;
}

function admissionsOf(resource: Resource): Admissions {
  if (!governs(resource.value, 'ingress')) return {resource, openings: []};
  const rules = asList(valueAt(resource.value, ['spec', 'ingress']));
  const parts: RangeSet[] = [];
  const openings: Opening[] = [];
  for (const [index, rule] of rules.entries()) {
    const path = ['spec', 'ingress', index];
    const peers = asList(asMap(rule)?.['from']);
    if (peers.length === 0) openings.push({resource, path, message: everyone, isForAll: true});
    else openings.push(...wideBlocks(resource, peers, [...path, 'from'], parts));
  }
  if (openings.length > 0) return {resource, openings};
  const rest = RangeSet.union(parts);
  if (!isWide(rest)) return {resource, openings, ...(rest.isEmpty ? {} : {rest})};
  const opening = {resource, path: ['spec', 'ingress'], message: manyRanges, ranges: rest};
  return {resource, openings: [opening]};
}

/** The peers that are open on their own; what the others admit is added to `parts`. */
function wideBlocks(
  resource: Resource,
  peers: JsonList,
  path: Path,
  parts: RangeSet[],
): readonly Opening[] {
  return [...peers.entries()].flatMap(([at, peer]) => {
    const block = asMap(peer)?.['ipBlock'];
    if (block === undefined) return [];
    const ranges = publicPartOf(block);
    if (!isWide(ranges)) {
      parts.push(ranges);
      return [];
    }
    const which = isWholeInternet(ranges) ? 'every address' : 'addresses';
    const cidr = textOf(asMap(block)?.['cidr']);
    const message = `the range "${cidr}" admits ${which} of the internet to pods that only look protected by the policy`;
    return [{resource, path: [...path, at, 'ipBlock', 'cidr'], message, ranges}];
  });
}

/** Policies of network plugins that admit everyone, or so many addresses. */
function* pluginOpenings(plugins: PluginPolicies): Iterable<Opening> {
  for (const policy of plugins.policies) {
    const {resource, openings} = policy;
    for (const {path, ranges: read, isPassed} of openings) {
      const ranges = read === undefined ? undefined : publicIn(read);
      if (ranges !== undefined && !isWide(ranges)) continue;
      const pods = [...plugins.selectedBy(policy)].map(({workload}) => workload);
      const message = isPassed ? passesOn : ranges === undefined ? admitsEveryone : wideRange;
      yield {resource, path, message, pods, ...(ranges === undefined ? {} : {ranges})};
    }
  }
}

/** Policies add up: what several admit to the same pods, none of which is open on its own. */
function* openTogether(read: readonly Admissions[], {pods}: StreamIndex): Iterable<Opening> {
  const byWorkload = new Map<Workload, Admissions[]>();
  for (const each of read) {
    if (each.rest === undefined) continue;
    const {value, namespace} = each.resource;
    for (const workload of pods.select(valueAt(value, ['spec', 'podSelector']) ?? {}, namespace)) {
      const same = byWorkload.get(workload);
      if (same === undefined) byWorkload.set(workload, [each]);
      else same.push(each);
    }
  }
  const told = new Set<Admissions>();
  for (const [workload, all] of byWorkload) {
    const last = all.at(-1);
    if (last === undefined || all.length < 2 || told.has(last)) continue;
    const ranges = RangeSet.union(all.flatMap(({rest}) => rest ?? []));
    if (!isWide(ranges)) continue;
    told.add(last);
    const others = someOf(
      all.slice(0, -1).map(({resource}) => resource.name),
      name => `"${name}"`,
    );
    const message = `together with ${others} the ranges of the policy admit so much of the internet that they restrict almost nobody`;
    yield {resource: last.resource, path: ['spec', 'ingress'], message, ranges, pods: [workload]};
  }
}

const everyone =
  'the rule has no `from`: it admits everyone, including external addresses, to pods that only look protected by the policy';
const admitsEveryone =
  'the rule admits everyone, including external addresses, to pods that only look protected by the policy';
const passesOn =
  'the rule passes external clients on to the profile of the namespace, which admits them, to pods that only look protected by the policy';
const wideRange =
  'the rule admits so much of the internet that it restricts almost nobody, to pods that only look protected by the policy';
const manyRanges =
  'the ranges of the policy together admit so much of the internet that they restrict almost nobody: the pods only look protected';

const none: ReadonlySet<Workload> = new Set();

/** The workloads to which something in the stream leads clients that are no pods. */
function ledFromOutside(connections: Connections): ReadonlySet<Workload> {
  const led = new Set(connections.exposures.undeclaredServices(true).keys());
  for (const {from, to} of connections.of(new Set(beyondPods))) {
    if (isOutside(from) && !isOutside(to)) led.add(to);
  }
  return led;
}

const beyondPods: readonly Origin[] = ['exposed', 'meant', 'hostPort', 'webhook', 'node'];

/** The addresses that the policy file or the stream admits to each workload. */
function rangesAsked(
  connections: Connections,
  origins: readonly Origin[],
): ReadonlyMap<Workload, RangeSet> {
  const asked = new Map<Workload, Set<string>>();
  for (const {from, to} of connections.of(new Set(origins))) {
    if (!isOutside(from) || isOutside(to)) continue;
    const known = asked.get(to) ?? new Set();
    for (const range of rangesOf(from)) asked.set(to, known.add(range));
  }
  return new Map([...asked].map(([workload, ranges]) => [workload, publicOf([...ranges])]));
}

/** The origins of a level that may have addresses; `exposed` workloads are open at every level. */
const outsiders = (rung: Rung, without: readonly Origin[] = []): readonly Origin[] => [
  'exposed',
  ...admittedTo(rung).filter(origin => !amongPods.has(origin) && !without.includes(origin)),
];

/** Origins that only connect pods. */
const amongPods: ReadonlySet<Origin> = new Set(['kin', 'reference', 'peers', 'ring']);

/** What the stream shows but the policy file does not declare: only our own policies open it. */
const shownOnly: readonly Origin[] = ['meant', 'hostPort', 'node'];

/** Whether the declared addresses contain all of `ranges`, or everyone if there are none. */
const holds = (asked: RangeSet | undefined, ranges: RangeSet | undefined): boolean =>
  asked !== undefined && (ranges === undefined ? isWholeInternet(asked) : asked.covers(ranges));
