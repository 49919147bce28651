import type {JsonMap} from '../../json.ts';
import type {PodSelection} from '../../kubernetes/stream-index.ts';
import type {Workload} from '../../kubernetes/workload.ts';
import {peerSeenFrom} from '../needs/workload-peer.ts';
import {podSelectorOf} from './network-policy.ts';

/** Labels that identify the pods of a release. */
const releaseLabels = ['app.kubernetes.io/instance', 'release'];

/** The most peers in a policy: more, in as many policies, would be too much for a cluster. */
const mostPeers = 100;

/** Pods in one namespace of the release. */
interface Group {
  readonly namespace: string | undefined;
  readonly selector: JsonMap;
}

/** The peers for all workloads of the release, for a policy in a namespace. */
export class ReleasePeers {
  readonly #groups: readonly Group[] | undefined;
  readonly #common: JsonMap | undefined;
  readonly #isBroad: boolean;

  constructor(workloads: readonly Workload[], pods: PodSelection) {
    const covered = workloads.filter(
      ({isHostNetwork, operator}) => !isHostNetwork && operator !== 'unknown',
    );
    const common = commonLabelOf(covered);
    this.#common = common;
    const named = groupsOf(covered, workload => common ?? podSelectorOf(workload, pods));
    this.#isBroad = named === undefined && common === undefined;
    this.#groups = named ?? groupsOf(covered, () => ({}));
  }

  /**
   * Whether there are too many workloads to list, so that other pods in their namespaces are also
   * admitted.
   */
  get isBroad(): boolean {
    return this.#isBroad;
  }

  /**
   * By their common label; otherwise by the selector of each; if these are too many, by namespace.
   */
  seenFrom(namespace: string | undefined): readonly JsonMap[] {
    if (this.#groups === undefined) {
      const podSelector = this.#common === undefined ? {} : {podSelector: this.#common};
      return [{namespaceSelector: {}, ...podSelector}];
    }
    return this.#groups.map(group => peerSeenFrom(namespace, group.namespace, group.selector));
  }
}

/** Each pair of a namespace and a selector once; undefined if there are too many. */
function groupsOf(
  workloads: readonly Workload[],
  selectorOf: (workload: Workload) => JsonMap | undefined,
): readonly Group[] | undefined {
  const groups = new Map<string, Group>();
  for (const workload of workloads) {
    const {namespace} = workload.resource;
    const selector = selectorOf(workload);
    if (selector === undefined) continue;
    groups.set(JSON.stringify([namespace, selector]), {namespace, selector});
    if (groups.size > mostPeers) return undefined;
  }
  return [...groups.values()];
}

function commonLabelOf(workloads: readonly Workload[]): JsonMap | undefined {
  for (const key of releaseLabels) {
    const value = workloads[0]?.labels[key];
    if (typeof value !== 'string') continue;
    if (workloads.every(({labels}) => labels[key] === value)) {
      return {matchLabels: {[key]: value}};
    }
  }
  return undefined;
}
