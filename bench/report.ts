import type {Run} from './measure.ts';

/** All that a bench found out. */
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
  /** By the contender's name. */
  readonly runs: Readonly<Record<string, readonly Run[]>>;
}

/** A figure that each run has. */
export interface Measure {
  readonly title: string;
  readonly of: (run: Run) => number | undefined;
  readonly digits: number;
  /** What stands for several runs: of memory the highest, since a short run may end before the last look. */
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

/** What the runs that did their work measured, as one figure; nothing where none did. */
export const figureOf = (runs: readonly Run[], {of, fold}: Measure): number | undefined =>
  fold(runs.filter(run => run.outcome === 'ok').flatMap(run => of(run) ?? []));
