import {createHash} from 'node:crypto';
import {UsageError} from '../errors.ts';
import {safeJson} from '../text/safe-text.ts';
import {optionText} from './environment.ts';
import type {Unit} from './unit.ts';

/** One of `of` parts of an audit; `index` counts from 1. */
export interface Shard {
  readonly index: number;
  readonly of: number;
}

/** What a report says about the shard that it is of, so that only what belongs together is merged. */
export interface ShardMark extends Shard {
  /** A digest of the version, the targets, and what Helm was told. */
  readonly call: string;
  /** A digest of the policy. */
  readonly policy: string;
}

const mostShards = 10_000;

/** The variable with which Kubernetes tells a pod of an Indexed Job its index, from 0. */
const jobIndex = 'JOB_COMPLETION_INDEX';

/**
 * The shard that `--shard` names: `2/5`, or `job/5` in a pod of an Indexed Job.
 *
 * @throws {UsageError} if it is none
 */
export function shardOf(text: string | undefined): Shard | undefined {
  if (text === undefined) return undefined;
  const [, first = '', last = ''] = /^(\d{1,5}|job)\/(\d{1,5})$/.exec(text) ?? [];
  const index = first === 'job' ? indexOfJob() : Number(first);
  const of = Number(last);
  if (index >= 1 && index <= of && of <= mostShards) return {index, of};
  const told = first === 'job' ? ` with ${jobIndex}=${index - 1}` : '';
  throw new UsageError(
    `${optionText('shard')} must be like 2/5 with at most ${mostShards} shards, or job/5, not "${text}"${told}`,
  );
}

/** @throws {UsageError} if this is no pod of an Indexed Job */
function indexOfJob(): number {
  const text = process.env[jobIndex] ?? '';
  if (/^\d{1,5}$/.test(text)) return Number(text) + 1;
  throw new UsageError(
    `${optionText('shard')} job/N needs ${jobIndex}, which Kubernetes sets in the pods of an Indexed Job`,
  );
}

/** The units of a shard: neighbours, so that the reports of all shards in order are the report of one run. */
export function unitsIn(units: readonly Unit[], {index, of}: Shard): readonly Unit[] {
  const before = (count: number) => Math.floor((units.length * count) / of);
  return units.slice(before(index - 1), before(index));
}

/** SHA-256 of what `parts` say. */
export const digestOf = (...parts: readonly unknown[]): string =>
  createHash('sha256').update(JSON.stringify(parts)).digest('hex');

/** The digest of a report of a shard, without itself: it tells when a report was changed by accident. */
export function reportDigest(report: Readonly<Record<string, unknown>>): string {
  const {digest: _, ...shard} = report['shard'] as Record<string, unknown>;
  return createHash('sha256')
    .update(safeJson({...report, shard}))
    .digest('hex');
}
