import type {Direction} from '../../kubernetes/isolation.ts';
import type {Workload} from '../../kubernetes/workload.ts';
import type {PolicyPort, Rung} from '../../policy/network-policy.ts';
import {isOutside, type Outside, type Peer, wholeRelease} from '../needs/connection.ts';
import {wholeCluster} from '../needs/outside.ts';
import {declaredPorts} from '../needs/service-targets.ts';
import {type AllowanceList, keyOf} from './allowance-list.ts';
import type {ReleasePeers} from './release-peers.ts';

/** The workloads that a level admits as a group: those of the cluster, of the release, or none. */
export class Group {
  readonly #direction: Direction;
  readonly #rung: Rung;
  readonly #release: ReleasePeers;
  /** The ports of each workload that are open to the group. */
  readonly #ports = new Map<Workload, ReadonlySet<string>>();

  constructor(direction: Direction, rung: Rung, release: ReleasePeers) {
    this.#direction = direction;
    this.#rung = rung;
    this.#release = release;
  }

  get isSomebody(): boolean {
    return this.#rung === 'workloads' || this.#rung === 'release';
  }

  /** Admits the group to the ports that `workload` declares, and to `more`: those that Services lead to. */
  admit(workload: Workload, more: readonly PolicyPort[], list: AllowanceList): void {
    if (!this.isSomebody) return;
    const {resource, pod} = workload;
    const isInward = this.#direction === 'ingress';
    const ports = isInward ? [...declaredPorts(workload), ...more] : [];
    if (isInward && ports.length === 0) return;
    const peers =
      this.#rung === 'workloads'
        ? wholeCluster
        : {peers: this.#release.seenFrom(resource.namespace)};
    const reason = `the policy sets \`networkPolicy.${this.#direction}: ${this.#rung}\``;
    list.add(peers, ports, {reason, resource, path: pod.path});
    this.#ports.set(workload, new Set(ports.map(keyOf)));
  }

  /**
   * The `ports` on which `other` is not yet admitted to `workload` as part of the group; undefined
   * if there are none.
   */
  lacks(
    workload: Workload,
    other: Peer,
    ports: readonly PolicyPort[],
  ): readonly PolicyPort[] | undefined {
    const admitted = this.#ports.get(workload);
    if (admitted === undefined || ports.length === 0 || !this.#isMember(other)) return ports;
    const lacking = ports.filter(port => !admitted.has(keyOf(port)));
    return lacking.length === 0 ? undefined : lacking;
  }

  #isMember(peer: Peer): boolean {
    if (!isOutside(peer)) return !peer.isHostNetwork;
    if (peer === wholeRelease) return true;
    return this.#rung === 'workloads' && isAmongPods(peer);
  }
}

const isAmongPods = ({peers}: Outside): boolean =>
  peers.every(({ipBlock}) => ipBlock === undefined);
