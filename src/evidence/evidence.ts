import {type Path, toPointer} from '../json.ts';
import type {Container, PodSpec} from '../kubernetes/pod-spec.ts';
import type {Violation} from '../rules/rule.ts';
import {mountingPrograms, nodePrograms, runs} from './commands.ts';
import {
  hasFileCapabilities,
  hasLowPort,
  isProbedOnLoopback,
  propagatesMounts,
} from './container.ts';
import {isNamedInStream, isProbedOnHostPort} from './host-ports.ts';
import {isNodeAgent} from './node-agent.ts';
import type {StreamFacts} from './stream-facts.ts';
import type {Witness} from './witness.ts';

const setsUpNode = runs(nodePrograms, 'changes the node');
const mountsFileSystems = runs(mountingPrograms, 'needs the capability SYS_ADMIN');
const entersHost = runs(['nsenter'], 'enters the namespaces of a process of the node');
const changesOwners = runs(['chown', 'chgrp', 'chmod'], 'needs root, or its capabilities');
const filtersPackets = runs(
  ['iptables', 'ip6tables', 'nft', 'tc'],
  'needs the capability NET_ADMIN',
);

/** By rule: who knows that a workload depends on what the rewrite takes. */
export const witnesses: Readonly<Record<string, readonly Witness[]>> = {
  'no-host-network': [isNodeAgent, isProbedOnLoopback],
  'no-host-port': [isNodeAgent, isProbedOnHostPort, isNamedInStream],
  'no-host-pid': [isNodeAgent, entersHost],
  'no-host-ipc': [isNodeAgent],
  'no-privileged': [isNodeAgent, propagatesMounts, setsUpNode],
  'no-sys-admin': [isNodeAgent, mountsFileSystems],
  'no-privilege-escalation': [hasFileCapabilities],
  'no-sensitive-host-path': [isNodeAgent],
  'no-host-path': [isNodeAgent],
  'no-unconfined-apparmor': [isNodeAgent],
  'no-custom-selinux': [isNodeAgent],
  'no-extra-capabilities': [isNodeAgent, filtersPackets],
  'drop-all-capabilities': [isNodeAgent, changesOwners, filtersPackets],
  'no-root': [changesOwners, hasLowPort],
};

/** The evidence, in one object as it was read, that it depends on what rewrites would take. */
export class Evidence {
  readonly #pods: readonly PodSpec[];
  readonly #facts: StreamFacts;
  #places: ReadonlyMap<string, Place> | undefined;

  constructor(pods: readonly PodSpec[], facts: StreamFacts) {
    this.#pods = pods;
    this.#facts = facts;
  }

  /** What speaks against the rewrite of a rule's violation: a sentence each. */
  against(rule: string, violation: Violation): readonly string[] {
    if (!Object.hasOwn(witnesses, rule)) return [];
    const place = this.placeOf(violation.path);
    if (place === undefined) return [];
    const subject = {...place, violation, facts: this.#facts};
    return (witnesses[rule] ?? []).flatMap(witness => witness(subject) ?? []);
  }

  /** The innermost pod or container that holds `path`; what annotates a pod is part of it. */
  placeOf(path: Path): Place | undefined {
    this.#places ??= placesOf(this.#pods);
    for (let depth = path.length; depth > 0; depth--) {
      const place = this.#places.get(toPointer(path.slice(0, depth)));
      if (place !== undefined) return place;
    }
    return undefined;
  }
}

/** A pod of the object, or one of its containers. */
export interface Place {
  readonly pod: PodSpec;
  readonly container?: Container;
}

function placesOf(pods: readonly PodSpec[]): ReadonlyMap<string, Place> {
  const places = new Map<string, Place>();
  for (const pod of pods) {
    places.set(toPointer(pod.path), {pod});
    if (pod.form === 'template') places.set(toPointer(pod.metadataPath), {pod});
    for (const container of pod.containers) {
      places.set(toPointer(container.path), {pod, container});
    }
  }
  return places;
}
