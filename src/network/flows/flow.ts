import {UsageError} from '../../errors.ts';
import {asMap, asString, type Json, type JsonMap} from '../../json.ts';
import {isPortNumber} from '../../kubernetes/container-port.ts';
import type {PolicyPort} from '../../policy/network-policy.ts';

/** One end of an observed flow, as far as the observer says who it is. */
export interface FlowEnd {
  readonly namespace?: string;
  /** The name of the pod. */
  readonly pod?: string;
  /** The name of its workload. */
  readonly workload?: string;
  /** The name of the Service that was called. */
  readonly service?: string;
  readonly address?: string;
  /** The name that was resolved, of an end outside the cluster. */
  readonly host?: string;
}

/** An observed connection, from its client to its server. */
export interface Flow {
  readonly from: FlowEnd;
  readonly to: FlowEnd;
  /** Absent if the observer does not say: every port. */
  readonly port?: PolicyPort;
  /** The line of the file, counted from 1. */
  readonly line: number;
}

/** The most lines of a file with flows. */
const mostLines = 1_000_000;

/**
 * The flows in a file: Hubble's JSON, one flow a line (`hubble observe -o json`); lines as of
 * `conntrack -L`; or the answer of Prometheus to a query for Istio's `istio_requests_total` or
 * Linkerd's `request_total`, as JSON. Replies and blank lines are passed over.
 *
 * @throws {UsageError} at the first line that is none of these
 */
export function flowsIn(text: string, file: string): readonly Flow[] {
  const answer = answerIn(text);
  if (answer !== undefined) return metricFlows(answer, file);
  const lines = text.split('\n');
  if (lines.length > mostLines) {
    throw new UsageError('has more than a million lines: split it', {file});
  }
  return lines.flatMap((content, at) => {
    const trimmed = content.trim();
    if (trimmed === '') return [];
    const line = at + 1;
    const flow = trimmed.startsWith('{') ? hubbleFlow(trimmed, line, file) : tracked(trimmed, line);
    if (flow === undefined) {
      const expected =
        'neither a flow of Hubble in JSON, nor a line of conntrack, nor metrics of a mesh';
      throw new UsageError(`${expected}`, {file, line});
    }
    return flow === 'none' ? [] : [flow];
  });
}

/** The answer of Prometheus, if the whole text is one. */
function answerIn(text: string): readonly Json[] | undefined {
  if (!/^\s*[[{]/.test(text) || !text.includes('"metric"')) return undefined;
  try {
    const value = JSON.parse(text) as Json;
    const result = Array.isArray(value) ? value : asMap(asMap(value)?.['data'])?.['result'];
    return Array.isArray(result) ? (result as readonly Json[]) : undefined;
  } catch {
    return undefined;
  }
}

function metricFlows(results: readonly Json[], file: string): readonly Flow[] {
  return results.map((result, at) => {
    const metric = asMap(asMap(result)?.['metric']);
    const flow = metric === undefined ? undefined : (istioFlow(metric) ?? linkerdFlow(metric));
    if (flow === undefined) {
      throw new UsageError(
        `result ${at + 1} has no labels of Istio (source_workload, destination_workload) or of Linkerd (deployment, dst_deployment)`,
        {file, line: 1},
      );
    }
    return {...flow, line: 1};
  });
}

function istioFlow(metric: JsonMap): Omit<Flow, 'line'> | undefined {
  const from = textIn(metric, 'source_workload');
  const to = textIn(metric, 'destination_workload');
  if (from === undefined || to === undefined) return undefined;
  const port = portOf(Number(textIn(metric, 'destination_port')), 'TCP');
  return {
    from: end({workload: from, namespace: textIn(metric, 'source_workload_namespace')}),
    to: end({
      workload: to,
      namespace: textIn(metric, 'destination_workload_namespace'),
      service: textIn(metric, 'destination_service_name'),
    }),
    ...(port === undefined ? {} : {port}),
  };
}

const linkerdKinds = ['deployment', 'statefulset', 'daemonset', 'job', 'replicationcontroller'];

function linkerdFlow(metric: JsonMap): Omit<Flow, 'line'> | undefined {
  const named = (prefix: string) =>
    linkerdKinds.map(kind => textIn(metric, `${prefix}${kind}`)).find(each => each !== undefined);
  const [from, to] = [named(''), named('dst_')];
  if (from === undefined || to === undefined) return undefined;
  const port = portOf(Number(textIn(metric, 'dst_port') ?? textIn(metric, 'target_port')), 'TCP');
  return {
    from: end({workload: from, namespace: textIn(metric, 'namespace')}),
    to: end({workload: to, namespace: textIn(metric, 'dst_namespace')}),
    ...(port === undefined ? {} : {port}),
  };
}

/** A flow of Hubble; `none` for a reply, or what is no connection. */
function hubbleFlow(text: string, line: number, file: string): Flow | 'none' | undefined {
  let value: JsonMap | undefined;
  try {
    value = asMap(JSON.parse(text) as Json);
  } catch (error) {
    const why = error instanceof Error ? error.message : '';
    throw new UsageError(`not valid JSON: ${why}`, {file, line}, {cause: error});
  }
  if (value?.['node_status'] !== undefined || value?.['lost_events'] !== undefined) return 'none';
  const flow = asMap(value?.['flow']) ?? value;
  const [source, destination] = [asMap(flow?.['source']), asMap(flow?.['destination'])];
  if (flow === undefined || (source === undefined && destination === undefined)) return undefined;
  const isReply = flow['is_reply'] === true || flow['is_reply'] === 'true';
  const port = hubblePort(asMap(flow['l4']));
  if (isReply || port === undefined) return 'none';
  const address = asMap(flow['IP']);
  const hosts = flow['destination_names'];
  return {
    from: hubbleEnd(source, asString(address?.['source'])),
    to: {
      ...hubbleEnd(destination, asString(address?.['destination'])),
      ...(Array.isArray(hosts) && typeof hosts[0] === 'string' ? {host: hosts[0]} : {}),
    },
    port,
    line,
  };
}

function hubblePort(l4: JsonMap | undefined): PolicyPort | undefined {
  for (const protocol of ['TCP', 'UDP', 'SCTP'] as const) {
    const port = asMap(l4?.[protocol])?.['destination_port'];
    if (port !== undefined) return portOf(Number(port), protocol);
  }
  return undefined;
}

function hubbleEnd(value: JsonMap | undefined, address: string | undefined): FlowEnd {
  const workloads = value?.['workloads'];
  const workload = Array.isArray(workloads) ? asMap(workloads[0] as Json) : undefined;
  return end({
    namespace: textIn(value ?? {}, 'namespace'),
    pod: textIn(value ?? {}, 'pod_name'),
    workload: textIn(workload ?? {}, 'name'),
    address,
  });
}

/** An entry of conntrack: the first addresses and ports are those of the request. */
function tracked(text: string, line: number): Flow | 'none' | undefined {
  const protocol = /^(?:ipv[46]\s+\d+\s+)?(tcp|udp|sctp|icmp\w*|unknown|gre|dccp|udplite)\b/.exec(
    text,
  )?.[1];
  if (protocol === undefined) return undefined;
  const [, from] = /\bsrc=([0-9A-Fa-f.:]{2,45})/.exec(text) ?? [];
  const [, to] = /\bdst=([0-9A-Fa-f.:]{2,45})/.exec(text) ?? [];
  if (from === undefined || to === undefined) return undefined;
  const number = Number(/\bdport=(\d{1,5})\b/.exec(text)?.[1]);
  const port = portOf(number, protocol.toUpperCase());
  return port === undefined ? 'none' : {from: {address: from}, to: {address: to}, port, line};
}

function portOf(port: number, protocol: string): PolicyPort | undefined {
  if (!isPortNumber(port)) return undefined;
  if (protocol !== 'TCP' && protocol !== 'UDP' && protocol !== 'SCTP') return undefined;
  return {protocol, port};
}

/** A label; `unknown` is none. */
function textIn(labels: JsonMap, key: string): string | undefined {
  const text = asString(labels[key]);
  return text === '' || text === 'unknown' ? undefined : text;
}

/** The parts of an end that are known. */
const end = (parts: {readonly [key in keyof FlowEnd]: string | undefined}): FlowEnd =>
  Object.fromEntries(Object.entries(parts).filter(([, text]) => text !== undefined));
