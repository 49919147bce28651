import {asMap, asString, type JsonMap, valueAt} from '../../json.ts';
import type {Service} from '../../kubernetes/service.ts';
import type {StreamIndex} from '../../kubernetes/stream-index.ts';
import type {Workload} from '../../kubernetes/workload.ts';
import type {PolicyPort} from '../../policy/network-policy.ts';
import type {Scrape} from './monitors.ts';
import {declaredPorts, type ServiceTargets, targetPort, targetPorts} from './service-targets.ts';
import type {Selections} from './services-by-selection.ts';
import {portIn} from './setting-names.ts';

const scrape = 'prometheus.io/scrape';
const port = 'prometheus.io/port';

/**
 * The ports that annotations of pods and Services select for scraping, as in the configuration of
 * Prometheus' own chart: `prometheus.io/scrape: "true"`, on `prometheus.io/port` of the pods, or on
 * each port that they, or the Service, have. On pods, those of other collectors also count: Grafana's
 * `k8s.grafana.com/scrape` with `k8s.grafana.com/metrics.portNumber`, and OpenTelemetry's
 * `io.opentelemetry.discovery.metrics/enabled`, or the same with a port: `…metrics.8080/enabled`.
 */
export function* annotatedScrapes(
  {workloads}: StreamIndex,
  services: readonly Service[],
  targets: ServiceTargets,
  selections: Selections,
): Iterable<Scrape> {
  for (const workload of workloads) {
    const {pod, resource} = workload;
    const path = [...pod.metadataPath, 'annotations', scrape];
    const annotations = asMap(pod.metadata?.['annotations']);
    if (annotations?.[scrape] === 'true') {
      const ports = portsOf(workload, annotations, port) ?? overTcp(declaredPorts(workload));
      if (ports.length > 0) yield {workload, ports, resource, path};
    }
    for (const {key, wanted} of otherScrapes(annotations ?? {})) {
      const ports = wanted ?? overTcp(declaredPorts(workload));
      const place = [...pod.metadataPath, 'annotations', key];
      if (ports.length > 0) yield {workload, ports, resource, path: place};
    }
  }
  const seen = new Set<string>();
  for (const service of services) {
    const {resource} = service;
    const annotations = asMap(valueAt(resource.value, ['metadata', 'annotations']));
    if (annotations?.[scrape] !== 'true') continue;
    const lead = JSON.stringify([annotations[port], selections.leadOf(service)]);
    if (seen.has(lead)) continue;
    seen.add(lead);
    for (const workload of targets.workloadsOf(selections.firstOf(service))) {
      const ports = portsOf(workload, annotations, port) ?? overTcp(targetPorts(workload, service));
      const path = ['metadata', 'annotations', scrape];
      if (ports.length > 0) yield {workload, ports, resource, path};
    }
  }
}

/** The port in an annotation, if it is a number. */
function portsOf(
  workload: Workload,
  annotations: JsonMap,
  key: string,
): readonly PolicyPort[] | undefined {
  const target = portIn(asString(annotations[key]));
  return target === undefined ? undefined : targetPort(workload, {target, protocol: 'TCP'});
}

const grafana = 'k8s.grafana.com/scrape';
const grafanaPort = 'k8s.grafana.com/metrics.portNumber';
/** The receiver creator of the OpenTelemetry Collector, "Generate receiver configurations". */
const discovery = /^io\.opentelemetry\.discovery\.metrics(?:\.(\d{1,5}))?\/enabled$/;

/** The annotations of other collectors; without `wanted`, every port. */
function* otherScrapes(annotations: JsonMap): Iterable<{
  readonly key: string;
  readonly wanted: readonly PolicyPort[] | undefined;
}> {
  const tcp = (number: number | undefined) =>
    number === undefined ? undefined : [{protocol: 'TCP' as const, port: number}];
  for (const [key, value] of Object.entries(annotations)) {
    if (value !== 'true') continue;
    const [isDiscovered, number] = discovery.exec(key) ?? [];
    if (isDiscovered !== undefined) yield {key, wanted: tcp(portIn(number))};
    if (key === grafana) yield {key, wanted: tcp(portIn(asString(annotations[grafanaPort])))};
  }
}

const overTcp = (ports: readonly PolicyPort[]): readonly PolicyPort[] =>
  ports.filter(({protocol}) => protocol === 'TCP');
