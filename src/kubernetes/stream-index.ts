import type {JsonMap} from '../json.ts';
import {AccountRoles} from './account-roles.ts';
import type {Labels} from './known-labels.ts';
import {LabelIndex} from './label-index.ts';
import {podLabels} from './pod-labels.ts';
import type {PodPlaces} from './pod-places.ts';
import type {Resource} from './resource.ts';
import {RoleAggregation} from './role-aggregation.ts';
import {ServiceAccounts} from './service-accounts.ts';
import {type Workload, workloadsOf} from './workload.ts';

/** Finds the workloads whose pods a selector selects. */
export class PodSelection extends LabelIndex<Workload> {
  readonly #areAlone = new Map<string, boolean>();
  readonly #labels = new Map<Workload, Labels>();

  /** The labels of the running pods of a workload. */
  labelsOf(workload: Workload): Labels {
    const known = this.#labels.get(workload);
    if (known !== undefined) return known;
    const labels = podLabels(workload);
    this.#labels.set(workload, labels);
    return labels;
  }

  /** Whether at most one workload in `namespace` has all `labels`. */
  isAlone(labels: JsonMap, namespace: string | undefined): boolean {
    const key = JSON.stringify([namespace ?? '', labels]);
    const known = this.#areAlone.get(key);
    if (known !== undefined) return known;
    const isAlone = this.select({matchLabels: labels}, namespace).length < 2;
    this.#areAlone.set(key, isAlone);
    return isAlone;
  }
}

/** An index of the objects of the whole stream. */
export class StreamIndex {
  readonly resources: readonly Resource[];
  readonly #byKind = new Map<string, Resource[]>();
  readonly #places: PodPlaces | undefined;
  #accounts: ServiceAccounts | undefined;
  #roleAggregation: RoleAggregation | undefined;
  #accountRoles: AccountRoles | undefined;
  #workloads: readonly Workload[] | undefined;
  #pods: PodSelection | undefined;

  /** `places` are the additional places of pods in the policy. */
  constructor(resources: readonly Resource[], places?: PodPlaces) {
    this.resources = resources;
    this.#places = places;
    for (const resource of resources) {
      const sameKind = this.#byKind.get(resource.kind);
      if (sameKind === undefined) this.#byKind.set(resource.kind, [resource]);
      else sameKind.push(resource);
    }
  }

  /** The objects of `kind`, in stream order. */
  ofKind(kind: string): readonly Resource[] {
    return this.#byKind.get(kind) ?? [];
  }

  get accounts(): ServiceAccounts {
    this.#accounts ??= new ServiceAccounts(this.resources);
    return this.#accounts;
  }

  get roleAggregation(): RoleAggregation {
    this.#roleAggregation ??= new RoleAggregation(this.ofKind('ClusterRole'));
    return this.#roleAggregation;
  }

  get accountRoles(): AccountRoles {
    this.#accountRoles ??= new AccountRoles(this);
    return this.#accountRoles;
  }

  /** The workloads of the stream, in order. */
  get workloads(): readonly Workload[] {
    this.#workloads ??= this.resources.flatMap(resource => workloadsOf(resource, this.#places));
    return this.#workloads;
  }

  /** The same, indexed for selectors. */
  get pods(): PodSelection {
    this.#pods ??= new PodSelection(this.workloads);
    return this.#pods;
  }
}
