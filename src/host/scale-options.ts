import {availableParallelism} from 'node:os';
import {UsageError} from '../errors.ts';
import {optionText} from './environment.ts';
import {type Shard, shardOf} from './shards.ts';

/** The options of an audit of many targets, for `parseArgs` of node:util. */
export const scaleOptions = {
  jobs: {type: 'string', short: 'j'},
  'no-cache': {type: 'boolean'},
  shard: {type: 'string'},
} as const;

interface ScaleValues {
  readonly jobs?: string | undefined;
  readonly shard?: string | undefined;
  readonly quiet?: boolean | undefined;
}

/** How an audit of many targets is made. */
export interface Scale {
  readonly jobs: number;
  readonly shard?: Shard;
  readonly isQuiet: boolean;
  readonly isShard: boolean;
}

const mostJobs = 256;

/** @throws {UsageError} if an option is wrong */
export function scaleOf({jobs, shard: text, quiet}: ScaleValues): Scale {
  const shard = shardOf(text);
  return {
    jobs: jobsOf(jobs),
    ...(shard === undefined ? {} : {shard}),
    isQuiet: quiet === true,
    isShard: shard !== undefined,
  };
}

/** `auto` is as many as there are processors. */
function jobsOf(text: string | undefined): number {
  if (text === undefined) return 1;
  if (text === 'auto') return availableParallelism();
  const count = /^\d{1,3}$/.test(text) ? Number(text) : 0;
  if (count >= 1 && count <= mostJobs) return count;
  throw new UsageError(
    `${optionText('jobs')} must be auto or a number from 1 to ${mostJobs}, not "${text}"`,
  );
}
