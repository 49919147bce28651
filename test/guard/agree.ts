import type {ExecutionContext} from 'ava';
import {resolvePolicy} from '../../src/config/resolve.ts';
import {checks} from '../../src/guard/checks/index.ts';
import {harden} from '../../src/harden.ts';
import type {JsonMap} from '../../src/json.ts';
import {rules} from '../../src/rules/index.ts';
import {guardObjects, rulesIn} from './guards.ts';
import {admit} from './oracle.ts';

/** A policy that rewrites with every rule that has a check, and no other. */
export const asked = new Set(checks.map(({rule}) => rule));
export const choices = {
  annotate: false,
  rules: Object.fromEntries(rules.map(({id}) => [id, asked.has(id) ? 'fix' : 'off'] as const)),
};

export interface Agreement {
  /** How many objects there were, and how many of them were at fault. */
  readonly objects: number;
  readonly faulty: number;
  /**
   * A text for each object for which render and guard report different rules, or which guard denies
   * after hardening.
   */
  readonly disagreements: readonly string[];
}

/** Compares render and guard under the same policy, with one question to the oracle. */
export async function agreementOn(
  executable: string,
  objects: readonly JsonMap[],
): Promise<Agreement> {
  const policy = resolvePolicy(choices);
  const texts = [...new Set(objects.map(object => JSON.stringify(object)))];
  const hardened = texts.map(text => harden(text, 'in', policy));
  const outcomes = await admit(
    executable,
    guardObjects(choices),
    [...texts, ...hardened.map(({text}) => text)].map(object => ({object})),
  );
  let faulty = 0;
  const disagreements = hardened.flatMap(({findings, text}, index) => {
    const [before, after] = [outcomes[index], outcomes[index + texts.length]];
    if (before?.error !== undefined) return [];
    if (findings.length > 0) faulty += 1;
    const render = comparable([...new Set(findings.map(({rule}) => rule))]).join();
    const guard = comparable(rulesIn(before?.audited ?? [])).join();
    return [
      ...(guard === render ? [] : [`guard: ${guard}\nrender: ${render}\nof ${texts[index]}`]),
      ...(after?.denied === '' ? [] : [`${after?.denied ?? after?.error}\nof ${text}`]),
    ];
  });
  return {objects: texts.length, faulty, disagreements};
}

/** As `agreementOn`, with a failed assertion where they disagree. */
export async function agree(
  t: ExecutionContext,
  executable: string,
  objects: readonly JsonMap[],
): Promise<Omit<Agreement, 'disagreements'>> {
  const {disagreements, ...counts} = await agreementOn(executable, objects);
  t.deepEqual(disagreements, []);
  return counts;
}

/** Host ports on the host network differ only if the API server has not set them. */
export const comparable = (ids: readonly string[]): readonly string[] =>
  ids.filter(id => id !== 'no-host-port' || !ids.includes('no-host-network')).sort();

/** A pod, and workloads with that pod. */
export function wrapped(pod: JsonMap): readonly JsonMap[] {
  const {metadata = {}, spec = {}} = pod;
  const template = {metadata, spec};
  const named = {metadata: {name: 'wrapped'}};
  const workload = (kind: string, apiVersion = 'apps/v1'): JsonMap => ({
    apiVersion,
    kind,
    ...named,
    spec: {template},
  });
  return [
    pod,
    ...['DaemonSet', 'Deployment', 'ReplicaSet', 'StatefulSet'].map(kind => workload(kind)),
    workload('Job', 'batch/v1'),
    workload('ReplicationController', 'v1'),
    {apiVersion: 'batch/v1', kind: 'CronJob', ...named, spec: {jobTemplate: {spec: {template}}}},
    {apiVersion: 'v1', kind: 'PodTemplate', ...named, template},
  ];
}
