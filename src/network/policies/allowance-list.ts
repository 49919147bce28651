import type {JsonMap} from '../../json.ts';
import {WorkLimit} from '../../kubernetes/work-limit.ts';
import type {PolicyPort} from '../../policy/network-policy.ts';
import {grouped} from '../../text/grouped.ts';
import {type Evidence, mostReasons, type Outside} from '../needs/connection.ts';
import type {Allowance} from './network-policy.ts';

interface Entry {
  readonly peers: readonly JsonMap[];
  isEveryPort: boolean;
  readonly ports: Map<string, PolicyPort>;
  readonly why: Map<string, Evidence>;
  readonly name: string | undefined;
}

/** The most rules in one direction for all policies of a stream: about 30 MB of manifests. */
const mostRules = 100_000;
const tooManyRules = `the policies would have more than ${grouped(mostRules)} rules: choose \`workloads\` or \`release\` for \`networkPolicy.ingress\` and \`networkPolicy.egress\`, or split the stream`;

/** Counts the rules of all policies of a stream, in one direction. */
export const ruleLimit = (): WorkLimit => new WorkLimit(mostRules, tooManyRules);

/** Collects what a workload admits: each set of peers once, with each of its ports once. */
export class AllowanceList {
  readonly #entries = new Map<string, Entry>();
  /** The entries of earlier peers, by object identity. */
  readonly #known = new Map<readonly JsonMap[], Entry>();
  readonly #limit: WorkLimit;

  /** `limit` counts the rules of this list and others. */
  constructor(limit: WorkLimit) {
    this.#limit = limit;
  }

  /**
   * Admits nothing if there is no peer: a missing `from` would mean everyone.
   *
   * @throws {UsageError} if there are too many rules
   */
  add({peers, name}: Outside, ports: readonly PolicyPort[], why: Evidence): void {
    if (peers.length === 0) return;
    const entry = this.#entryOf(peers, name);
    if (ports.length === 0) entry.isEveryPort = true;
    for (const port of ports) {
      const key = keyOf(port);
      if (!entry.ports.has(key)) entry.ports.set(key, port);
    }
    if (entry.why.size >= mostReasons) return;
    const {document, path} = {document: why.resource?.document, path: why.path};
    const key = JSON.stringify([why.reason, document, why.resource?.path, path]);
    if (!entry.why.has(key)) entry.why.set(key, why);
  }

  /**
   * Also admits pods that are admitted to some ports to these ports, which carry the traffic of a
   * mesh.
   */
  addForPods(ports: readonly PolicyPort[]): void {
    for (const entry of this.#entries.values()) {
      if (entry.ports.size === 0 || entry.peers.some(({ipBlock}) => ipBlock !== undefined))
        continue;
      for (const port of ports) entry.ports.set(keyOf(port), port);
    }
  }

  toAllowances(): readonly Allowance[] {
    return [...this.#entries.values()].map(({peers, isEveryPort, ports, why, name}) => ({
      peers,
      ports: isEveryPort ? [] : [...ports.values()],
      why: [...why.values()],
      ...(name === undefined ? {} : {name}),
    }));
  }

  #entryOf(peers: readonly JsonMap[], name: string | undefined): Entry {
    const same = this.#known.get(peers);
    if (same !== undefined) return same;
    const key = JSON.stringify(peers);
    const entry = this.#entries.get(key) ?? this.#newEntry(key, peers, name);
    this.#known.set(peers, entry);
    return entry;
  }

  #newEntry(key: string, peers: readonly JsonMap[], name: string | undefined): Entry {
    this.#limit.count(1);
    const entry: Entry = {peers, isEveryPort: false, ports: new Map(), why: new Map(), name};
    this.#entries.set(key, entry);
    return entry;
  }
}

/** The identity of a port. */
export const keyOf = ({protocol, port, endPort}: PolicyPort): string =>
  `${protocol}/${port}-${endPort ?? ''}`;
