import {asMap, asString, type Path, valueAt} from '../json.ts';
import type {Resource} from '../kubernetes/resource.ts';
import {servicesOf} from '../kubernetes/service.ts';
import type {StableNames} from '../kubernetes/stable-names.ts';
import type {StreamIndex} from '../kubernetes/stream-index.ts';
import type {Backend} from '../network/needs/backend.ts';
import {isOpenOutside} from '../network/needs/meant-clients.ts';
import {gatewayBackends, ingressBackends, targetGroupBackends} from '../network/needs/routes.ts';
import {ServiceTargets} from '../network/needs/service-targets.ts';
import type {Severity} from '../severity.ts';
import type {Fact} from './posture.ts';

/** More workloads than these behind one Service are one line. */
const mostNamed = 20;

/** Where the Services, Ingresses and routes of a stream lead: a Service to workloads, and the others to Services. */
export function leadsOf(
  stream: StreamIndex,
  names: StableNames,
): ReadonlyMap<Resource, readonly Fact[]> {
  const leads = new Map<Resource, Fact[]>();
  const targets = new ServiceTargets(stream.pods);
  for (const service of servicesOf(stream)) {
    const ports = [...new Set(service.ports.map(({target}) => `${target}`))].sort();
    const on = service.isHeadless || ports.length === 0 ? 'every port' : ports.join(', ');
    const severity: Severity = isOpenOutside(service) ? 'high' : 'low';
    const found = new Set(targets.workloadsOf(service).map(({resource}) => resource));
    const shown =
      found.size > mostNamed
        ? [`more than ${mostNamed} workloads`]
        : [...found].map(resource => names.titleOf(resource));
    leads.set(
      service.resource,
      shown.map(title => ({text: `${title} on ${on}`, severity})),
    );
  }
  const backends = [
    ...ingressBackends(stream),
    ...gatewayBackends(stream),
    ...targetGroupBackends(stream),
  ];
  for (const backend of backends) {
    const facts = leads.get(backend.resource) ?? [];
    facts.push({text: backendText(backend, names), severity: 'medium'});
    leads.set(backend.resource, facts);
  }
  return leads;
}

function backendText({resource, path, name, namespace, port}: Backend, names: StableNames): string {
  const place = names.namespace(namespace);
  const service = [
    'Service',
    ...(place === undefined ? [] : [place]),
    names.within(name, resource),
  ].join('/');
  const requests = requestsFor(resource, path);
  return `${service}${requests === '' ? '' : ` for ${requests}`} on ${port ?? 'every port'}`;
}

/** The host and the path of the requests that a rule of an Ingress is about. */
function requestsFor({value}: Resource, path: Path): string {
  if (path[3] !== 'http') return '';
  const host = asString(valueAt(value, [...path.slice(0, 3), 'host'])) ?? '';
  return `${host}${asString(asMap(valueAt(value, path.slice(0, 6)))?.['path']) ?? ''}`;
}
