import type {JsonMap} from '../../json.ts';
import type {Workload} from '../../kubernetes/workload.ts';
import type {Evidence} from '../needs/connection.ts';
import type {SeenPeer} from './graph-peers.ts';

/** A peer of one rule of one policy, with what the rule admits. */
export interface Grant extends SeenPeer {
  /** NetworkPolicyPorts; none stands for every port. */
  readonly ports: readonly JsonMap[];
  readonly why: readonly Evidence[];
}

/** All that the policies which govern one workload grant it in one direction. */
export class Grants {
  readonly #groups: (Grant & {readonly node: string})[] = [];
  readonly #byWorkload = new Map<Workload, Grant[]>();
  /** Those that may mean others than they name. */
  readonly #wide: Grant[] = [];

  add(grants: readonly Grant[]): void {
    for (const grant of grants) {
      const {node, workloads} = grant;
      if (node !== undefined) this.#groups.push({...grant, node});
      if (grant.covers !== undefined) this.#wide.push(grant);
      for (const workload of workloads) {
        const same = this.#byWorkload.get(workload);
        if (same === undefined) this.#byWorkload.set(workload, [grant]);
        else same.push(grant);
      }
    }
  }

  /** Those that have a node of their own. */
  get groups(): readonly (Grant & {readonly node: string})[] {
    return this.#groups;
  }

  /** The workloads that are shown by themselves, each once. */
  get named(): readonly Workload[] {
    return [...this.#byWorkload.keys()];
  }

  /** How many workloads are shown by themselves. */
  get namedCount(): number {
    return this.#byWorkload.size;
  }

  names(workload: Workload): boolean {
    return this.#byWorkload.has(workload);
  }

  /** The grants that admit a workload. */
  of(workload: Workload): readonly Grant[] {
    const named = this.#byWorkload.get(workload) ?? [];
    return [...named, ...this.#wide.filter(({covers}) => covers?.(workload))];
  }
}
