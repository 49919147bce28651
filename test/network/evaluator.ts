/**
 * What NetworkPolicies admit, implemented from "Network Policies" in the Kubernetes documentation
 * and the API reference of networking.k8s.io/v1. It shares nothing with the code under test: it has
 * its own parsing, selection and comparison, and evaluates each pair of ends separately.
 */
import {parseAllDocuments} from 'yaml';

interface Pod {
  readonly namespace: string;
  readonly name: string;
  readonly labels: Labels;
  readonly ports: readonly {name?: string; containerPort: number; protocol?: string}[];
  readonly hostNetwork: boolean;
  readonly ip?: string;
}
type Labels = Readonly<Record<string, string>>;
/** A pod, or an address outside of the cluster. */
export type End = Pod | string;

interface Expression {
  readonly key: string;
  readonly operator: string;
  readonly values?: readonly string[];
}
interface Selector {
  readonly matchLabels?: Labels;
  readonly matchExpressions?: readonly Expression[];
}
interface RulePeer {
  readonly podSelector?: Selector;
  readonly namespaceSelector?: Selector;
  readonly ipBlock?: {readonly cidr: string; readonly except?: readonly string[]};
}
interface RulePort {
  readonly protocol?: string;
  readonly port?: number | string;
  readonly endPort?: number;
}
interface Rule {
  readonly from?: readonly RulePeer[];
  readonly to?: readonly RulePeer[];
  readonly ports?: readonly RulePort[];
}
interface PolicySpec {
  readonly podSelector?: Selector;
  readonly policyTypes?: readonly string[];
  readonly ingress?: readonly Rule[];
  readonly egress?: readonly Rule[];
}

interface PlacedPolicy {
  readonly namespace: string;
  readonly spec: PolicySpec;
}

/** A cluster in which the objects of some manifests have been created. */
export class Cluster {
  readonly pods: Pod[] = [];
  readonly #namespaces = new Map<string, Labels>();
  readonly #policies: PlacedPolicy[] = [];
  readonly #governing = {
    Ingress: new Map<Pod, readonly PlacedPolicy[]>(),
    Egress: new Map<Pod, readonly PlacedPolicy[]>(),
  };

  /** `namespace` is the default namespace of objects. */
  constructor(manifests: string, namespace: string) {
    for (const document of parseAllDocuments(manifests, {version: '1.1', uniqueKeys: false})) {
      const object = document.toJS();
      if (object?.kind !== undefined) this.#create(object, namespace);
    }
  }

  // biome-ignore lint/suspicious/noExplicitAny: manifests of every kind, as they are.
  #create(object: any, defaultNamespace: string): void {
    const {kind, metadata} = object;
    const namespace: string = metadata?.namespace ?? defaultNamespace;
    if (kind === 'Namespace') {
      this.#namespaces.set(metadata.name, {
        ...metadata.labels,
        'kubernetes.io/metadata.name': metadata.name,
      });
      return;
    }
    if (kind === 'NetworkPolicy') {
      this.#policies.push({namespace, spec: object.spec});
      return;
    }
    const template =
      kind === 'Pod'
        ? object
        : (object.spec?.jobTemplate?.spec?.template ?? object.spec?.template ?? undefined);
    if (!Array.isArray(template?.spec?.containers)) return;
    const labels = {...template.metadata?.labels};
    if (kind === 'Job') labels['batch.kubernetes.io/job-name'] = metadata.name;
    const sidecars = (template.spec.initContainers ?? []).filter(
      (container: {restartPolicy?: string}) => container.restartPolicy === 'Always',
    );
    this.pods.push({
      namespace,
      name: metadata.name,
      labels,
      // biome-ignore lint/suspicious/noExplicitAny: containers, as they are.
      ports: [...template.spec.containers, ...sidecars].flatMap((each: any) => each.ports ?? []),
      hostNetwork: template.spec.hostNetwork === true,
      ...(object.status?.podIP === undefined ? {} : {ip: object.status.podIP}),
    });
  }

  /** The first pod with that name. @throws {Error} if there is none */
  pod(name: string): Pod {
    const found = this.pods.find(pod => pod.name === name);
    if (found === undefined) throw new Error(`no pod is called "${name}"`);
    return found;
  }

  /** Whether both ends admit a connection: the client's egress, and the server's ingress. */
  admits(from: End, to: End, port: number, protocol = 'TCP'): boolean {
    return (
      this.#admitsOn('Egress', from, to, to, port, protocol) &&
      this.#admitsOn('Ingress', to, from, to, port, protocol)
    );
  }

  #admitsOn(
    type: 'Ingress' | 'Egress',
    own: End,
    other: End,
    server: End,
    port: number,
    protocol: string,
  ): boolean {
    if (typeof own === 'string' || own.hostNetwork) return true;
    const policies = this.#policiesOf(type, own);
    if (policies.length === 0) return true;
    return policies.some(({namespace, spec}) =>
      (type === 'Ingress' ? spec.ingress : spec.egress)?.some(rule => {
        const peers = type === 'Ingress' ? rule.from : rule.to;
        return (
          (isNone(peers) || peers.some(peer => this.#isPeer(peer, namespace, other))) &&
          (isNone(rule.ports) || rule.ports.some(each => isPort(each, server, port, protocol)))
        );
      }),
    );
  }

  #policiesOf(type: 'Ingress' | 'Egress', pod: Pod): readonly PlacedPolicy[] {
    const known = this.#governing[type].get(pod);
    if (known !== undefined) return known;
    const found = this.#policies.filter(
      ({namespace, spec}) =>
        namespace === pod.namespace &&
        governs(spec, type) &&
        isSelected(spec.podSelector ?? {}, pod.labels),
    );
    this.#governing[type].set(pod, found);
    return found;
  }

  #isPeer(peer: RulePeer, policyNamespace: string, other: End): boolean {
    if (peer.ipBlock !== undefined) {
      const address = typeof other === 'string' ? other : other.ip;
      const {cidr, except = []} = peer.ipBlock;
      return (
        address !== undefined && isIn(address, cidr) && !except.some(range => isIn(address, range))
      );
    }
    if (typeof other === 'string' || other.hostNetwork) return false;
    const isNamespace =
      peer.namespaceSelector === undefined
        ? other.namespace === policyNamespace
        : isSelected(peer.namespaceSelector, this.#labelsOf(other.namespace));
    return isNamespace && isSelected(peer.podSelector ?? {}, other.labels);
  }

  #labelsOf(namespace: string): Labels {
    return this.#namespaces.get(namespace) ?? {'kubernetes.io/metadata.name': namespace};
  }
}

const isNone = (list: readonly unknown[] | undefined): list is undefined =>
  list === undefined || list === null || list.length === 0;

/** Without `policyTypes`: ingress always, and egress where there are egress rules. */
function governs(spec: PolicySpec, type: 'Ingress' | 'Egress'): boolean {
  const types = spec.policyTypes ?? ['Ingress', ...(isNone(spec.egress) ? [] : ['Egress'])];
  return types.includes(type);
}

function isSelected({matchLabels, matchExpressions}: Selector, labels: Labels): boolean {
  for (const [key, value] of Object.entries(matchLabels ?? {})) {
    if (labels[key] !== value) return false;
  }
  for (const {key, operator, values = []} of matchExpressions ?? []) {
    const has = key in labels;
    const isListed = has && values.includes(labels[key] as string);
    if (operator === 'In' && !isListed) return false;
    if (operator === 'NotIn' && isListed) return false;
    if (operator === 'Exists' && !has) return false;
    if (operator === 'DoesNotExist' && has) return false;
  }
  return true;
}

function isPort(rule: RulePort, server: End, port: number, protocol: string): boolean {
  if ((rule.protocol ?? 'TCP') !== protocol) return false;
  if (rule.port === undefined) return true;
  if (typeof rule.port === 'number')
    return port >= rule.port && port <= (rule.endPort ?? rule.port);
  if (typeof server === 'string') return false;
  return server.ports.some(
    each =>
      each.name === rule.port &&
      each.containerPort === port &&
      (each.protocol ?? 'TCP') === protocol,
  );
}

function isIn(address: string, cidr: string): boolean {
  const [base = '', length = ''] = cidr.split('/');
  const isV6 = base.includes(':');
  if (isV6 !== address.includes(':')) return false;
  const shift = BigInt((isV6 ? 128 : 32) - Number(length));
  return toBits(address) >> shift === toBits(base) >> shift;
}

function toBits(address: string): bigint {
  if (!address.includes(':')) {
    return address.split('.').reduce((bits, part) => (bits << 8n) | BigInt(part), 0n);
  }
  const [head = '', tail] = address.split('::');
  const groups = (text: string) => (text === '' ? [] : text.split(':'));
  const left = groups(head);
  const right = groups(tail ?? '');
  const zeros = tail === undefined ? 0 : 8 - left.length - right.length;
  return [...left, ...Array.from({length: zeros}, () => '0'), ...right].reduce(
    (bits, part) => (bits << 16n) | BigInt(`0x${part}`),
    0n,
  );
}
