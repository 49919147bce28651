import {asList, asMap, type Json, type JsonMap, valueAt} from '../json.ts';
import {selectsLabels} from '../kubernetes/label-selector.ts';
import type {PodSpec} from '../kubernetes/pod-spec.ts';
import type {Resource} from '../kubernetes/resource.ts';
import {maySameNamespace, type StreamIndex} from '../kubernetes/stream-index.ts';

/** Of the Services with one target port, how many are asked: a hostile stream costs no more. */
const mostServices = 50;

/** What the other objects of the stream, as they were read, tell of the ports of pods. */
export class StreamFacts {
  readonly #stream: StreamIndex;
  #ports: Ports | undefined;

  constructor(stream: StreamIndex) {
    this.#stream = stream;
  }

  /** A Service that sends to `port` of the pods, or undefined. */
  serviceTo({resource, metadata}: PodSpec, port: number): Resource | undefined {
    const labels = asMap(metadata?.['labels']);
    return this.#known()
      .services.get(port)
      ?.find(service => {
        const matchLabels = asMap(valueAt(service.value, ['spec', 'selector']));
        return (
          matchLabels !== undefined &&
          maySameNamespace(service.namespace, resource.namespace) &&
          selectsLabels({matchLabels}, labels)
        );
      });
  }

  /** Endpoints or an EndpointSlice, which a person wrote, that name `port` of some address. */
  readonly endpointsAt = (port: number): Resource | undefined => this.#known().endpoints.get(port);

  /** A NetworkPolicy that names `port` of some addresses: nodes have them, pods do not. */
  readonly policyAt = (port: number): Resource | undefined => this.#known().policies.get(port);

  #known(): Ports {
    this.#ports ??= portsOf(this.#stream.resources);
    return this.#ports;
  }
}

interface Ports {
  readonly services: ReadonlyMap<number, readonly Resource[]>;
  readonly endpoints: ReadonlyMap<number, Resource>;
  readonly policies: ReadonlyMap<number, Resource>;
}

function portsOf(resources: readonly Resource[]): Ports {
  const services = new Map<number, Resource[]>();
  const endpoints = new Map<number, Resource>();
  const policies = new Map<number, Resource>();
  for (const resource of resources) {
    const {kind, value} = resource;
    if (kind === 'Service') {
      for (const port of numbers(valueAt(value, ['spec', 'ports']), 'targetPort')) {
        const same = services.get(port) ?? [];
        services.set(port, same);
        if (same.length < mostServices) same.push(resource);
      }
    } else if (kind === 'Endpoints') {
      for (const subset of asList(value['subsets'])) {
        for (const port of numbers(asMap(subset)?.['ports'], 'port')) endpoints.set(port, resource);
      }
    } else if (kind === 'EndpointSlice') {
      for (const port of numbers(value['ports'], 'port')) endpoints.set(port, resource);
    } else if (kind === 'NetworkPolicy') {
      for (const port of addressPorts(value)) policies.set(port, resource);
    }
  }
  return {services, endpoints, policies};
}

/** The ports of the egress rules that name addresses, and not all of them. */
const addressPorts = (policy: JsonMap): readonly number[] =>
  asList(valueAt(policy, ['spec', 'egress'])).flatMap(item => {
    const rule = asMap(item);
    const namesSome = asList(rule?.['to']).some(peer => {
      const cidr = asMap(asMap(peer)?.['ipBlock'])?.['cidr'];
      return typeof cidr === 'string' && !cidr.endsWith('/0');
    });
    return namesSome ? numbers(rule?.['ports'], 'port') : [];
  });

const numbers = (list: Json | undefined, key: string): readonly number[] =>
  asList(list).flatMap(item => {
    const number = asMap(item)?.[key];
    return typeof number === 'number' ? [number] : [];
  });
