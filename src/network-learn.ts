import {parseRange} from './kubernetes/address-range.ts';
import {StreamIndex} from './kubernetes/stream-index.ts';
import type {Workload} from './kubernetes/workload.ts';
import type {Flow, FlowEnd} from './network/flows/flow.ts';
import {FlowEnds} from './network/flows/flow-ends.ts';
import {nodeOf} from './network/reach/graph-nodes.ts';
import {reachIn} from './network-report.ts';
import type {DeclaredConnection, DeclaredPeer, PolicyPort} from './policy/network-policy.ts';
import type {Policy} from './policy/policy.ts';
import {knowingDefined} from './stream/defined-kinds.ts';
import type {ObjectStream} from './stream/manifest-stream.ts';

/** What observed flows say about a stream. */
export interface Learned {
  /** Declarations of what was seen and is not open, with what was seen as the reason. */
  readonly connections: readonly DeclaredConnection[];
  /** How many of the flows are open already. */
  readonly open: number;
  /** How many have no workload of the stream at either end, or an end of which nothing is known. */
  readonly unknown: number;
}

/** The declarations that `flows`, from the file `name`, suggest for a stream. */
export function learnedFrom(
  flows: readonly Flow[],
  name: string,
  stream: ObjectStream,
  policy: Policy,
  today?: string,
): Learned {
  const {workloads} = knowingDefined(policy, stream);
  const ends = new FlowEnds(new StreamIndex(stream.resources, workloads));
  const open = new Map(
    reachIn(stream, policy, today).pairs.map(({from, to, ports}) => [`${from}\n${to}`, ports]),
  );
  const seen = new Map<string, Seen>();
  let [openCount, unknown] = [0, 0];
  for (const flow of flows) {
    const [from, to] = [ends.workloadOf(flow.from), ends.workloadOf(flow.to)];
    if (from !== undefined && from === to) continue;
    const [source, target] = [peerOf(flow.from, from), peerOf(flow.to, to)];
    if ((from ?? to) === undefined || source === undefined || target === undefined) unknown += 1;
    else if (from !== undefined && to !== undefined && isOpen(open, from, to, flow.port)) {
      openCount += 1;
    } else {
      const key = JSON.stringify([source, target, flow.port]);
      const known = seen.get(key) ?? {from: source, to: target, flow, count: 0};
      seen.set(key, {...known, count: known.count + 1});
    }
  }
  const connections = [...seen.values()].map(each => declarationOf(each, name));
  return {connections, open: openCount, unknown};
}

interface Seen {
  readonly from: DeclaredPeer;
  readonly to: DeclaredPeer;
  /** The first of them. */
  readonly flow: Flow;
  readonly count: number;
}

function isOpen(
  open: ReadonlyMap<string, readonly string[]>,
  from: Workload,
  to: Workload,
  port: PolicyPort | undefined,
): boolean {
  const ports = open.get(`${nodeOf(from)}\n${nodeOf(to)}`);
  if (ports === undefined || port === undefined) return ports !== undefined;
  const text = port.protocol === 'TCP' ? `${port.port}` : `${port.port}/${port.protocol}`;
  const name = to.ports.find(
    ({number, protocol}) => number === port.port && protocol === port.protocol,
  )?.name;
  return ports.length === 0 || ports.includes(text) || (name !== undefined && ports.includes(name));
}

/** A workload by its name; otherwise the namespace of the end, or its address. */
function peerOf(
  {namespace, address}: FlowEnd,
  workload: Workload | undefined,
): DeclaredPeer | undefined {
  if (workload !== undefined) {
    const {kind, name, namespace: own, isNamespaceAssumed} = workload.resource;
    const isKnown = own !== undefined && isNamespaceAssumed !== true;
    return {workload: {kind, ...(isKnown ? {namespace: own} : {}), name}};
  }
  if (namespace !== undefined) return {namespaces: [namespace]};
  const cidr = `${address}/${address?.includes(':') === true ? 128 : 32}`;
  return parseRange(cidr) === undefined ? undefined : {cidrs: [cidr]};
}

function declarationOf({from, to, flow, count}: Seen, file: string): DeclaredConnection {
  const times = count === 1 ? 'once' : `${count} times`;
  const reason = `seen ${times}, first in ${file}:${flow.line}: ${nameOf(flow.from)} to ${nameOf(flow.to)}`;
  return {from, to, ports: flow.port === undefined ? [] : [flow.port], reason};
}

const nameOf = ({pod, workload, service, host, address = ''}: FlowEnd): string =>
  pod ?? workload ?? service ?? (host === undefined ? address : `${host} (${address})`);
