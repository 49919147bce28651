import type {JsonMap} from '../json.ts';
import type {Container, PodSpec} from '../kubernetes/pod-spec.ts';
import type {Violation} from '../rules/rule.ts';
import type {StreamFacts} from './stream-facts.ts';

/** What a witness is asked about: a violation whose rewrite takes something from a pod. */
export interface Subject {
  readonly pod: PodSpec;
  /** The container at fault; absent where the fault is the pod's. */
  readonly container?: Container;
  readonly violation: Violation;
  readonly facts: StreamFacts;
}

/** Says in a sentence why the workload depends on what would be taken, or nothing. */
export type Witness = (subject: Subject) => string | undefined;

/** Says in a sentence what a pod is for that it cannot do without privileges, or nothing. */
export type PodWitness = (pod: PodSpec, facts: StreamFacts) => string | undefined;

/** The same of one container of a pod. */
export type ContainerWitness = (
  container: Container,
  pod: PodSpec,
  facts: StreamFacts,
) => string | undefined;

/** `read`, but once for each mapping: many violations ask the same of one pod. */
export function once<Part extends {readonly value: JsonMap}, Answer>(
  read: (part: Part) => Answer,
): (part: Part) => Answer {
  const answers = new WeakMap<JsonMap, {readonly answer: Answer}>();
  return part => {
    let known = answers.get(part.value);
    if (known === undefined) {
      known = {answer: read(part)};
      answers.set(part.value, known);
    }
    return known.answer;
  };
}
