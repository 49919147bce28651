/** What is publicly documented about an image, for a range of its versions. */
export interface KnownEntry {
  /** The first version for which it holds: `1.11`. */
  readonly since: string;
  /** The newest version that was read, as those before it were. A later one may differ. */
  readonly until: string;
  /** The endings of tags for which it holds, too: `alpine` in `1.27-alpine`. */
  readonly endings?: readonly string[];
  readonly user: string;
  readonly uid?: number;
  readonly gid?: number;
  readonly ports?: readonly string[];
  readonly volumes?: readonly string[];
  readonly writes?: readonly string[];
  readonly instead?: string;
}

/** The table, by repository, with the day on which it was written. */
export interface KnownTable {
  readonly day: string;
  readonly images: Readonly<Record<string, readonly KnownEntry[]>>;
}
