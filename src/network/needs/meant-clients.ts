import {asMap, asString, type JsonMap, type Path, textOf, valueAt} from '../../json.ts';
import {privateRanges} from '../../kubernetes/private-ranges.ts';
import type {Resource} from '../../kubernetes/resource.ts';
import type {Service} from '../../kubernetes/service.ts';
import type {Backend} from './backend.ts';
import type {Outside} from './connection.ts';
import {clientsOf, namesClients} from './load-balancer-clients.ts';
import {rangesAsPeers} from './outside.ts';

/** External clients, and what shows that they are intended. */
export interface MeantClients {
  /** The object through which they come: the policy can declare it under `exposed`. */
  readonly by: Resource;
  readonly path: Path;
  readonly from: Outside;
  /** Sentences. */
  readonly evidence: readonly string[];
}

/** Whether a Service opens a node port or a load balancer. */
export const isOpenOutside = ({type}: Service): boolean =>
  type === 'LoadBalancer' || type === 'NodePort';

/** Prefixes of Service annotations for clouds and self-hosted load balancers. */
export const balancerAnnotation =
  /^(?:service\.beta\.kubernetes\.io|cloud\.google\.com|networking\.gke\.io|metallb\.(?:universe\.tf|io)|lbipam\.cilium\.io|io\.cilium\/lb-|kube-vip\.io|load-balancer\.hetzner\.cloud|loadbalancer\.openstack\.org|oci(?:-network-load-balancer)?\.oraclecloud\.com|service\.kubernetes\.io\/(?:ibm|qcloud)|external-dns\.alpha\.kubernetes\.io\/hostname)/;
/** Annotations that make the load balancer internal. */
const internalAnnotation = /internal|private|load-balancer-type|scheme/i;
const internalValue = /^(?:true|internal|private|intranet)$/i;

/** The networks of the load balancers. */
const privateClients: Outside = {
  name: 'private addresses',
  peers: rangesAsPeers(privateRanges),
};

/**
 * The clients of a Service of type LoadBalancer or NodePort, if it or the pods behind it show that
 * they are intended. `door` is the end of a sentence about the pods. Undefined if only the type is
 * set.
 */
export function clientsMeantBy(
  service: Service,
  door: string | undefined,
): MeantClients | undefined {
  const {resource} = service;
  const behind =
    door === undefined ? [] : [`the pods behind the Service "${resource.name}" ${door}`];
  const evidence = [...ownEvidence(service), ...behind];
  if (evidence.length === 0) return undefined;
  const from = isInternal(resource) && !namesClients(service) ? privateClients : clientsOf(service);
  return {by: resource, path: ['spec', 'type'], from, evidence};
}

function ownEvidence(service: Service): readonly string[] {
  const {resource, type} = service;
  const title = `the Service "${resource.name}"`;
  const spec = asMap(resource.value['spec']) ?? {};
  const sentences: string[] = [];
  if (spec['externalTrafficPolicy'] === 'Local') {
    sentences.push(`${title} has \`externalTrafficPolicy: Local\``);
  }
  if (type !== 'LoadBalancer') return sentences;
  if (namesClients(service)) sentences.push(`${title} restricts its clients`);
  for (const field of ['loadBalancerIP', 'loadBalancerClass']) {
    const text = asString(spec[field]) ?? '';
    if (text !== '') sentences.push(`${title} has \`${field}: ${text}\``);
  }
  const [key] = Object.keys(annotationsOf(resource)).filter(each => balancerAnnotation.test(each));
  if (key !== undefined) sentences.push(`${title} has the annotation \`${key}\``);
  return sentences;
}

const isInternal = (resource: Resource): boolean =>
  Object.entries(annotationsOf(resource)).some(
    ([key, value]) =>
      balancerAnnotation.test(key) &&
      internalAnnotation.test(key) &&
      internalValue.test(textOf(value)),
  );

const annotationsOf = ({value}: Resource): JsonMap =>
  asMap(valueAt(value, ['metadata', 'annotations'])) ?? {};

const targetType = 'alb.ingress.kubernetes.io/target-type';
const ingressClass = 'kubernetes.io/ingress.class';
const negAnnotation = 'cloud.google.com/neg';
/**
 * The source addresses of Google's load balancers: "Firewall rules" of its container-native load
 * balancing.
 */
const googleRanges = ['130.211.0.0/22', '35.191.0.0/16'];

/**
 * The clients of an Ingress whose load balancer connects to the pods directly, from the network of
 * the cloud.
 */
export function balancerOf({resource}: Backend, service: Service): MeantClients | undefined {
  const annotations = annotationsOf(resource);
  const isTarget = annotations[targetType] === 'ip' || resource.kind === 'TargetGroupBinding';
  const isAlb =
    valueAt(resource.value, ['spec', 'ingressClassName']) === 'alb' ||
    annotations[ingressClass] === 'alb';
  const hasGroup = asString(annotationsOf(service.resource)[negAnnotation])?.includes('ingress');
  if (!isTarget && !isAlb && hasGroup !== true) return undefined;
  const ranges = hasGroup === true ? [...privateRanges, ...googleRanges] : privateRanges;
  const evidence = `the load balancer of the ${resource.kind} "${resource.name}" connects to the pods directly`;
  const from = {name: 'cloud load balancers', peers: rangesAsPeers(ranges)};
  return {by: resource, path: ['kind'], from, evidence: [evidence]};
}
