import {asList, asMap, asString, type JsonMap, type Path, valueAt} from '../../json.ts';
import {LabelIndex} from '../../kubernetes/label-index.ts';
import type {Resource} from '../../kubernetes/resource.ts';
import type {Service} from '../../kubernetes/service.ts';
import type {PodSelection, StreamIndex} from '../../kubernetes/stream-index.ts';
import type {Workload} from '../../kubernetes/workload.ts';
import type {PolicyPort} from '../../policy/network-policy.ts';
import {portOf} from './backend.ts';
import {type ServiceTargets, targetPort, targetPorts} from './service-targets.ts';
import type {Selections} from './services-by-selection.ts';

/** A port of a workload that a monitor selects for scraping. */
export interface Scrape {
  readonly workload: Workload;
  readonly ports: readonly PolicyPort[];
  readonly resource: Resource;
  readonly path: Path;
}

/**
 * The ports that ServiceMonitors and PodMonitors of the Prometheus Operator select for scraping:
 * ports of the selected Services or pods, in their own namespace unless they set another.
 */
export function* scrapesOf(
  stream: StreamIndex,
  services: readonly Service[],
  pods: PodSelection,
  targets: ServiceTargets,
  selections: Selections,
): Iterable<Scrape> {
  const index = new LabelIndex(services);
  for (const resource of monitors(stream, 'ServiceMonitor')) {
    const endpoints = endpointsIn(resource);
    const seen = new Set<string>();
    for (const service of selectedBy(resource, index)) {
      const fresh = endpoints.filter(({at, wanted}) => {
        const lead = `${at} ${selections.leadOf(service, wanted)}`;
        return !seen.has(lead) && seen.add(lead);
      });
      if (fresh.length === 0) continue;
      for (const workload of targets.workloadsOf(selections.firstOf(service))) {
        for (const {at, value, wanted} of fresh) {
          const ports =
            value['port'] === undefined
              ? podPort(workload, value)
              : targetPorts(workload, service, wanted);
          if (ports.length > 0) yield {workload, ports, resource, path: ['spec', 'endpoints', at]};
        }
      }
    }
  }
  for (const resource of monitors(stream, 'PodMonitor')) {
    const endpoints = asList(valueAt(resource.value, ['spec', 'podMetricsEndpoints']));
    for (const workload of selectedBy(resource, pods)) {
      for (const [at, endpoint] of endpoints.entries()) {
        const ports = podPort(workload, asMap(endpoint) ?? {});
        const path = ['spec', 'podMetricsEndpoints', at];
        if (ports.length > 0) yield {workload, ports, resource, path};
      }
    }
  }
}

interface Endpoint {
  readonly at: number;
  readonly value: JsonMap;
  /** The port of the Service that the endpoint names. */
  readonly wanted: number | string | undefined;
}

const endpointsIn = ({value}: Resource): readonly Endpoint[] =>
  asList(valueAt(value, ['spec', 'endpoints'])).map((item, at) => {
    const endpoint = asMap(item) ?? {};
    return {at, value: endpoint, wanted: portOf(endpoint['port'])};
  });

const monitors = (stream: StreamIndex, kind: string): readonly Resource[] =>
  stream.ofKind(kind).filter(({group}) => group === 'monitoring.coreos.com');

function* selectedBy<Item extends Service | Workload>(
  {value, namespace}: Resource,
  index: LabelIndex<Item>,
): Iterable<Item> {
  const spec = asMap(value['spec']);
  const selector = spec?.['selector'];
  const {any, matchNames} = asMap(spec?.['namespaceSelector']) ?? {};
  const names = asList(matchNames).map(asString);
  const namespaces = any === true ? [undefined] : names.length === 0 ? [namespace] : names;
  const found = new Set(namespaces.flatMap(name => index.select(selector, name)));
  yield* found;
}

/** The port of the pod that an endpoint names in one of three ways. */
function podPort(
  workload: Workload,
  {port, portNumber, targetPort: target}: JsonMap,
): readonly PolicyPort[] {
  const wanted = portOf(port) ?? portOf(portNumber) ?? portOf(target);
  return wanted === undefined ? [] : targetPort(workload, {target: wanted, protocol: 'TCP'});
}
