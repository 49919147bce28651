import {asList, asMap, asString, type JsonMap, textOf} from '../../json.ts';
import {selectsLabels} from '../../kubernetes/label-selector.ts';
import {maySameNamespace} from '../../kubernetes/name-index.ts';
import type {PodSelection, StreamIndex} from '../../kubernetes/stream-index.ts';
import type {Workload} from '../../kubernetes/workload.ts';
import {namespaceNameLabel} from '../needs/outside.ts';
import {isEmptySelector, namespaceOf, podsText} from './graph-nodes.ts';

/** Whom a peer of a policy's rule means. */
export interface SeenPeer {
  /** What stands for all of it; absent where the workloads that it names are shown in its place. */
  readonly node?: string;
  /** The workloads of the stream that are shown by themselves. */
  readonly workloads: readonly Workload[];
  /** Whether it is known to mean a workload's pods; absent where it means no others than `workloads`. */
  readonly covers?: (workload: Workload) => boolean;
}

/** A peer that selects more of the stream's workloads than that is shown as one node, with their number. */
const mostWorkloads = 30;

export const anyone: SeenPeer = {node: 'anywhere', workloads: [], covers: () => true};

/** Sees whom the peers of NetworkPolicies mean in one stream. */
export class PeerSight {
  readonly #pods: PodSelection;
  readonly #peers = new Map<string, SeenPeer>();
  /** The labels of the namespaces in the stream. */
  readonly #namespaces: ReadonlyMap<string, JsonMap>;

  constructor(stream: StreamIndex) {
    this.#pods = stream.pods;
    this.#namespaces = new Map(
      stream
        .ofKind('Namespace')
        .map(({name, value}) => [name, asMap(asMap(value['metadata'])?.['labels']) ?? {}]),
    );
  }

  /** Each peer once: many policies name the same. `own` is the namespace of the policy. */
  see(own: string | undefined, peer: JsonMap): SeenPeer {
    const key = JSON.stringify([own ?? '', peer]);
    const known = this.#peers.get(key) ?? this.#seen(own, peer);
    this.#peers.set(key, known);
    return known;
  }

  /** Peers that people know by one name. */
  seeNamed(own: string | undefined, peers: readonly JsonMap[], node: string): SeenPeer {
    const seen = peers.map(peer => this.see(own, peer));
    return {
      node,
      workloads: [],
      covers: workload =>
        seen.some(
          ({workloads, covers}) => workloads.includes(workload) || covers?.(workload) === true,
        ),
    };
  }

  #seen(own: string | undefined, peer: JsonMap): SeenPeer {
    const block = asMap(peer['ipBlock']);
    if (block !== undefined) return {node: rangeText(block), workloads: []};
    const [pods, namespaces] = [asMap(peer['podSelector']), asMap(peer['namespaceSelector'])];
    const node = podsText(pods, namespaces);
    const isPeer = ({isHostNetwork, resource: {namespace}}: Workload) =>
      !isHostNetwork && this.#isIn(own, namespaces, namespace);
    if (isEmptySelector(pods)) return {node, workloads: [], covers: isPeer};
    const name = namespaces === undefined ? own : namespaceOf(namespaces);
    const workloads = this.#pods.select(pods, name).filter(isPeer);
    if (workloads.length > mostWorkloads) {
      const covers = (each: Workload) => isPeer(each) && selectsLabels(pods, each.labels);
      return {node: `${node} (${workloads.length} workloads)`, workloads: [], covers};
    }
    const isOneNamespace = namespaces === undefined || name !== undefined;
    const isShown = workloads.length === 0 || !isOneNamespace;
    return {...(isShown ? {node} : {}), workloads};
  }

  /** Whether a workload's namespace is known to be one that the peer means. */
  #isIn(
    own: string | undefined,
    selector: JsonMap | undefined,
    namespace: string | undefined,
  ): boolean {
    if (selector === undefined) return maySameNamespace(own, namespace);
    if (isEmptySelector(selector)) return true;
    if (namespace === undefined) return false;
    const labels = this.#namespaces.get(namespace);
    const isKnown = labels !== undefined || isOfNamesOnly(selector);
    return isKnown && selectsLabels(selector, {...labels, [namespaceNameLabel]: namespace});
  }
}

const isOfNamesOnly = ({matchLabels, matchExpressions}: JsonMap): boolean =>
  [
    ...Object.keys(asMap(matchLabels) ?? {}),
    ...asList(matchExpressions).map(item => asMap(item)?.['key']),
  ].every(key => key === namespaceNameLabel);

function rangeText({cidr, except}: JsonMap): string {
  const without = asList(except).map(textOf);
  const range = asString(cidr) ?? '';
  return without.length === 0 ? range : `${range} except ${without.join(', ')}`;
}
