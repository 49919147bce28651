import type {Run} from './measure.ts';

/** The results of a benchmark. */
export interface Report {
  readonly date: string;
  readonly machine: Readonly<Record<string, string>>;
  readonly contenders: readonly {
    readonly name: string;
    readonly version: string;
    readonly does: string;
    readonly missing?: string;
  }[];
  readonly cases: readonly Case[];
}

export interface Case {
  readonly name: string;
  readonly documents: number;
  readonly bytes: number;
  /** Load average of the last minute when the case began. */
  readonly load: number;
  /** By the name of the contender. */
  readonly runs: Readonly<Record<string, readonly Run[]>>;
}

/** A figure that each run has. */
export interface Measure {
  readonly title: string;
  readonly of: (run: Run) => number | undefined;
  readonly digits: number;
  /**
   * The figure for several runs: for memory the highest, because a short run may end before the
   * last sample.
   */
  readonly fold: (figures: readonly number[]) => number | undefined;
}

function median(figures: readonly number[]): number | undefined {
  const sorted = figures.toSorted((a, b) => a - b);
  const low = sorted[Math.ceil(sorted.length / 2) - 1];
  const high = sorted[Math.floor(sorted.length / 2)];
  return low === undefined || high === undefined ? undefined : (low + high) / 2;
}

const highest = (figures: readonly number[]): number | undefined =>
  figures.length === 0 ? undefined : Math.max(...figures);

export const measures = {
  cpu: {
    title: 'CPU time, user and system, in seconds',
    of: run => run.cpuSeconds,
    digits: 3,
    fold: median,
  },
  wall: {title: 'Wall time in seconds', of: run => run.wallSeconds, digits: 3, fold: median},
  memory: {
    title: 'Peak resident memory in MB',
    of: ({peakBytes}) => (peakBytes === undefined ? undefined : peakBytes / 1e6),
    digits: 0,
    fold: highest,
  },
} as const satisfies Readonly<Record<string, Measure>>;

/** One figure for the successful runs, if there are any. */
export const figureOf = (runs: readonly Run[], {of, fold}: Measure): number | undefined =>
  fold(runs.filter(run => run.outcome === 'ok').flatMap(run => of(run) ?? []));
