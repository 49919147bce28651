import {asList, asMap, asString, valueAt} from '../../json.ts';
import {kernelProtocolOf} from '../../kubernetes/kernel-ports.ts';
import {selectsLabels} from '../../kubernetes/label-selector.ts';
import type {Resource} from '../../kubernetes/resource.ts';
import {gatewayGroup, istioGroup} from '../../kubernetes/route-kinds.ts';
import type {StreamIndex} from '../../kubernetes/stream-index.ts';
import type {Workload} from '../../kubernetes/workload.ts';
import {networkPolicyDefaults} from '../../policy/network-policy.ts';
import {ownTextsOf} from './pod-texts.ts';

/** The label that implementations of the Gateway API give the pods of a Gateway (GEP-1762). */
const gatewayName = 'gateway.networking.k8s.io/gateway-name';

/** Selectors of the pods of well-known ingress controllers and gateways. */
const wellKnown = [
  ...networkPolicyDefaults.ingressControllers,
  ...networkPolicyDefaults.gateways,
].flatMap(({pods}) => pods ?? []);

/** Finds the pods in the stream that are meant to accept external connections. */
export class FrontDoors {
  readonly #stream: StreamIndex;
  readonly #classes: readonly {readonly resource: Resource; readonly controller: string}[];
  readonly #gateways = new Map<Workload, Resource>();

  constructor(stream: StreamIndex) {
    this.#stream = stream;
    this.#classes = [
      ...classesOf(stream, 'IngressClass', 'controller'),
      ...classesOf(stream, 'GatewayClass', 'controllerName'),
    ];
    for (const gateway of stream.ofKind('Gateway')) {
      const matchLabels = asMap(valueAt(gateway.value, ['spec', 'selector'])) ?? {};
      if (gateway.group !== istioGroup || Object.keys(matchLabels).length === 0) continue;
      for (const workload of stream.pods.select({matchLabels}, undefined)) {
        if (!this.#gateways.has(workload)) this.#gateways.set(workload, gateway);
      }
    }
  }

  /** The reason for the first workload that has one; only a few are checked. */
  reasonForSome(workloads: readonly Workload[]): string | undefined {
    for (const workload of workloads.slice(0, mostAsked)) {
      const reason = this.reasonFor(workload);
      if (reason !== undefined) return reason;
    }
    return undefined;
  }

  /**
   * What shows that the pods accept external connections, as the end of a sentence, if anything
   * does.
   */
  reasonFor(workload: Workload): string | undefined {
    const {pod, labels} = workload;
    const gateway = this.#gateways.get(workload);
    if (gateway !== undefined) return `belong to the Gateway "${gateway.name}"`;
    if (labels[gatewayName] !== undefined) return 'belong to a Gateway, according to their label';
    const templates = asString(asMap(pod.metadata?.['annotations'])?.['inject.istio.io/templates']);
    if (templates?.includes('gateway') === true) return 'are an Istio gateway';
    const found = this.#classes.find(each => this.#isController(workload, each));
    if (found !== undefined) {
      return `are the controller of the ${found.resource.kind} "${found.resource.name}"`;
    }
    const {serves} = this.#stream.accountRoles.dutiesOf(workload);
    if (serves !== undefined) {
      return `serve Ingresses or Gateways: the ${serves.kind} "${serves.name}" lets them write their status`;
    }
    const tunnel = tunnelOf(workload);
    if (tunnel !== undefined) return `listen for ${tunnel}, whose clients are outside`;
    return wellKnown.some(selector => selectsLabels(selector, labels))
      ? 'are an ingress controller or a gateway, according to their labels'
      : undefined;
  }

  /** A controller reads what it serves, or has the name from its class in its arguments. */
  #isController(
    workload: Workload,
    {resource, controller}: {readonly resource: Resource; readonly controller: string},
  ): boolean {
    const {ingresses, gateways} = this.#stream.accountRoles.dutiesOf(workload);
    if ((resource.kind === 'IngressClass' ? ingresses : gateways) !== undefined) return true;
    if (controller === '') return false;
    return [...ownTextsOf(workload)].some(({text}) => text.includes(controller));
  }
}

/** The clients of a tunnel are outside. */
function tunnelOf({pod}: Workload): string | undefined {
  for (const {value} of pod.containers) {
    for (const item of asList(value['ports'])) {
      const port = asMap(item);
      if (port?.['protocol'] !== 'UDP') continue;
      const tunnel = kernelProtocolOf(port);
      if (tunnel !== undefined && tunnel !== 'NFS') return tunnel;
    }
  }
  return undefined;
}

const groups: Readonly<Record<string, string>> = {
  IngressClass: 'networking.k8s.io',
  GatewayClass: gatewayGroup,
};

const mostAsked = 20;
/** A few, which bounds the cost of a hostile stream. */
const mostClasses = 20;

const classesOf = (stream: StreamIndex, kind: string, field: string) =>
  stream
    .ofKind(kind)
    .filter(({group}) => group === groups[kind])
    .slice(0, mostClasses)
    .map(resource => ({
      resource,
      controller: asString(valueAt(resource.value, ['spec', field])) ?? '',
    }));
