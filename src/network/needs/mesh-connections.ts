import type {Workload} from '../../kubernetes/workload.ts';
import type {OutsidePeer, PolicyPort} from '../../policy/network-policy.ts';
import type {Connection, Outside} from './connection.ts';
import type {Mesh, Meshes} from './mesh.ts';
import {outside, rangesAsPeers} from './outside.ts';

/** The source addresses of kubelet probes in an ambient mesh, for both address families. */
const probes: Outside = {
  name: 'kubelet probes through Istio',
  peers: rangesAsPeers(['169.254.7.127/32', 'fd16:9254:7127:1337:ffff:ffff:ffff:ffff/128']),
};

const tcp = (...ports: readonly number[]): readonly PolicyPort[] =>
  ports.map(port => ({protocol: 'TCP', port}));

/** The connections of proxies to the control plane, for configuration and certificates. */
const controlPlane: Readonly<
  Record<Mesh, {readonly to: Outside; readonly ports: readonly PolicyPort[]} | undefined>
> = {
  ambient: undefined,
  sidecar: {
    to: outside([{namespaces: {}, pods: {matchLabels: {app: 'istiod'}}}], 'Istio’s control plane'),
    ports: tcp(15_010, 15_012),
  },
  linkerd: {
    to: outside(
      [
        {
          namespaces: {},
          pods: {
            matchExpressions: [
              {
                key: 'linkerd.io/control-plane-component',
                operator: 'In',
                values: ['identity', 'destination'],
              },
            ],
          },
        },
      ],
      'Linkerd’s control plane',
    ),
    ports: tcp(8080, 8086, 8090, 4143),
  },
};

/** The metrics ports of proxies, including merged metrics of the pod. */
const statistics: Readonly<Record<Mesh, readonly PolicyPort[]>> = {
  ambient: [],
  sidecar: tcp(15_020, 15_090),
  linkerd: tcp(4191),
};

const linkerdViz = outside([{namespaces: ['linkerd-viz']}], 'Linkerd’s dashboard');

/** The additional connections of pods in a mesh. */
export function* withinMeshes(
  workloads: readonly Workload[],
  meshes: Meshes,
  monitoring: readonly OutsidePeer[],
): Iterable<Connection> {
  const scraper = outside(monitoring, 'monitoring');
  for (const workload of workloads) {
    const {resource, pod} = workload;
    const why = {reason: 'is part of a mesh', resource, path: pod.metadataPath};
    for (const mesh of meshes.of(workload)) {
      const inward = {origin: 'mesh', to: workload, why} as const;
      if (mesh === 'ambient') {
        yield {...inward, from: probes, ports: []};
        yield* byWaypoint(workload, meshes);
      }
      if (mesh === 'linkerd') yield {...inward, from: linkerdViz, ports: tcp(4190, 4191)};
      const ports = statistics[mesh];
      if (ports.length > 0) yield {...inward, origin: 'monitoring', from: scraper, ports};
      const plane = controlPlane[mesh];
      if (plane !== undefined) yield {origin: 'mesh', from: workload, ...plane, why};
    }
  }
}

/** https://istio.io/latest/docs/ambient/usage/waypoint/ */
function* byWaypoint(workload: Workload, meshes: Meshes): Iterable<Connection> {
  const waypoint = meshes.waypointOf(workload);
  if (waypoint === undefined) return;
  const {name, namespace} = waypoint;
  const pods = {matchLabels: {'gateway.networking.k8s.io/gateway-name': name}};
  const peer = outside([{pods, ...(namespace === undefined ? {} : {namespaces: [namespace]})}]);
  const {resource, pod} = workload;
  const why = {reason: `uses the waypoint "${name}"`, resource, path: pod.metadataPath};
  const ports = tcp(15_008);
  yield {origin: 'mesh', from: peer, to: workload, ports, why};
  yield {origin: 'mesh', from: workload, to: peer, ports, why};
}
