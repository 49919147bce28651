import {asString, valueAt} from '../../json.ts';
import type {NameIndex} from '../../kubernetes/name-index.ts';
import type {Service} from '../../kubernetes/service.ts';
import type {StreamIndex} from '../../kubernetes/stream-index.ts';
import {type Backend, backendNamed, serviceInHost} from './backend.ts';
import {backendRefsOf, gatewayRoutesOf, parentServicesOf} from './routes.ts';
import {serviceNamed, virtualServicesOf} from './virtual-services.ts';

/** Another destination for the clients of a Service, through DNS or the mesh that both are in. */
export interface Lead {
  readonly backends: readonly Backend[];
  /** For an ExternalName Service: the name that it stands for, on the requested port. */
  readonly host?: string;
}

/**
 * The destinations of Services other than their own pods: for ExternalName Services the host that
 * they name; for hosts of VirtualServices in the mesh, and parents of Gateway API routes, the
 * backends.
 */
export class ServiceLeads {
  readonly #leads = new Map<Service, Lead[]>();
  readonly #byName: NameIndex<Service>;

  constructor(stream: StreamIndex, services: readonly Service[], byName: NameIndex<Service>) {
    this.#byName = byName;
    for (const service of services) {
      if (service.type === 'ExternalName') this.#addHost(service);
    }
    for (const virtual of virtualServicesOf(stream)) {
      if (!virtual.isInMesh) continue;
      const lead = {backends: virtual.destinations};
      for (const host of virtual.hosts) {
        const {name, namespace = virtual.resource.namespace} = serviceNamed(host);
        this.#add(name, namespace, lead);
      }
    }
    for (const route of gatewayRoutesOf(stream)) {
      const parents = parentServicesOf(route);
      const lead = {backends: parents.length === 0 ? [] : [...backendRefsOf(route)]};
      for (const {name, namespace} of parents) {
        this.#add(asString(name), asString(namespace) ?? route.namespace, lead);
      }
    }
  }

  of(service: Service): readonly Lead[] {
    return this.#leads.get(service) ?? [];
  }

  #addHost(service: Service): void {
    const {resource} = service;
    const path = ['spec', 'externalName'];
    const host = asString(valueAt(resource.value, path));
    if (host === undefined || host === '') return;
    const {name, namespace} = serviceInHost(host) ?? {};
    this.#put(service, {host, backends: [...backendNamed(resource, path, name, namespace)]});
  }

  #add(name: string | undefined, namespace: string | undefined, lead: Lead): void {
    if (name === undefined) return;
    for (const service of this.#byName.find(name, namespace)) this.#put(service, lead);
  }

  #put(service: Service, lead: Lead): void {
    const known = this.#leads.get(service);
    if (known === undefined) this.#leads.set(service, [lead]);
    else known.push(lead);
  }
}
