import type {AccountRoles} from '../../kubernetes/account-roles.ts';
import type {ServicePort} from '../../kubernetes/service.ts';
import type {Services} from './backend-connections.ts';
import type {Connection, Outside} from './connection.ts';
import {targetPort} from './service-targets.ts';
import {bySelection, joined} from './services-by-selection.ts';

/** The usual ports of webhooks and aggregated APIs, for a Service with several ports. */
const usualPort = /https|webhook|admission|tls|api/i;
const otherPort = /metric|health|probe|prometheus/i;

/**
 * The pods behind a Service whose account may write webhook configurations or APIServices: they
 * make the API server call them at run time. A pod that may only change existing ones need not be
 * called itself: then only a usual port counts.
 */
export function* runTimeWebhooks(
  {all, targets}: Services,
  roles: AccountRoles,
  from: Outside,
): Iterable<Connection> {
  if (!roles.haveWebhooks) return;
  for (const services of bySelection(all)) {
    const service = joined(services);
    for (const to of targets.workloadsOf(services[0])) {
      const {registers, updates} = roles.dutiesOf(to);
      const resource = registers ?? updates;
      if (resource === undefined) continue;
      const called = calledPorts(service.ports, registers !== undefined);
      const ports = called.flatMap(port => targetPort(to, port));
      const reason = 'lets the pods register webhooks or APIs, which the API server then calls';
      const why = {reason, resource, path: ['roleRef']};
      if (ports.length > 0) yield {origin: 'webhook', from, to, ports, why};
    }
  }
}

function calledPorts(ports: readonly ServicePort[], isSure: boolean): readonly ServicePort[] {
  const tcp = ports.filter(({protocol}) => protocol === 'TCP');
  const names = ({name, target}: ServicePort) => `${name ?? ''} ${target}`;
  const usual = tcp.filter(
    port => port.number === 443 || (usualPort.test(names(port)) && !otherPort.test(names(port))),
  );
  if (usual.length > 0 || !isSure) return usual;
  return tcp.filter(port => !otherPort.test(names(port)));
}
