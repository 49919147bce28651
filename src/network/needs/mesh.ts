import {asMap, asString, type JsonMap, valueAt} from '../../json.ts';
import type {Resource} from '../../kubernetes/resource.ts';
import type {StreamIndex} from '../../kubernetes/stream-index.ts';
import type {Workload} from '../../kubernetes/workload.ts';
import type {PolicyPort} from '../../policy/network-policy.ts';

/** Istio without and with sidecars, and Linkerd. */
export type Mesh = 'ambient' | 'sidecar' | 'linkerd';

/**
 * The ports that carry the traffic of a mesh from pod to pod, in addition to the ports of the pods.
 */
export const meshPorts: Readonly<Record<Mesh, readonly number[]>> = {
  // HBONE, which pods of an ambient mesh also use to call sidecars:
  // https://istio.io/latest/docs/ambient/usage/networkpolicy/
  ambient: [15_008],
  sidecar: [15_008],
  // The proxy, through which opaque ports are reached:
  // https://linkerd.io/2/features/protocol-detection/
  linkerd: [4143],
};

/**
 * The meshes of pods, according to labels and annotations of pods and of namespaces in the stream.
 */
export class Meshes {
  readonly #namespaces: ReadonlyMap<string, JsonMap>;

  constructor(stream: StreamIndex) {
    this.#namespaces = new Map(
      stream
        .ofKind('Namespace')
        .map(({name, value}) => [name, asMap(value['metadata']) ?? {}] as const),
    );
  }

  of(workload: Workload): readonly Mesh[] {
    if (workload.isHostNetwork) return [];
    const {metadata: own} = workload.pod;
    const around = this.#namespaces.get(workload.resource.namespace ?? '');
    const mesh: Mesh[] = [];
    if (isAmbient(own, around)) mesh.push('ambient');
    else if (hasSidecar(own, around)) mesh.push('sidecar');
    if (isOfLinkerd(own, around)) mesh.push('linkerd');
    return mesh;
  }

  /** The name and the namespace of the waypoint of a workload, if it has one. */
  waypointOf({pod, resource}: Workload): {name: string; namespace?: string} | undefined {
    const around = this.#namespaces.get(resource.namespace ?? '');
    for (const metadata of [pod.metadata, around]) {
      const name = textAt(metadata, 'labels', 'istio.io/use-waypoint');
      if (name === undefined) continue;
      if (name === 'none' || name === '') return undefined;
      const other = textAt(metadata, 'labels', 'istio.io/use-waypoint-namespace');
      const namespace = other ?? resource.namespace;
      return namespace === undefined ? {name} : {name, namespace};
    }
    return undefined;
  }
}

function isAmbient(own: JsonMap | undefined, around: JsonMap | undefined): boolean {
  const mode = 'istio.io/dataplane-mode';
  return (textAt(own, 'labels', mode) ?? textAt(around, 'labels', mode)) === 'ambient';
}

/** https://istio.io/latest/docs/setup/additional-setup/sidecar-injection/ */
function hasSidecar(own: JsonMap | undefined, around: JsonMap | undefined): boolean {
  const inject = 'sidecar.istio.io/inject';
  const said = textAt(own, 'labels', inject) ?? textAt(own, 'annotations', inject);
  if (said !== undefined) return said === 'true';
  if (textAt(own, 'labels', 'istio.io/rev') !== undefined) return true;
  const ofNamespace = textAt(around, 'labels', 'istio-injection');
  if (ofNamespace !== undefined) return ofNamespace === 'enabled';
  return textAt(around, 'labels', 'istio.io/rev') !== undefined;
}

/** https://linkerd.io/2/features/proxy-injection/ */
function isOfLinkerd(own: JsonMap | undefined, around: JsonMap | undefined): boolean {
  const inject = 'linkerd.io/inject';
  const said = textAt(own, 'annotations', inject) ?? textAt(around, 'annotations', inject);
  return said === 'enabled' || said === 'ingress';
}

const textAt = (
  metadata: JsonMap | undefined,
  field: 'labels' | 'annotations',
  key: string,
): string | undefined => asString(valueAt(metadata, [field, key]));

/**
 * The annotations that list ports of the pods that bypass the proxy, or that it does not inspect.
 */
const portAnnotations = [
  'config.linkerd.io/opaque-ports',
  'config.linkerd.io/skip-inbound-ports',
  'traffic.sidecar.istio.io/includeInboundPorts',
  'traffic.sidecar.istio.io/excludeInboundPorts',
];

/** The maximum, because each costs a rule. */
const mostPorts = 100;

/** The ports of a workload in its mesh annotations: `8080,9000-9010`. */
export function annotatedPorts({pod}: Workload): readonly PolicyPort[] {
  return portAnnotations
    .flatMap(key => (textAt(pod.metadata, 'annotations', key) ?? '').split(',', mostPorts))
    .flatMap(text => {
      const [, first, last] = /^\s*(\d{1,5})(?:-(\d{1,5}))?\s*$/.exec(text) ?? [];
      const [port, endPort] = [Number(first), Number(last ?? first)];
      if (first === undefined || port < 1 || endPort > 65_535 || endPort < port) return [];
      return [{protocol: 'TCP' as const, port, ...(endPort === port ? {} : {endPort})}];
    });
}

/** Kinds that only a mesh uses, by API group. */
const readers: Readonly<
  Record<string, {readonly mesh: string; readonly kinds: readonly string[]}>
> = {
  'networking.istio.io': {
    mesh: 'Istio',
    kinds: ['DestinationRule', 'Sidecar', 'ServiceEntry', 'WorkloadEntry'],
  },
  'security.istio.io': {
    mesh: 'Istio',
    kinds: ['PeerAuthentication', 'AuthorizationPolicy', 'RequestAuthentication'],
  },
  'linkerd.io': {mesh: 'Linkerd', kinds: ['ServiceProfile']},
  'policy.linkerd.io': {
    mesh: 'Linkerd',
    kinds: ['Server', 'AuthorizationPolicy', 'ServerAuthorization', 'MeshTLSAuthentication'],
  },
};
const annotationOf: Readonly<Record<string, RegExp>> = {
  Istio: /^(?:(?:traffic\.)?sidecar|proxy|ambient)\.istio\.io\//,
  Linkerd: /^config\.linkerd\.io\//,
};

/**
 * The first object for each mesh that shows that pods are probably in it, although none is marked
 * as such.
 */
export function likelyMeshes(stream: StreamIndex): ReadonlyMap<string, Resource> {
  const meshes = new Meshes(stream);
  const likely = new Map<string, Resource>();
  for (const [group, {mesh, kinds}] of Object.entries(readers)) {
    const found = kinds.flatMap(kind => stream.ofKind(kind)).find(each => each.group === group);
    if (found !== undefined && !likely.has(mesh)) likely.set(mesh, found);
  }
  for (const workload of stream.workloads) {
    const keys = Object.keys(asMap(workload.pod.metadata?.['annotations']) ?? {});
    for (const [mesh, pattern] of Object.entries(annotationOf)) {
      if (!likely.has(mesh) && keys.some(key => pattern.test(key))) {
        likely.set(mesh, workload.resource);
      }
    }
  }
  if (likely.size === 0) return likely;
  for (const workload of stream.workloads) {
    for (const mesh of meshes.of(workload)) likely.delete(mesh === 'linkerd' ? 'Linkerd' : 'Istio');
  }
  return likely;
}
