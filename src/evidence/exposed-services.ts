import {placeIn, type Resource} from '../kubernetes/resource.ts';
import {servicesOf} from '../kubernetes/service.ts';
import type {StreamIndex} from '../kubernetes/stream-index.ts';
import {FrontDoors} from '../network/needs/front-doors.ts';
import {clientsMeantBy, isOpenOutside} from '../network/needs/meant-clients.ts';
import {ServiceTargets} from '../network/needs/service-targets.ts';
import {bySelection} from '../network/needs/services-by-selection.ts';

/** What shows that Services are intended for external clients, one sentence each. */
export class ExposedServices {
  readonly #meant = new Map<string, readonly string[]>();

  constructor(stream: StreamIndex) {
    const doors = new FrontDoors(stream);
    const targets = new ServiceTargets(stream.pods);
    for (const group of bySelection(servicesOf(stream).filter(isOpenOutside))) {
      const door = doors.reasonForSome(targets.workloadsOf(group[0]));
      for (const service of group) {
        const evidence = clientsMeantBy(service, door)?.evidence;
        if (evidence !== undefined) this.#meant.set(placeIn(service.resource), evidence);
      }
    }
  }

  /** For a Service, whether or not it has been rewritten. */
  evidenceFor(service: Resource): readonly string[] {
    return this.#meant.get(placeIn(service)) ?? [];
  }
}
