import {asString, type JsonMap} from '../../json.ts';
import type {Workload} from '../../kubernetes/workload.ts';
import {portText} from '../needs/port-text.ts';

/** NetworkPolicyPorts of one or more rules together; an empty list stands for every port. */
type PortRules = readonly JsonMap[];

/** The port numbers that a NetworkPolicyPort matches at one pod, and its notation. */
interface Span {
  readonly protocol: string;
  readonly first: number;
  readonly last: number;
  readonly text: string;
  readonly isName: boolean;
}

const lastPort = 65_535;

/**
 * The common ports of both at `pod`, in the notation of the narrower, and by name if both use it.
 * Empty if both cover every port, undefined if they have none in common.
 */
export function commonPorts(
  one: PortRules,
  other: PortRules,
  pod: Workload,
): readonly string[] | undefined {
  if (one.length === 0 && other.length === 0) return [];
  const texts =
    one.length === 0 || other.length === 0
      ? widest([...one, ...other].flatMap(rule => spansOf(rule, pod))).map(({text}) => text)
      : overlaps(
          widest(one.flatMap(rule => spansOf(rule, pod))),
          widest(other.flatMap(rule => spansOf(rule, pod))),
        );
  return texts.length === 0 ? undefined : [...new Set(texts)];
}

/** Returns whether any of some ports at `pod` is among `others`, which are read once. */
export function meeting(others: PortRules, pod: Workload): (ports: PortRules) => boolean {
  const spans = widest(others.flatMap(rule => spansOf(rule, pod)));
  return ports => {
    if (ports.length === 0) return others.length === 0 || spans.length > 0;
    const own = ports.flatMap(rule => spansOf(rule, pod));
    if (others.length === 0) return own.length > 0;
    return own.some(({protocol, first, last}) =>
      spans.some(each => each.protocol === protocol && each.first <= last && first <= each.last),
    );
  };
}

/** A name that no container port of that protocol has matches nothing. */
function spansOf(rule: JsonMap, {ports}: Workload): readonly Span[] {
  const {port, endPort} = rule;
  const protocol = asString(rule['protocol']) ?? 'TCP';
  const text = portText(rule);
  const span = (first: number, last: number, isName = false): Span => ({
    protocol,
    first,
    last,
    text,
    isName,
  });
  if (port === undefined || port === null) return [span(0, lastPort)];
  if (typeof port === 'number') return [span(port, typeof endPort === 'number' ? endPort : port)];
  return ports
    .filter(each => each.name === port && each.protocol === protocol)
    .map(({number}) => span(number, number, true));
}

/** In numeric order, without those contained in another. */
function widest(spans: readonly Span[]): readonly Span[] {
  const kept: Span[] = [];
  for (const span of [...spans].sort(inOrder)) {
    const before = kept.at(-1);
    const isWithin = before?.protocol === span.protocol && span.last <= before.last;
    if (!isWithin) kept.push(span);
  }
  return kept;
}

/** Wider ranges before those they contain, and names before the same numbers. */
const inOrder = (one: Span, other: Span): number =>
  one.protocol === other.protocol
    ? one.first - other.first || other.last - one.last || Number(other.isName) - Number(one.isName)
    : byText(one.protocol, other.protocol);

const byText = (one: string, other: string): number => (one < other ? -1 : 1);

/** For two lists from `widest`, in one pass through both. */
function overlaps(some: readonly Span[], others: readonly Span[]): readonly string[] {
  const texts: string[] = [];
  let [at, otherAt] = [0, 0];
  while (true) {
    const [one, other] = [some[at], others[otherAt]];
    if (one === undefined || other === undefined) return texts;
    const isFirst =
      one.protocol === other.protocol
        ? one.last <= other.last
        : byText(one.protocol, other.protocol) < 0;
    if (one.protocol === other.protocol) texts.push(...overlap(one, other));
    if (isFirst) at++;
    else otherAt++;
  }
}

function overlap(one: Span, other: Span): readonly string[] {
  const [first, last] = [Math.max(one.first, other.first), Math.min(one.last, other.last)];
  if (first > last) return [];
  const same = [one, other].filter(span => span.first === first && span.last === last);
  const [written] = same.length === 2 ? same.filter(({isName}) => !isName).concat(same) : same;
  if (written !== undefined) return [written.text];
  const {protocol} = one;
  return [portText({protocol, port: first, ...(first === last ? {} : {endPort: last})})];
}
