import type {Resource} from '../../kubernetes/resource.ts';
import type {Service} from '../../kubernetes/service.ts';
import type {Workload} from '../../kubernetes/workload.ts';
import type {PolicyPort} from '../../policy/network-policy.ts';
import {type Connection, isOutside, type Origin} from './connection.ts';
import {declaredPorts, type ServiceTargets, targetPorts} from './service-targets.ts';
import {bySelection} from './services-by-selection.ts';

/** What clients probably reach by a name that the stream does not show. */
export interface UnnamedTarget {
  /** A Service that nothing in the stream names, routes to or scrapes; or the registry in which the pods are found. */
  readonly by: Service | string;
  readonly workload: Workload;
  readonly ports: readonly PolicyPort[];
  /** Whether a list of hosts that bypass a proxy has the name of the Service. */
  readonly isBypassed?: boolean;
}

/** The object that shows it. */
export const unnamedObject = ({by, workload}: UnnamedTarget): Resource =>
  typeof by === 'string' ? workload.resource : by.resource;

/** What shows that a port has a client. Replicas and rings are no clients of their own Service. */
const origins: ReadonlySet<Origin> = new Set([
  'reference',
  'route',
  'monitoring',
  'webhook',
  'exposed',
  'meant',
  'hostPort',
  'node',
  'dns',
  'declared',
]);

const metrics = /metric|prom|exporter|telemetry|stats/i;

/** The ports of workloads with a client that the stream shows or the policy declares. */
export class NamedPorts {
  readonly #ports = new Map<Workload, Set<string>>();

  add({origin, from, to, ports, why}: Connection): void {
    if (isOutside(to) || from === to || !origins.has(origin)) return;
    const known = this.#ports.get(to) ?? new Set();
    this.#ports.set(to, known);
    // An annotation may select every port for scraping, those for other clients as well.
    const isChosen = origin !== 'monitoring' || why.resource?.group === 'monitoring.coreos.com';
    if (ports.length === 0) known.add(everyPort);
    for (const port of ports) known.add(isChosen ? keyOf(port) : `scraped ${keyOf(port)}`);
  }

  /** Whether a port of the workload has a client. */
  knows(workload: Workload): boolean {
    return this.#ports.has(workload);
  }

  /** Whether `port` has a client; one that is only scraped if `isForMetrics`. */
  has(workload: Workload, port: PolicyPort, isForMetrics: boolean): boolean {
    const known = this.#ports.get(workload);
    if (known === undefined) return false;
    const isScraped = isForMetrics && known.has(`scraped ${keyOf(port)}`);
    return isScraped || known.has(everyPort) || known.has(keyOf(port));
  }
}

const everyPort = '*';
const keyOf = ({protocol, port}: PolicyPort): string => `${protocol}/${port}`;

/**
 * The Services without a client among `named`, and what they lead to, each port of a workload once.
 * Almost all of them are called by a name in an image. `bypassed` are names in lists of hosts that bypass a proxy. Load balancers are left out: their clients
 * are outside the cluster.
 */
export function* unnamedTargets(
  services: readonly Service[],
  targets: ServiceTargets,
  named: NamedPorts,
  bypassed: ReadonlySet<string>,
): Iterable<UnnamedTarget> {
  const seen = new NamedPorts();
  for (const same of bySelection(services)) {
    const workloads = targets.workloadsOf(same[0]).filter(({isHostNetwork}) => !isHostNetwork);
    for (const service of same) {
      if (service.type === 'LoadBalancer') continue;
      const leads = workloads.map(workload => ({workload, ports: targetPorts(workload, service)}));
      const isForMetrics = isMetrics(service);
      const isNamed = leads.some(({workload, ports}) =>
        ports.some(port => named.has(workload, port, isForMetrics)),
      );
      if (isNamed) continue;
      for (const {workload, ports} of leads) {
        const fresh = ports.filter(port => !seen.has(workload, port, false));
        if (fresh.length === 0) continue;
        seen.add({
          origin: 'declared',
          from: {peers: []},
          to: workload,
          ports: fresh,
          why: {reason: ''},
        });
        const isBypassed = bypassed.has(service.resource.name);
        yield {by: service, workload, ports: fresh, isBypassed};
      }
    }
  }
}

/** The declared ports of the workloads in a registry, as far as they have no client among `named`. */
export function* registeredTargets(
  registered: Iterable<readonly [Workload, string]>,
  named: NamedPorts,
): Iterable<UnnamedTarget> {
  for (const [workload, by] of registered) {
    const ports = declaredPorts(workload).filter(port => !named.has(workload, port, false));
    if (ports.length > 0) yield {by, workload, ports};
  }
}

/** Whether a Service is for monitoring alone, by its name or those of its ports. */
const isMetrics = ({resource, ports}: Service): boolean =>
  metrics.test(resource.name) ||
  (ports.length > 0 && ports.every(({name = '', target}) => metrics.test(`${name} ${target}`)));
