import type {JsonMap} from '../json.ts';
import type {Resource} from '../kubernetes/resource.ts';
import type {StreamIndex} from '../kubernetes/stream-index.ts';
import type {MeantClients} from '../network/needs/meant-clients.ts';
import {likelyMeshes} from '../network/needs/mesh.ts';
import {portText} from '../network/needs/port-text.ts';
import type {Isolation} from '../network/policies/plan.ts';
import type {NetworkPolicySettings} from '../policy/network-policy.ts';
import {someOf} from '../text/some-of.ts';
import type {Addition, StreamViolation} from './rule.ts';

/** On an added policy: the ports that are open to every private address. */
const privateRangesAnnotation = 'kube-harden.io/open-to-private-ranges';
/** The ports that are open to clients outside the cluster. */
const outsideAnnotation = 'kube-harden.io/open-to-outside';
/** The ports that are open to the workloads of the release, because nothing names their Service. */
const releaseAnnotation = 'kube-harden.io/open-to-release';
/** The Services whose external clients are cut off. */
const cutsOffAnnotation = 'kube-harden.io/cuts-off';
/** On such a Service: the policy that cuts off its clients. */
const cutOffAnnotation = 'kube-harden.io/cut-off-by';

/** The annotations of an added policy: Helm drops messages, but keeps annotations. */
export function annotationsOn(
  plan: Isolation,
  {ingress, unnamed: choice}: NetworkPolicySettings,
): JsonMap {
  const {guessed, byNodes, hostPorts, meant, undeclared, unnamed} = plan;
  const isOpen = ingress === 'least' && choice === 'release';
  const toRelease = isOpen
    ? unnamed.flatMap(({ports}) => ports.map(port => portText({...port})))
    : [];
  const outside = [...hostPorts, ...meant.flatMap(({ports}) => ports)];
  const cut = undeclared.slice(0, mostNamed).map(({kind, name}) => `${kind}/${name}`);
  return Object.fromEntries(
    [
      [privateRangesAnnotation, [...guessed, ...byNodes]] as const,
      [outsideAnnotation, outside] as const,
      [cutsOffAnnotation, cut] as const,
      [releaseAnnotation, toRelease] as const,
    ]
      .filter(([, texts]) => texts.length > 0)
      .map(([key, texts]) => [key, [...new Set(texts)].join(',')]),
  );
}

const mostNamed = 20;

/** What the policy of a workload opens or closes that its user may not expect. */
export function* notesOn(plan: Isolation): Iterable<string> {
  const {guessed, byNodes, imagePorts, hostPorts, beyond, unopened, unread, deadEnds} = plan;
  if (guessed.length > 0) yield guess(guessed.join(','));
  if (byNodes.length > 0) yield onNodes(byNodes.join(','));
  if (imagePorts.length > 0) yield ofImages(imagePorts.join(','));
  if (hostPorts.length > 0) yield throughNode(hostPorts.join(','));
  if (beyond.length > 0) yield notPrivate(someOf(beyond));
  if (unread.length > 0) yield noRange(someOf(unread, range => `"${range}"`));
  if (unopened.length > 0) yield unnamed(someOf(unopened));
  if (deadEnds.length > 0) yield nowhere(someOf(deadEnds));
  if (plan.isBroad) yield broad;
  if (plan.isHookAmongOthers) yield amongOthers;
}

/** Clients outside the cluster, by the object through which they reach one or more workloads. */
export class OutsideClients {
  readonly #meant = new Map<Resource, ToldClients & {readonly clients: MeantClients}>();
  readonly #cut = new Map<Resource, ToldClients & {readonly policy: string}>();

  /** Adds those of one workload, whose added policy is `about`. */
  add({meant, undeclared, workload}: Isolation, policy: string, about: Addition): void {
    const {name} = workload.resource;
    for (const {clients, ports} of meant) {
      for (const each of clients) {
        if (!this.#meant.has(each.by))
          this.#meant.set(each.by, {name, ports, about, clients: each});
      }
    }
    for (const service of undeclared) {
      if (!this.#cut.has(service)) this.#cut.set(service, {name, ports: [], about, policy});
    }
  }

  /** The notes about them, one for each object. */
  *notes(): Iterable<StreamViolation> {
    for (const [resource, {name, ports, about, clients}] of this.#meant) {
      const {path, evidence} = clients;
      const message = meantToCome(resource, name, ports.join(','));
      const decision = {state: 'waits', evidence, exposes: resource} as const;
      yield {resource, path, message, isNote: true, about, decision};
    }
    for (const [resource, {name, about, policy}] of this.#cut) {
      const message = cutOff(name);
      const marks = {[cutOffAnnotation]: policy};
      const decision = {state: 'cut', evidence: [], exposes: resource} as const;
      yield {resource, path: ['spec', 'type'], message, isNote: true, about, marks, decision};
    }
  }
}

/** The notes about meshes that the pods may be in, although nothing says so. */
export function* meshNotes(stream: StreamIndex): Iterable<StreamViolation> {
  for (const [mesh, resource] of likelyMeshes(stream)) {
    yield {resource, path: ['kind'], message: likelyIn(mesh), isNote: true};
  }
}

const likelyIn = (mesh: string): string =>
  `the pods probably run in the ${mesh} mesh, but no label or annotation on them or their namespace says so: ${inMesh[mesh] ?? ''}; add it to the pods, or declare this under \`networkPolicy.connections\``;
const inMesh: Readonly<Record<string, string>> = {
  Istio:
    'an ambient mesh uses port 15008 and sends probes from 169.254.7.127, which the policies admit only with `istio.io/dataplane-mode: ambient`',
  Linkerd:
    'opaque ports are reached through port 4143, which the policies open only with `linkerd.io/inject: enabled`',
};

interface ToldClients {
  /** The first of the workloads that they reach. */
  readonly name: string;
  readonly ports: readonly string[];
  readonly about: Addition;
}

const meantToCome = ({kind}: Resource, workload: string, ports: string): string =>
  `the ${kind} opens the pods of "${workload}" to clients outside the cluster, apparently on purpose: their policy admits these clients on ${ports} until you decide; to keep that, declare the ${kind} under \`exposed\``;
/** Nothing shows that the clients of such a Service are intended, so the user must say so. */
const cutOff = (workload: string): string =>
  `the Service opens the pods of "${workload}" to clients outside the cluster, but their policy admits no external address, so these clients are cut off: if they are intended, declare the Service under \`exposed\``;

const guess = (ports: string): string =>
  `the API server calls the pods on ${ports}, and its address is unknown: their policy admits every private address on these ports; \`networkPolicy.apiServer\` narrows that, and \`apiServer: []\` closes it`;
const onNodes = (ports: string): string =>
  `pods on the host network call the pods on ${ports}, and the addresses of the nodes are unknown: their policy admits every private address on these ports; \`networkPolicy.nodes\` narrows that, and \`nodes: []\` closes it`;
const ofImages = (ports: string): string =>
  `no container of the pods declares a port, but their images declare ${ports}, says the lock file of images: their policy admits on these ports whom it would admit on declared ones`;
const throughNode = (ports: string): string =>
  `the pods keep their host ports, which are open to whoever can reach the node: their policy admits everyone on ${ports}`;
const notPrivate = (who: string): string =>
  `the policy file lists addresses that are not private, and the NetworkPolicy of the pods admits them: ${who}`;
const noRange = (ranges: string): string =>
  `\`loadBalancerSourceRanges\` of an exposed Service contains invalid address ranges (${ranges}): the policy of the pods opens nothing for them`;
const unnamed = (names: string): string =>
  `the pods are configured with Services that lead to ${names}, which their policy does not open: declare it under \`networkPolicy.connections\` if they need it`;
const nowhere = (ends: string): string =>
  `Services lead to ${ends}, for which no container declares a port: the policy of the pods opens nothing for it; declare \`containerPort\`, or the connection under \`networkPolicy.connections\``;
const amongOthers =
  'the pods are those of a hook, and have the labels of others: no policy can tell them apart, so each is admitted to what the others need; give the hook a label of its own';
const broad =
  'the release has more workloads than one policy can list, and no label in common: `release` admits every pod in their namespaces; set the label `app.kubernetes.io/instance` on all of them to narrow that';
