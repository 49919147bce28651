import {asString} from '../../json.ts';
import type {Workload} from '../../kubernetes/workload.ts';
import {type Connection, isOutside, type Origin} from './connection.ts';

/** What shows that clients outside the release reach a workload. */
const entries: ReadonlySet<Origin> = new Set(['route', 'exposed', 'meant']);
const calls: ReadonlySet<Origin> = new Set(['reference', 'declared', 'node']);

/** With fewer clients, a workload is not what all others share, such as a collector of traces. */
const fewestSharing = 3;

/** Names of workloads and images at the front of an application. */
const front =
  /(?:^|[-_./])(?:front|frontend|web|webui|www|ui|gateway|nginx|proxy|edge|portal|dashboard|bff)(?:$|[-_.:@])/;

/** Whether the name of a workload, or one of its images, is that of the front of an application. */
export const isFront = ({resource, pod}: Workload): boolean =>
  front.test(resource.name) ||
  pod.containers.some(({value}) => front.test(asString(value['image']) ?? ''));

/**
 * Finds the workloads that clients outside reach, although nothing in the stream shows whom they
 * call themselves, apart from what most others call as well: the front of an application whose
 * image has the names of its Services.
 */
export class SilentDoors {
  readonly #doors = new Set<Workload>();
  readonly #calls = new Map<Workload, Set<Workload>>();
  readonly #clients = new Map<Workload, number>();

  add({origin, from, to}: Connection): void {
    if (isOutside(to)) return;
    if (isOutside(from)) {
      if (entries.has(origin)) this.#doors.add(to);
      return;
    }
    if (from === to || !calls.has(origin)) return;
    const called = this.#calls.get(from) ?? new Set();
    this.#calls.set(from, called);
    if (called.has(to)) return;
    called.add(to);
    this.#clients.set(to, (this.#clients.get(to) ?? 0) + 1);
  }

  /** Those among the workloads that clients outside reach, of which `more` are some. */
  all(more: Iterable<Workload>): readonly Workload[] {
    const many = Math.max(fewestSharing, this.#calls.size / 2);
    const isShared = (workload: Workload) => (this.#clients.get(workload) ?? 0) >= many;
    return [...new Set([...this.#doors, ...more])].filter(door =>
      [...(this.#calls.get(door) ?? [])].every(isShared),
    );
  }
}
