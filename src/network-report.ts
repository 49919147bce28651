import {additionsOf, checkStream} from './harden.ts';
import type {JsonMap} from './json.ts';
import {toResource} from './kubernetes/resource.ts';
import {StreamIndex} from './kubernetes/stream-index.ts';
import type {Evidence} from './network/connection.ts';
import {type Edge, ReachGraph, type RuleReasons} from './network/graph.ts';
import {ExceptionBook} from './policy/exceptions.ts';
import type {Policy} from './policy/policy.ts';
import type {Addition} from './rules/rule.ts';
import {LineIndex} from './stream/lines.ts';
import type {ManifestStream} from './stream/manifest-stream.ts';
import {Locator} from './yaml/locate.ts';
import type {YamlDocument} from './yaml/nodes.ts';

/** Who can reach whom in one stream, as it was read and as it is hardened. */
export interface NetworkReport {
  readonly before: readonly PlacedEdge[];
  readonly after: readonly PlacedEdge[];
}

export type PlacedEdge = Omit<Edge, 'why'> & {readonly why: readonly PlacedEvidence[]};

/** A reason, with the line that it stands on where it stands in the stream. */
export interface PlacedEvidence {
  readonly reason: string;
  readonly file?: string;
  /** Documents, lines and columns count from 1. */
  readonly document?: number;
  readonly line?: number;
}

/** Text and policy in, graphs out: nothing else is read. */
export function networkReport(
  stream: ManifestStream,
  policy: Policy,
  today?: string,
): NetworkReport {
  const checked = checkStream(stream, policy, new ExceptionBook(policy, today), today);
  const additions = additionsOf(checked);
  const hardened = checked.map(({resource, hardened: value}) => ({...resource, value}));
  const added = additions.flatMap(({value}) => toResource(value, [], -1) ?? []);
  const place = placerOf(stream);
  const graph = (index: StreamIndex, reasons: RuleReasons) =>
    new ReachGraph(index, reasons).edges().map(place);
  return {
    before: graph(new StreamIndex(stream.resources, policy.workloads), () => undefined),
    after: graph(new StreamIndex([...hardened, ...added], policy.workloads), reasonsIn(additions)),
  };
}

function reasonsIn(additions: readonly Addition[]): RuleReasons {
  const byValue = new Map<JsonMap, Addition>(additions.map(each => [each.value, each]));
  return ({value}, direction, rule) => byValue.get(value)?.allowances?.[direction]?.[rule];
}

function placerOf({text, file, documents}: ManifestStream): (edge: Edge) => PlacedEdge {
  const lines = new LineIndex(text);
  const locators = new Map<YamlDocument, Locator>();
  const locatorOf = (document: YamlDocument) => {
    const locator = locators.get(document) ?? new Locator(document);
    locators.set(document, locator);
    return locator;
  };
  const placed = ({reason, resource, path}: Evidence): PlacedEvidence => {
    const document = documents[resource?.document ?? -1];
    if (resource === undefined || document === undefined) return {reason};
    const at = locatorOf(document).locate([...resource.path, ...(path ?? [])]);
    return {reason, file, document: resource.document + 1, line: lines.at(at).line};
  };
  return edge => ({...edge, why: edge.why.map(placed)});
}
