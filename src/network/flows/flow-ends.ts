import {asString, valueAt} from '../../json.ts';
import {NameIndex} from '../../kubernetes/name-index.ts';
import {type Service, servicesOf} from '../../kubernetes/service.ts';
import type {StreamIndex} from '../../kubernetes/stream-index.ts';
import type {Workload} from '../../kubernetes/workload.ts';
import type {FlowEnd} from './flow.ts';

/** Finds the workloads of a stream that are the ends of flows. */
export class FlowEnds {
  readonly #byName = new NameIndex<Workload>();
  readonly #byAddress = new Map<string, Workload>();
  readonly #services = new NameIndex<Service>();
  readonly #known = new Map<string, Workload | undefined>();
  readonly #stream: StreamIndex;

  constructor(stream: StreamIndex) {
    this.#stream = stream;
    for (const workload of stream.workloads) {
      this.#byName.add(workload.resource.name, workload.resource.namespace, workload);
      const address = asString(valueAt(workload.resource.value, ['status', 'podIP']));
      if (address !== undefined) this.#byAddress.set(address, workload);
    }
    for (const service of servicesOf(stream)) {
      this.#services.add(service.resource.name, service.resource.namespace, service);
      const address = asString(valueAt(service.resource.value, ['spec', 'clusterIP']));
      const [workload] = this.#behind(service);
      if (address !== undefined && workload !== undefined) {
        this.#byAddress.set(address, workload);
      }
    }
  }

  /** The workload of an end, by its name, that of its pod, its Service or its address. */
  workloadOf(end: FlowEnd): Workload | undefined {
    const key = JSON.stringify(end);
    if (!this.#known.has(key)) this.#known.set(key, this.#find(end));
    return this.#known.get(key);
  }

  #find({workload, pod, service, address, namespace}: FlowEnd): Workload | undefined {
    const names = [...(workload === undefined ? [] : [workload]), ...ownersOf(pod)];
    for (const name of names) {
      const [found] = this.#byName.find(name, namespace);
      if (found !== undefined) return found;
    }
    const [called] = this.#services.find(service ?? '', namespace);
    const [behind] = called === undefined ? [] : this.#behind(called);
    return behind ?? this.#byAddress.get(address ?? '');
  }

  #behind({selector, resource}: Service): readonly Workload[] {
    return selector === undefined
      ? []
      : this.#stream.pods.select({matchLabels: selector}, resource.namespace);
  }
}

/** The names that the workload of a pod may have: the pod's, without what controllers append. */
function ownersOf(pod: string | undefined): readonly string[] {
  if (pod === undefined) return [];
  const parts = pod.split('-');
  return [0, 1, 2].map(count => parts.slice(0, parts.length - count).join('-'));
}
