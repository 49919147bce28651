import {asList, asMap, asString, type JsonMap, type Path, valueAt} from '../../json.ts';
import {LabelIndex} from '../../kubernetes/label-index.ts';
import type {Resource} from '../../kubernetes/resource.ts';
import type {Service} from '../../kubernetes/service.ts';
import type {PodSelection, StreamIndex} from '../../kubernetes/stream-index.ts';
import type {Workload} from '../../kubernetes/workload.ts';
import type {PolicyPort} from '../../policy/network-policy.ts';
import {portOf} from './backend.ts';
import {type ServiceTargets, targetPort, targetPorts} from './service-targets.ts';

/** That a monitor has a workload's port scraped. */
export interface Scrape {
  readonly workload: Workload;
  readonly ports: readonly PolicyPort[];
  readonly resource: Resource;
  readonly path: Path;
}

/**
 * What the Prometheus Operator's ServiceMonitors and PodMonitors have scraped: ports of the
 * Services, or of the pods, that they select, in their own namespace unless they say otherwise.
 */
export function* scrapesOf(
  stream: StreamIndex,
  services: readonly Service[],
  pods: PodSelection,
  targets: ServiceTargets,
): Iterable<Scrape> {
  const index = new LabelIndex(services);
  for (const resource of monitors(stream, 'ServiceMonitor')) {
    for (const service of selectedBy(resource, index)) {
      for (const workload of targets.workloadsOf(service)) {
        yield* scrapesOn(resource, workload, ['spec', 'endpoints'], endpoint =>
          endpoint['port'] === undefined
            ? podPort(workload, endpoint)
            : targetPorts(workload, service, portOf(endpoint['port'])),
        );
      }
    }
  }
  for (const resource of monitors(stream, 'PodMonitor')) {
    for (const workload of selectedBy(resource, pods)) {
      yield* scrapesOn(resource, workload, ['spec', 'podMetricsEndpoints'], endpoint =>
        podPort(workload, endpoint),
      );
    }
  }
}

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

function* scrapesOn(
  resource: Resource,
  workload: Workload,
  list: Path,
  portsOf: (endpoint: JsonMap) => readonly PolicyPort[],
): Iterable<Scrape> {
  for (const [at, item] of asList(valueAt(resource.value, list)).entries()) {
    const ports = portsOf(asMap(item) ?? {});
    if (ports.length > 0) yield {workload, ports, resource, path: [...list, at]};
  }
}

/** The pod's own port that an endpoint names in one of three ways. */
function podPort(
  workload: Workload,
  {port, portNumber, targetPort: target}: JsonMap,
): readonly PolicyPort[] {
  const wanted = portOf(port) ?? portOf(portNumber) ?? portOf(target);
  return wanted === undefined ? [] : targetPort(workload, {target: wanted, protocol: 'TCP'});
}
