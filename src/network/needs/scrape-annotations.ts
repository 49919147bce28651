import {asMap, asString, type Json, type JsonMap, valueAt} from '../../json.ts';
import type {Service} from '../../kubernetes/service.ts';
import type {StreamIndex} from '../../kubernetes/stream-index.ts';
import type {Workload} from '../../kubernetes/workload.ts';
import type {PolicyPort} from '../../policy/network-policy.ts';
import type {Scrape} from './monitors.ts';
import {declaredPorts, type ServiceTargets, targetPort, targetPorts} from './service-targets.ts';
import type {Selections} from './services-by-selection.ts';

const scrape = 'prometheus.io/scrape';
const port = 'prometheus.io/port';

/**
 * The ports that annotations of pods and Services select for scraping, as in the configuration of
 * Prometheus' own chart: `prometheus.io/scrape: "true"`, on `prometheus.io/port` of the pods, or on
 * each port that they, or the Service, have.
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
    if (annotations?.[scrape] !== 'true') continue;
    const ports = portsOf(workload, annotations) ?? overTcp(declaredPorts(workload));
    if (ports.length > 0) yield {workload, ports, resource, path};
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
      const ports = portsOf(workload, annotations) ?? overTcp(targetPorts(workload, service));
      const path = ['metadata', 'annotations', scrape];
      if (ports.length > 0) yield {workload, ports, resource, path};
    }
  }
}

/** The port in the annotation, if it is a number. */
function portsOf(workload: Workload, annotations: JsonMap): readonly PolicyPort[] | undefined {
  const text = asString(annotations[port] as Json | undefined) ?? '';
  if (!/^\d{1,5}$/.test(text)) return undefined;
  return targetPort(workload, {target: Number(text), protocol: 'TCP'});
}

const overTcp = (ports: readonly PolicyPort[]): readonly PolicyPort[] =>
  ports.filter(({protocol}) => protocol === 'TCP');
