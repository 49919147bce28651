import type {JsonMap} from '../../json.ts';
import type {Workload} from '../../kubernetes/workload.ts';
import type {Evidence} from '../needs/connection.ts';
import type {SeenPeer} from './graph-peers.ts';

/** A peer of one policy rule, with the ports that the rule admits. */
export interface Grant extends SeenPeer {
  /** NetworkPolicyPorts; an empty list stands for every port. */
  readonly ports: readonly JsonMap[];
  readonly why: readonly Evidence[];
}

/** Everything that policies grant one workload in one direction. */
export class Grants {
  readonly #groups: (Grant & {readonly node: string})[] = [];
  readonly #byWorkload = new Map<Workload, Grant[]>();
  /** Grants that may match more than they name. */
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

  /** Grants with their own node. */
  get groups(): readonly (Grant & {readonly node: string})[] {
    return this.#groups;
  }

  /** The workloads with their own node, each once. */
  get named(): readonly Workload[] {
    return [...this.#byWorkload.keys()];
  }

  /** The number of workloads with their own node. */
  get namedCount(): number {
    return this.#byWorkload.size;
  }

  /** The number of grants that are compared with each workload. */
  get wideCount(): number {
    return this.#wide.length;
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
