import type {JsonMap} from '../json.ts';
import {privateRanges} from '../kubernetes/private-ranges.ts';
import type {Selector} from './selector.ts';

/** Who may connect, from nothing to every workload: each level opens less than the next. */
export const rungs = ['deny', 'least', 'release', 'workloads'] as const;
export type Rung = (typeof rungs)[number];

/** What happens to a Service that nothing in the stream names, if only needed connections are open. */
export const unnamedChoices = ['deny', 'release'] as const;

/** The `networkPolicy` of a policy, with the defaults filled in. */
export interface NetworkPolicySettings {
  /** The level for connections to the pods. */
  readonly ingress: Rung;
  /** The level for connections from the pods; `open` means no policy. */
  readonly egress: Rung | 'open';
  /**
   * At the level `least`, who may connect to a Service that nothing in the stream names: nobody, or
   * the workloads of the release.
   */
  readonly unnamed: (typeof unnamedChoices)[number];
  /** Whether each namespace of the release gets a policy that isolates all pods in it. */
  readonly namespaceDeny: boolean;
  readonly connections: readonly DeclaredConnection[];
  /** The pods that forward traffic for Ingresses. */
  readonly ingressControllers: readonly OutsidePeer[];
  /** The pods that forward traffic for routes of the Gateway API or OpenShift. */
  readonly gateways: readonly OutsidePeer[];
  /** The pods that forward requests to Knative Services, and scale them. */
  readonly knative: readonly OutsidePeer[];
  /** The pods that scrape ServiceMonitors and PodMonitors. */
  readonly monitoring: readonly OutsidePeer[];
  /** The pods that answer DNS queries, and their ports. */
  readonly dns: readonly DnsPeer[];
  /**
   * The addresses of nodes, from which pods on the host network call others: no selector matches
   * them.
   */
  readonly nodes: readonly OutsidePeer[];
  /** The addresses of the API server, which calls webhooks and is called by pods with bindings. */
  readonly apiServer: readonly OutsidePeer[];
}

/** A peer that is not a workload of the stream: pods by labels and namespaces, or addresses. */
export interface OutsidePeer {
  /** A LabelSelector; without it, all pods of the namespaces. */
  readonly pods?: JsonMap;
  /** Names, or a LabelSelector; without it, the namespace of the workload. */
  readonly namespaces?: JsonMap | readonly string[];
  readonly cidrs?: readonly string[];
  /** Ranges to leave out of the only range in `cidrs`. */
  readonly except?: readonly string[];
}

/** Pods or addresses that resolve names; by default on port 53 and where such pods listen. */
export interface DnsPeer extends OutsidePeer {
  readonly ports?: readonly PolicyPort[];
}

/** One end of a declared connection: objects of the stream by kind and name, or an outside peer. */
export type DeclaredPeer = {readonly workload: Selector} | OutsidePeer;

/** A connection that the stream does not show. */
export interface DeclaredConnection {
  readonly from: DeclaredPeer;
  readonly to: DeclaredPeer;
  /** An empty list stands for every port. */
  readonly ports: readonly PolicyPort[];
  /** Why it is needed; shown in lists of connections. */
  readonly reason: string;
}

/** A port of a NetworkPolicy: a number, a range, or the name of a container port. */
export interface PolicyPort {
  readonly protocol: 'TCP' | 'UDP' | 'SCTP';
  readonly port: number | string;
  readonly endPort?: number;
}

const byName = (...names: readonly string[]): readonly OutsidePeer[] => [
  {
    namespaces: {},
    pods: {
      matchExpressions: [{key: 'app.kubernetes.io/name', operator: 'In', values: names}],
    },
  },
];

/** The label that the Gateway API requires on the pods of a Gateway (GEP-1762). */
const gatewayNameLabel = 'gateway.networking.k8s.io/gateway-name';

/**
 * The names are the `app.kubernetes.io/name` in the charts of the projects. OpenShift's router is
 * identified by its namespace, as in OpenShift's documentation of network policies. kubeadm and the
 * clouds label cluster DNS `k8s-app: kube-dns`, including CoreDNS.
 *
 * No manifest contains the address of the API server. Pods see a private address, unless it is
 * served over the internet. If it has no route to the pods, agents in the cluster
 * (https://kubernetes.io/docs/tasks/extend-kubernetes/setup-konnectivity/) call them for it.
 */
export const networkPolicyDefaults: NetworkPolicySettings = {
  ingress: 'workloads',
  egress: 'open',
  unnamed: 'release',
  namespaceDeny: false,
  connections: [],
  ingressControllers: byName(
    'ingress-nginx',
    'nginx-ingress',
    'traefik',
    'haproxy-ingress',
    'kubernetes-ingress',
    'contour',
    'envoy',
    'kong',
  ),
  gateways: [
    ...byName('envoy', 'traefik', 'contour', 'kong', 'nginx-gateway-fabric', 'gateway-helm'),
    {
      namespaces: {},
      pods: {matchExpressions: [{key: gatewayNameLabel, operator: 'Exists'}]},
    },
    {namespaces: {}, pods: {matchLabels: {istio: 'ingressgateway'}}},
    {namespaces: {matchLabels: {'policy-group.network.openshift.io/ingress': ''}}},
  ],
  knative: [
    {namespaces: ['knative-serving', 'kourier-system', 'istio-system', 'contour-external']},
  ],
  monitoring: byName(
    'prometheus',
    'prometheus-agent',
    'vmagent',
    'alloy',
    'opentelemetry-collector',
  ),
  dns: [
    {
      namespaces: ['kube-system'],
      pods: {matchLabels: {'k8s-app': 'kube-dns'}},
    },
  ],
  nodes: [{cidrs: privateRanges}],
  apiServer: [
    {cidrs: privateRanges},
    {namespaces: ['kube-system'], pods: {matchLabels: {'k8s-app': 'konnectivity-agent'}}},
  ],
};

/** Whether the policy file does not set the API server's address: its peers are then a guess. */
export const isApiServerUnknown = ({apiServer}: NetworkPolicySettings): boolean =>
  apiServer === networkPolicyDefaults.apiServer;

/** Whether the policy file does not set the addresses of the nodes. */
export const areNodesUnknown = ({nodes}: NetworkPolicySettings): boolean =>
  nodes === networkPolicyDefaults.nodes;
