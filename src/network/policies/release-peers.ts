import type {JsonMap} from '../../json.ts';
import type {PodSelection} from '../../kubernetes/stream-index.ts';
import type {Workload} from '../../kubernetes/workload.ts';
import {podSelectorOf} from './network-policy.ts';
import {peerSeenFrom} from './workload-peer.ts';

/** Labels that tell the pods of a release from those of every other. */
const releaseLabels = ['app.kubernetes.io/instance', 'release'];

/** More peers than that in each of as many policies would be more than a cluster can hold. */
const mostPeers = 100;

/** Pods of one namespace of the release. */
interface Group {
  readonly namespace: string | undefined;
  readonly selector: JsonMap;
}

/** The peers that stand for all workloads of the release, as a policy of a namespace names them. */
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
   * Whether the workloads are too many to be named, so that other pods of their namespaces are
   * admitted as well.
   */
  get isBroad(): boolean {
    return this.#isBroad;
  }

  /** By the label that all have, else by each one's selector; where these are too many, by namespace. */
  seenFrom(namespace: string | undefined): readonly JsonMap[] {
    if (this.#groups === undefined) {
      const podSelector = this.#common === undefined ? {} : {podSelector: this.#common};
      return [{namespaceSelector: {}, ...podSelector}];
    }
    return this.#groups.map(group => peerSeenFrom(namespace, group.namespace, group.selector));
  }
}

/** Each pair of a namespace and a selector once; undefined where there are too many. */
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
