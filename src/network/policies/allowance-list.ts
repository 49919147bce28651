import type {JsonMap} from '../../json.ts';
import type {PolicyPort} from '../../policy/network-policy.ts';
import type {Evidence, Outside} from '../needs/connection.ts';
import type {Allowance} from './network-policy.ts';

interface Entry {
  readonly peers: readonly JsonMap[];
  isEveryPort: boolean;
  readonly ports: Map<string, PolicyPort>;
  readonly why: Map<string, Evidence>;
  readonly name: string | undefined;
}

/** Gathers what a workload is admitted: each set of peers once, with each of its ports once. */
export class AllowanceList {
  readonly #entries = new Map<string, Entry>();

  /** Admits nothing where there is no peer: no `from` at all would mean everyone. */
  add({peers, name}: Outside, ports: readonly PolicyPort[], why: Evidence): void {
    if (peers.length === 0) return;
    const entry = this.#entryOf(peers, name);
    if (ports.length === 0) entry.isEveryPort = true;
    for (const port of ports) {
      const key = `${port.protocol}/${port.port}-${port.endPort ?? ''}`;
      if (!entry.ports.has(key)) entry.ports.set(key, port);
    }
    const {document, path} = {document: why.resource?.document, path: why.path};
    const key = JSON.stringify([why.reason, document, why.resource?.path, path]);
    if (!entry.why.has(key)) entry.why.set(key, why);
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
    const key = JSON.stringify(peers);
    const known = this.#entries.get(key);
    if (known !== undefined) return known;
    const entry: Entry = {peers, isEveryPort: false, ports: new Map(), why: new Map(), name};
    this.#entries.set(key, entry);
    return entry;
  }
}
