import type {JsonMap} from '../json.ts';
import type {Container, PodSpec} from '../kubernetes/pod-spec.ts';
import type {Violation} from '../rules/rule.ts';
import type {StreamFacts} from './stream-facts.ts';

/** The input of a witness: a violation whose rewrite takes something from a pod. */
export interface Subject {
  readonly pod: PodSpec;
  /** The container at fault; absent if it is the pod itself. */
  readonly container?: Container;
  readonly violation: Violation;
  readonly facts: StreamFacts;
}

/** Returns a sentence about why the workload depends on what would be taken away, or undefined. */
export type Witness = (subject: Subject) => string | undefined;

/** Returns a sentence about what the pod does that needs privileges, or undefined. */
export type PodWitness = (pod: PodSpec, facts: StreamFacts) => string | undefined;

/** The same for one container of a pod. */
export type ContainerWitness = (
  container: Container,
  pod: PodSpec,
  facts: StreamFacts,
) => string | undefined;

/** `read`, cached for each mapping: many violations ask the same about one pod. */
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
