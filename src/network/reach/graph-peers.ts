import {asList, asMap, asString, type JsonMap, textOf} from '../../json.ts';
import {selectsLabels} from '../../kubernetes/label-selector.ts';
import {maySameNamespace} from '../../kubernetes/name-index.ts';
import type {PodSelection, StreamIndex} from '../../kubernetes/stream-index.ts';
import type {Workload} from '../../kubernetes/workload.ts';
import {namespaceNameLabel} from '../needs/outside.ts';
import {everywhere, isEmptySelector, namespaceOf, podsText} from './graph-nodes.ts';

/** The pods and addresses that a peer of a policy rule matches. */
export interface SeenPeer {
  /** The node for all of it; absent if its workloads are shown instead. */
  readonly node?: string;
  /** The workloads of the stream with their own node. */
  readonly workloads: readonly Workload[];
  /** Whether it certainly matches the pods of a workload; absent if it matches only `workloads`. */
  readonly covers?: (workload: Workload) => boolean;
}

/** A peer that selects more workloads than this is shown as one node, with their number. */
const mostWorkloads = 30;

export const anyone: SeenPeer = {node: everywhere, workloads: [], covers: () => true};

/** Resolves the peers of NetworkPolicies in one stream. */
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

  /**
   * Each peer is resolved once, because many policies share peers. `own` is the namespace of the
   * policy.
   */
  see(own: string | undefined, peer: JsonMap): SeenPeer {
    const key = JSON.stringify([own ?? '', peer]);
    const known = this.#peers.get(key) ?? this.#seen(own, peer);
    this.#peers.set(key, known);
    return known;
  }

  /** Peers with a readable name. */
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

  /** Whether the peer certainly matches the namespace of a workload. */
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
