import type {Finding, Source} from './findings/finding.ts';
import {FindingPlacer} from './findings/place-findings.ts';
import {sourceOf} from './findings/source-of.ts';
import {additionsOf, checkStream} from './harden.ts';
import type {JsonMap} from './json.ts';
import {toResource} from './kubernetes/resource.ts';
import {StreamIndex} from './kubernetes/stream-index.ts';
import type {Evidence} from './network/needs/connection.ts';
import {type Edge, ReachGraph, type RuleReasons} from './network/reach/graph.ts';
import {ExceptionBook} from './policy/exceptions.ts';
import type {Policy} from './policy/policy.ts';
import type {Addition} from './rules/rule.ts';
import {knowingDefined} from './stream/defined-kinds.ts';
import {Inputs} from './stream/inputs.ts';
import type {ObjectStream} from './stream/manifest-stream.ts';
import {Locator} from './yaml/locate.ts';
import type {YamlDocument} from './yaml/nodes.ts';

/** Who can reach whom in one stream, before and after hardening. */
export interface NetworkReport {
  readonly before: readonly PlacedEdge[];
  readonly after: readonly PlacedEdge[];
  /** What the hardening notes about the stream. */
  readonly notes: readonly Finding[];
}

export type PlacedEdge = Omit<Edge, 'why'> & {readonly why: readonly PlacedEvidence[]};

/** A reason, with its place if it is in the stream. */
export interface PlacedEvidence extends Partial<Omit<Source, 'column'>> {
  readonly reason: string;
}

/** Who can reach whom in one state of a stream. */
export interface Reach {
  /** The names of the workloads. */
  readonly workloads: readonly string[];
  /** Each pair of workloads of which one can reach the other. */
  readonly pairs: readonly PlacedEdge[];
  /** The connections to and from what is no workload. */
  readonly outer: readonly PlacedEdge[];
  readonly notes: readonly Finding[];
}

/** Objects and policy in, graphs out. Nothing else is read. */
export function networkReport(stream: ObjectStream, policy: Policy, today?: string): NetworkReport {
  const {before, after, notes} = graphsOf(stream, policy, today);
  const edges: Reading = graph => ({workloads: [], pairs: [], outer: graph.edges()});
  return {notes, before: before(edges).outer, after: after(edges).outer};
}

/** As `networkReport`, of what is hardened, with each pair of workloads on its own. */
export function reachIn(stream: ObjectStream, policy: Policy, today?: string): Reach {
  const {after, notes} = graphsOf(stream, policy, today);
  return {...after(pairwise), notes};
}

/** As `reachIn`, before and after hardening. In a large stream, groups stand for the workloads in them. */
export function reachesIn(
  stream: ObjectStream,
  policy: Policy,
  today?: string,
): {readonly before: Reach; readonly after: Reach} {
  const {before, after, notes} = graphsOf(stream, policy, today);
  return {before: {...before(bySize), notes: []}, after: {...after(bySize), notes}};
}

/** What is read in a graph. */
type Reading = (graph: ReachGraph) => {
  readonly workloads: readonly string[];
  readonly pairs: readonly Edge[];
  readonly outer: readonly Edge[];
};

const pairwise: Reading = graph => ({
  workloads: graph.workloads(),
  pairs: graph.pairs(),
  outer: graph.outer(),
});

/** With more workloads, there are too many pairs for a person to look at. */
const mostPaired = 200;

const bySize: Reading = graph => {
  const workloads = graph.workloads();
  return workloads.length > mostPaired
    ? {workloads, pairs: [], outer: graph.edges()}
    : pairwise(graph);
};

function graphsOf(stream: ObjectStream, given: Policy, today: string | undefined) {
  const policy = knowingDefined(given, stream);
  const index = new StreamIndex(stream.resources, policy.workloads);
  const exceptions = new ExceptionBook(policy, today);
  const checked = checkStream({...stream, index}, policy, exceptions, today);
  const additions = additionsOf(checked);
  const hardened = checked.map(({resource, hardened: value}) => ({...resource, value}));
  const added = additions.map(({value}) => toResource(value, [], -1));
  const place = placerOf(stream);
  const objects = new StreamIndex([...hardened, ...added], policy.workloads);
  const graph = new ReachGraph(objects, reasonsIn(additions));
  const placer = new FindingPlacer(stream, policy);
  return {
    notes: checked.flatMap(result =>
      placer.place({...result, verdicts: result.verdicts.filter(({status}) => status === 'noted')}),
    ),
    before: (read: Reading) => placedIn(read(new ReachGraph(index, () => undefined)), place),
    after: (read: Reading) => placedIn(read(graph), place),
  };
}

const placedIn = (
  {workloads, pairs, outer}: ReturnType<Reading>,
  place: (edge: Edge) => PlacedEdge,
): Omit<Reach, 'notes'> => ({workloads, pairs: pairs.map(place), outer: outer.map(place)});

function reasonsIn(additions: readonly Addition[]): RuleReasons {
  const byValue = new Map<JsonMap, Addition>(additions.map(each => [each.value, each]));
  return ({value}, direction, rule) => byValue.get(value)?.allowances?.[direction]?.[rule];
}

function placerOf({inputs: texts, documents}: ObjectStream): (edge: Edge) => PlacedEdge {
  const inputs = new Inputs(texts);
  const locators = new Map<YamlDocument, Locator>();
  const locatorOf = (document: YamlDocument) => {
    const locator = locators.get(document) ?? new Locator(document);
    locators.set(document, locator);
    return locator;
  };
  const placed = ({reason, resource, path}: Evidence): PlacedEvidence => {
    const document = documents[resource?.document ?? -1];
    if (resource === undefined || document === undefined) return {reason};
    const {column: _, ...source} = sourceOf(inputs, locatorOf(document), resource, path ?? []);
    return {reason, ...source};
  };
  return edge => ({...edge, why: eachOnce(edge.why.map(placed))});
}

/** Two policies may be there for the same reason. */
const eachOnce = (why: readonly PlacedEvidence[]): readonly PlacedEvidence[] =>
  why.length < 2 ? why : [...new Map(why.map(each => [JSON.stringify(each), each])).values()];
