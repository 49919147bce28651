import type {Resource} from '../kubernetes/resource.ts';
import type {Workload} from '../kubernetes/workload.ts';
import {isAddress} from '../network/needs/outside-hosts.ts';
import type {OutsideName} from '../network/needs/outside-names.ts';
import {portText} from '../network/needs/port-text.ts';
import {type UnnamedTarget, unnamedObject} from '../network/needs/unnamed.ts';
import type {Isolation} from '../network/policies/plan.ts';
import type {Planner} from '../network/policies/planner.ts';
import type {
  DeclaredConnection,
  DeclaredPeer,
  NetworkPolicySettings,
} from '../policy/network-policy.ts';
import {someOf} from '../text/some-of.ts';
import type {Addition, StreamViolation} from './rule.ts';

/** The Services that nothing in the stream names, with what they lead to in the pods. */
export class UnnamedServices {
  readonly #settings: NetworkPolicySettings;
  readonly #found = new Map<Resource, Told>();

  constructor(settings: NetworkPolicySettings) {
    this.#settings = settings;
  }

  /** Adds those of one workload, whose added policy is `about`. */
  add({unnamed}: Isolation, about: Addition): void {
    for (const target of unnamed) {
      const resource = unnamedObject(target);
      const known = this.#found.get(resource);
      if (known === undefined) this.#found.set(resource, {about, targets: [target]});
      else known.targets.push(target);
    }
  }

  /** The notes about them, one for each Service. */
  *notes(): Iterable<StreamViolation> {
    for (const [resource, {about, targets}] of this.#found) {
      const ports = new Set(targets.flatMap(each => each.ports).map(port => portText({...port})));
      const message = this.#message(targets[0], [...ports].join(','));
      const connections = targets.slice(0, mostDeclared).flatMap(declarationOf);
      yield {resource, path: ['metadata', 'name'], message, isNote: true, about, connections};
    }
  }

  #message({by, workload, isBypassed}: UnnamedTarget, ports: string): string {
    const {ingress, unnamed} = this.#settings;
    const pods = workload.resource.name;
    const outcome =
      unnamed === 'deny'
        ? `\`unnamed: deny\` closes ${ports} of the pods of "${pods}" to them`
        : ingress === 'least'
          ? `${ports} of the pods of "${pods}" stay open to the workloads of the release`
          : `the workloads of the release may still connect to ${ports} of the pods of "${pods}"`;
    const why =
      typeof by === 'string'
        ? `the pods register with "${by}", where their clients find them, and no Service leads to them`
        : `nothing in the stream names the Service${isBypassed === true ? ' (hosts that bypass a proxy, such as those in NO_PROXY, are no evidence of calls)' : ''}, routes to it or scrapes it, so its clients probably know its name from their images`;
    return `${why}: ${outcome}; declare the clients instead of \`*\` under \`networkPolicy.connections\``;
  }
}

interface Told {
  readonly about: Addition;
  readonly targets: [UnnamedTarget, ...UnnamedTarget[]];
}

const mostDeclared = 100;

/** The declaration that keeps a target open to the release; none if no name means only its workload. */
function declarationOf({by, workload, ports}: UnnamedTarget): readonly DeclaredConnection[] {
  const to = peerOf(workload);
  if (to === undefined) return [];
  const reason =
    typeof by === 'string'
      ? `clients find it in "${by}": list them in \`from\``
      : `no manifest names the Service "${by.resource.name}": list its clients in \`from\``;
  return [{from: {workload: {name: '*'}}, to, ports, reason}];
}

function peerOf({resource}: Workload): DeclaredPeer | undefined {
  const {kind, name, namespace, isNamespaceAssumed} = resource;
  if (name === '' || `${kind}${name}${namespace ?? ''}`.includes('*')) return undefined;
  const isKnown = namespace !== undefined && isNamespaceAssumed !== true;
  return {workload: {kind, ...(isKnown ? {namespace} : {}), name}};
}

/** Configurations and registries that leave it unclear who calls whom. */
export function* unclearNotes(
  planner: Planner,
  {unnamed}: NetworkPolicySettings,
): Iterable<StreamViolation> {
  const isOpen = unnamed === 'release';
  for (const {resource, readers, services} of planner.sharedConfigs()) {
    const message = sharedBy(readers, services);
    yield {resource, path: ['kind'], message, isNote: true};
  }
  for (const door of planner.silentDoors()) {
    const from = peerOf(door);
    const reason = 'no manifest shows whom it calls: list the Services in `to`';
    const connections: readonly DeclaredConnection[] =
      from === undefined ? [] : [{from, to: {workload: {name: '*'}}, ports: [], reason}];
    const {resource, pod} = door;
    yield {resource, path: pod.path, message: silent(isOpen), isNote: true, connections};
  }
  for (const [workload, registry] of planner.portlessRegistered()) {
    const {resource, pod} = workload;
    yield {resource, path: pod.path, message: portless(registry), isNote: true};
  }
  for (const {server, clients} of planner.registries()) {
    const message = findEachOther(someOf(clients.map(({resource}) => resource.name)));
    yield {resource: server.resource, path: ['kind'], message, isNote: true};
  }
}

/**
 * Hosts outside of the stream that closed egress cuts off, one note for each. No declaration of them
 * is complete: manifests show neither addresses nor the ports of other releases' pods.
 */
export function* outsideNotes(planner: Planner): Iterable<StreamViolation> {
  for (const name of planner.outsideNames()) {
    const {resource, pod} = name.reader;
    yield {resource, path: pod.path, message: cutOff(name, resource), isNote: true};
  }
}

function cutOff({host, port, service, readers}: OutsideName, {kind, name}: Resource): string {
  const place = port === undefined ? host : `${host}:${port}`;
  const isShared = readers.length > 1 || (readers[0]?.length ?? 0) > 1;
  const more = isShared ? ', and others,' : '';
  const to =
    service === undefined
      ? `cidrs: [${isAddress(host) ? `${host}/32` : 'its addresses'}]`
      : `namespaces: [${service.namespace}]`;
  const ports = port === undefined ? '' : `, ports: [${port}]`;
  const from = `{workload: {kind: ${JSON.stringify(kind)}, name: ${JSON.stringify(name)}}}`;
  return `the pods${more} are configured with "${place}", which is not in the stream, and closed egress cuts them off from it: if they need it, declare it under \`networkPolicy.connections\`: {from: ${from}, to: {${to}}${ports}, reason: "…"}`;
}

const sharedBy = (readers: number, services: number): string =>
  `${readers} workloads name the same ${services} Services, from this configuration or copies of it: each is admitted to all of these, although it probably calls only some; to narrow that, give each workload only the names that it calls`;
const silent = (isOpen: boolean): string =>
  `the pods seem to be the front of the application, and nothing in the stream shows whom these call, so the names are probably in their image: ${isOpen ? 'the Services of the release stay open to them' : '`unnamed: deny` closes the Services of the release to them'}; declare whom they call instead of \`*\` under \`networkPolicy.connections\``;
const portless = (registry: string): string =>
  `the pods register with "${registry}", and neither a container nor a Service shows their ports, so nothing is open to clients that find them there: if there are any, declare the ports of the containers, or the connections under \`networkPolicy.connections\``;
const findEachOther = (clients: string): string =>
  `the pods seem to be a registry, by which their clients (${clients}) find each other at run time: no manifest shows whom they call, so declare it under \`networkPolicy.connections\``;
