/** A part of the targets of a call that is read and checked on its own. */
export interface Unit {
  /** What the user named. */
  readonly target: string;
  /** Its name in reports: that of the target, or of what is in it. */
  readonly name: string;
  /** Where it is, if it is a chart. Without it, it is a file, stdin, or what else is in a folder. */
  readonly chart?: ChartPlace;
  /** Whether the user named something else, in which it is: a folder or a repository. */
  readonly isPart: boolean;
}

/** Where a chart is: the absolute path of a folder or an archive, or where Helm fetches it. */
export type ChartPlace = {readonly path: string} | RemoteChart;

export interface RemoteChart {
  /** An address, or the name of a chart in a repository. */
  readonly reference: string;
  /** The address of the repository; absent if the reference is complete. */
  readonly repo?: string;
  readonly version?: string;
}
