import {joinedPosture} from '../drift/join.ts';
import type {Posture} from '../drift/posture.ts';
import {askingAll, postureOf} from '../drift/posture-of.ts';
import type {GroupKind} from '../kubernetes/resource.ts';
import type {Policy} from '../policy/policy.ts';
import type {ClusterChoices} from './cluster.ts';
import {clusterChoices, clusterOptions} from './cluster-options.ts';
import {helmCallOptions, helmChoices} from './helm-options.ts';
import {policyFileOptions, today} from './options.ts';
import {exitCodeOf, fromTargets, requireTargets, targetOptions} from './targets.ts';

/** The options of commands that read targets, or what runs, for `parseArgs` of node:util. */
export const postureOptions = {
  ...policyFileOptions,
  ...helmCallOptions,
  ...targetOptions,
  ...clusterOptions,
} as const;

type HelmValues = Parameters<typeof helmChoices>[0];
type ClusterValues = Parameters<typeof clusterChoices>[0];

export type PostureValues = HelmValues &
  ClusterValues & {readonly 'allow-skipped'?: boolean | undefined};

/** The posture of what a call names. */
export interface Reading {
  /** What it is, in reports. */
  readonly name: string;
  readonly posture: Posture;
  /** Whether it is what runs, not what would be applied. */
  readonly isRunning: boolean;
  /** The kinds that were read; absent if it was all. */
  readonly kinds?: readonly GroupKind[];
}

/**
 * Reads targets, an installed release (`--release` without a target), or a cluster (`--cluster`).
 * Undefined if something could not be read: it would seem to be gone.
 *
 * @throws {UsageError} if nothing can be read, or the options contradict each other
 */
export async function readPosture(
  command: string,
  targets: readonly string[],
  values: PostureValues,
  policy: Policy,
): Promise<Reading | undefined> {
  const isInstalled =
    values.release !== undefined && values.repo === undefined && targets.length === 0;
  if (isInstalled && values.cluster !== true) return installedReading(values, policy);
  const cluster = clusterChoices(values, targets);
  if (cluster !== undefined) return clusterReading(cluster, values, policy);
  requireTargets(command, targets, values);
  return targetReading(targets, values, policy);
}

export async function targetReading(
  targets: readonly string[],
  values: PostureValues,
  policy: Policy,
): Promise<Reading | undefined> {
  const outcome = await fromTargets(targets, helmChoices(values), everyKind, stream =>
    postureOf(stream, policy, today()),
  );
  const code = await exitCodeOf(outcome, values['allow-skipped'], 0);
  if (code !== 0) return undefined;
  return {name: targets.join(', '), posture: joinedPosture(outcome.results), isRunning: false};
}

/** Any object may show who can reach whom. */
const everyKind = () => true;

async function installedReading(values: PostureValues, policy: Policy): Promise<Reading> {
  const {readInstalled} = await import('./helm-release.ts');
  const {release: name, namespace} = helmChoices(values);
  const stream = await readInstalled({name, namespace, context: values.context}, everyKind);
  const posture = postureOf(stream, policy, today());
  return {name: `release ${name}`, posture, isRunning: true};
}

async function clusterReading(
  choices: ClusterChoices,
  values: PostureValues,
  policy: Policy,
): Promise<Reading | undefined> {
  const {readRunning} = await import('./running.ts');
  const {name, stream, kinds, skipped} = await readRunning(choices, askingAll(policy));
  const code = await exitCodeOf({skipped, failed: []}, values['allow-skipped'], 0);
  if (code !== 0) return undefined;
  return {name, posture: postureOf(stream, policy, today()), isRunning: true, kinds};
}
