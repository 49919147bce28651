import {asList, asMap, asString, type Json, type JsonMap, valueAt} from '../../json.ts';
import {isWithin, parseRange} from '../../kubernetes/address-range.ts';
import {isPortNumber} from '../../kubernetes/container-port.ts';
import {namesOf} from '../../kubernetes/former-names.ts';
import {NameIndex} from '../../kubernetes/name-index.ts';
import {privateRanges} from '../../kubernetes/private-ranges.ts';
import type {Resource} from '../../kubernetes/resource.ts';
import type {Service} from '../../kubernetes/service.ts';
import type {StreamIndex} from '../../kubernetes/stream-index.ts';
import {protocolOf} from '../../kubernetes/workload.ts';
import type {PolicyPort} from '../../policy/network-policy.ts';

/** The addresses of a Service in Endpoints or an EndpointSlice of the stream. */
export interface EndpointAddresses {
  /** The addresses that may be opened without a declaration: private ones. */
  readonly open: readonly JsonMap[];
  /** The others, as written in the manifest. */
  readonly others: readonly string[];
  readonly ports: readonly PolicyPort[];
}

/** The label with which an EndpointSlice names its Service. */
const serviceNameLabel = 'kubernetes.io/service-name';

/** For more addresses than this, a person should declare a range. */
const mostAddresses = 100;

/** Finds the hand-written addresses of Services that select no pods. */
export class EndpointIndex {
  readonly #byService = new NameIndex<EndpointAddresses>();

  constructor(stream: StreamIndex) {
    for (const resource of stream.ofKind('Endpoints')) {
      if (resource.group !== '') continue;
      for (const item of asList(resource.value['subsets'])) {
        const subset = asMap(item);
        const addresses = asList(subset?.['addresses']).map(each => asMap(each)?.['ip']);
        this.#add(resource.name, resource, addresses, subset?.['ports']);
      }
    }
    for (const resource of stream.ofKind('EndpointSlice')) {
      if (resource.group !== 'discovery.k8s.io') continue;
      const name = asString(valueAt(resource.value, ['metadata', 'labels', serviceNameLabel]));
      const endpoints = asList(resource.value['endpoints']);
      const addresses = endpoints.flatMap(each => asList(asMap(each)?.['addresses']));
      if (name !== undefined) this.#add(name, resource, addresses, resource.value['ports']);
    }
  }

  /** Undefined for a Service that selects pods: those are its endpoints. */
  of({selector, type, resource}: Service): readonly EndpointAddresses[] {
    if (selector !== undefined || type === 'ExternalName') return [];
    return namesOf(resource).flatMap(name => this.#byService.find(name, resource.namespace));
  }

  #add(
    name: string,
    {namespace}: Resource,
    addresses: readonly (Json | undefined)[],
    ports: Json | undefined,
  ): void {
    const texts = [...new Set(addresses.map(asString).filter(text => text !== undefined))];
    const isFew = texts.length <= mostAddresses;
    const open = isFew ? texts.flatMap(peersOf) : [];
    const others = isFew ? texts.filter(text => peersOf(text).length === 0) : texts;
    const opened = asList(ports).flatMap(portOf);
    if (opened.length > 0) this.#byService.add(name, namespace, {open, others, ports: opened});
  }
}

const privateRangesRead = privateRanges.flatMap(text => parseRange(text) ?? []);

/** A peer for one private address; undefined for any other. */
function peersOf(address: string): readonly JsonMap[] {
  const cidr = `${address}/${address.includes(':') ? 128 : 32}`;
  const range = parseRange(cidr);
  const isPrivate = range !== undefined && privateRangesRead.some(outer => isWithin(range, outer));
  return isPrivate ? [{ipBlock: {cidr}}] : [];
}

function portOf(item: Json | undefined): readonly PolicyPort[] {
  const port = asMap(item);
  const number = port?.['port'];
  if (port === undefined || !isPortNumber(number)) return [];
  return [{protocol: protocolOf(port), port: number}];
}
