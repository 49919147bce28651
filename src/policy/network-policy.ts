import type {JsonMap} from '../json.ts';
import {privateRanges} from '../kubernetes/private-ranges.ts';
import type {Selector} from './selector.ts';

/** Who may connect, from nothing to every workload: each rung opens less than the next. */
export const rungs = ['deny', 'least', 'release', 'workloads'] as const;
export type Rung = (typeof rungs)[number];

/** The `networkPolicy` of a policy, with the defaults filled in. */
export interface NetworkPolicySettings {
  /** What may connect to the pods. */
  readonly ingress: Rung;
  /** What the pods may connect to; `open` leaves it ungoverned. */
  readonly egress: Rung | 'open';
  /** Whether each namespace of the release gets a policy that isolates whatever runs in it. */
  readonly namespaceDeny: boolean;
  readonly connections: readonly DeclaredConnection[];
  /** Who passes on what an Ingress names. */
  readonly ingressControllers: readonly OutsidePeer[];
  /** Who passes on what a route of the Gateway API or of OpenShift names. */
  readonly gateways: readonly OutsidePeer[];
  /** Who passes on requests to Knative's Services, and scales them. */
  readonly knative: readonly OutsidePeer[];
  /** Who scrapes what a ServiceMonitor or PodMonitor names. */
  readonly monitoring: readonly OutsidePeer[];
  /** Who answers DNS queries, and on which ports. */
  readonly dns: readonly DnsPeer[];
  /** Where the nodes are, in whose network pods call others from addresses that no selector finds. */
  readonly nodes: readonly OutsidePeer[];
  /** Where the API server is, which calls webhooks and is called by pods with bindings. */
  readonly apiServer: readonly OutsidePeer[];
}

/** What is no workload of the stream: pods by their labels and namespaces, or addresses. */
export interface OutsidePeer {
  /** A LabelSelector; without it, all pods of the namespaces. */
  readonly pods?: JsonMap;
  /** Names, or a LabelSelector; without it, the namespace of the workload itself. */
  readonly namespaces?: JsonMap | readonly string[];
  readonly cidrs?: readonly string[];
  /** Ranges of the only one of `cidrs` that are left out. */
  readonly except?: readonly string[];
}

/** Pods or addresses that resolve names; on 53, and where such pods listen, unless it says otherwise. */
export interface DnsPeer extends OutsidePeer {
  readonly ports?: readonly PolicyPort[];
}

/** One end of a declared connection: objects of the stream by kind and name, or an outside peer. */
export type DeclaredPeer = {readonly workload: Selector} | OutsidePeer;

/** A connection that the stream does not show. */
export interface DeclaredConnection {
  readonly from: DeclaredPeer;
  readonly to: DeclaredPeer;
  /** None stands for every port. */
  readonly ports: readonly PolicyPort[];
  /** Why it is needed; shown where the connections are listed. */
  readonly reason: string;
}

/** A port of a NetworkPolicy: a number, a range of numbers, or the name that a pod gives one. */
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

/** What the Gateway API has implementations give the pods of a Gateway (GEP-1762). */
const gatewayNameLabel = 'gateway.networking.k8s.io/gateway-name';

/**
 * The names are the `app.kubernetes.io/name` that the projects' own charts give their pods;
 * OpenShift's router is known by its namespace, as OpenShift's documentation of network policies has
 * it. `k8s-app: kube-dns` is what kubeadm and the clouds give the cluster's DNS, CoreDNS included.
 *
 * No manifest tells where the API server is. Pods see a private address of it wherever it is not
 * served over the internet; where it has no way to the pods, agents of the cluster
 * (https://kubernetes.io/docs/tasks/extend-kubernetes/setup-konnectivity/) call them in its name.
 */
export const networkPolicyDefaults: NetworkPolicySettings = {
  ingress: 'workloads',
  egress: 'open',
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

/** Whether nobody has said where the API server is: its peers are then a guess. */
export const isApiServerUnknown = ({apiServer}: NetworkPolicySettings): boolean =>
  apiServer === networkPolicyDefaults.apiServer;

/** Whether nobody has said where the nodes are. */
export const areNodesUnknown = ({nodes}: NetworkPolicySettings): boolean =>
  nodes === networkPolicyDefaults.nodes;
