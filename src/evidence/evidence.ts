import {type Path, toPointer} from '../json.ts';
import {type Container, endsFirst, type PodSpec} from '../kubernetes/pod-spec.ts';
import type {Resource} from '../kubernetes/resource.ts';
import {effectOf, type Rule, type Violation} from '../rules/rule.ts';
import type {StreamFacts} from './stream-facts.ts';
import {
  commentWitness,
  containerWitnesses,
  exposureWitnesses,
  podWitnesses,
  ruleWitnesses,
} from './table.ts';

/** The evidence in one original object that it depends on what rewrites would take away. */
export class Evidence {
  readonly #resource: Resource;
  readonly #pods: readonly PodSpec[];
  readonly #facts: StreamFacts;
  readonly #ofPods = new Map<PodSpec, readonly string[]>();
  readonly #ofEach = new Map<Container, readonly string[]>();
  /** For each pod, the evidence in the first of its containers that has any. */
  readonly #ofAll = new Map<PodSpec, readonly string[]>();
  #places: ReadonlyMap<string, Place> | undefined;

  constructor(resource: Resource, pods: readonly PodSpec[], facts: StreamFacts) {
    this.#resource = resource;
    this.#pods = pods;
    this.#facts = facts;
  }

  /**
   * What speaks against the rewrite of a violation, one sentence each. Evidence about the pod
   * speaks against everything that would be taken away, whatever rule it is about.
   */
  against(rule: Rule, violation: Violation): readonly string[] {
    const ofObject = Object.hasOwn(exposureWitnesses, rule.id)
      ? exposureWitnesses[rule.id]
      : undefined;
    if (ofObject !== undefined) return ofObject(this.#resource, this.#facts);
    const place = this.placeOf(violation.path);
    if (place === undefined) return [];
    const subject = {...place, violation, facts: this.#facts};
    const ofRule = Object.hasOwn(ruleWitnesses, rule.id) ? (ruleWitnesses[rule.id] ?? []) : [];
    const found = violation.isProven ? [] : ofRule.flatMap(witness => witness(subject) ?? []);
    if (effectOf(rule, violation) !== 'takes') return found;
    return [...found, ...this.#needs(place), ...[commentWitness(subject) ?? []].flat()];
  }

  /**
   * The evidence of the pod or container at `place`; otherwise that of a container that runs next
   * to it.
   */
  #needs({pod, container}: Place): readonly string[] {
    const own = container === undefined ? [] : this.#ofContainer(container, pod);
    const found = [...own, ...this.#ofPod(pod)];
    if (found.length > 0 || (container !== undefined && endsFirst(container))) return found;
    return this.#ofContainers(pod);
  }

  #ofPod(pod: PodSpec): readonly string[] {
    let known = this.#ofPods.get(pod);
    if (known === undefined) {
      known = Object.values(podWitnesses).flatMap(sees => sees(pod, this.#facts) ?? []);
      this.#ofPods.set(pod, known);
    }
    return known;
  }

  /** The evidence of the first container that has any: one is enough to hold back a rewrite. */
  #ofContainers(pod: PodSpec): readonly string[] {
    let known = this.#ofAll.get(pod);
    if (known === undefined) {
      const needy = pod.containers.find(each => this.#ofContainer(each, pod).length > 0);
      known = needy === undefined ? [] : this.#ofContainer(needy, pod);
      this.#ofAll.set(pod, known);
    }
    return known;
  }

  #ofContainer(container: Container, pod: PodSpec): readonly string[] {
    let known = this.#ofEach.get(container);
    if (known === undefined) {
      known = Object.values(containerWitnesses).flatMap(
        sees => sees(container, pod, this.#facts) ?? [],
      );
      this.#ofEach.set(container, known);
    }
    return known;
  }

  /**
   * The innermost pod or container that contains `path`; the annotations of a pod are part of it.
   */
  placeOf(path: Path): Place | undefined {
    this.#places ??= placesOf(this.#pods);
    let pointer = toPointer(path);
    while (pointer !== '') {
      const place = this.#places.get(pointer);
      if (place !== undefined) return place;
      pointer = pointer.slice(0, pointer.lastIndexOf('/'));
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
