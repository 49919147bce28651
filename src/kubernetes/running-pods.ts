import {asList, asMap, asString, type Json, type JsonMap} from '../json.ts';
import {testOf} from './known-labels.ts';
import type {Rest} from './label-index.ts';
import {requirementsOf} from './label-selector.ts';
import {isSetByControllers, isSetByOthers} from './pod-labels.ts';
import type {PodSelection} from './stream-index.ts';
import type {Workload} from './workload.ts';

/** A workload whose running pods a selector selects, or may select. */
export interface Selected {
  readonly workload: Workload;
  readonly isSure: boolean;
}

/**
 * The workloads whose running pods a LabelSelector selects, or may select: `select` looks at the
 * labels of the manifest only, and controllers and admission plugins add more.
 *
 * @throws {UsageError} if the selections in one stream take too long
 */
export function* selectRunning(
  pods: PodSelection,
  selector: Json | undefined,
  namespace: string | undefined,
  rest?: Rest<Workload>,
): Iterable<Selected> {
  const isSettled = requirementsOf(selector)?.every(
    ({key, isWanted}) => isWanted && !isSetByOthers(key),
  );
  const test = isSettled === false ? testOf(asMap(selector)) : undefined;
  const candidates = pods.select(settledPart(selector), namespace, rest);
  if (test !== undefined) pods.countTests(candidates.length);
  for (const workload of candidates) {
    const answer = test === undefined ? true : test(pods.labelsOf(workload));
    if (answer !== false) yield {workload, isSure: answer === true};
  }
}

/** The selector without what the labels of the manifest cannot decide. */
export function settledPart(selector: Json | undefined): Json | undefined {
  const map = asMap(selector);
  if (map?.['matchExpressions'] === undefined) return selector;
  return {...map, matchExpressions: asList(map['matchExpressions']).filter(isSettled)};
}

function isSettled(item: Json | undefined): boolean {
  const {key, operator}: JsonMap = asMap(item) ?? {};
  const name = asString(key) ?? '';
  if (operator === 'NotIn' || operator === 'DoesNotExist') return !isSetByOthers(name);
  return operator !== 'Exists' || !isSetByControllers(name);
}
