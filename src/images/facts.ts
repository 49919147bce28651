/** What is known about an image, on whatever platform it runs. */
export interface ImageFacts {
  /**
   * The number of its user, 0 for root; undefined if it is unknown, or not the same on each
   * platform.
   */
  readonly uid: number | undefined;
  /** Its user as the image sets it; undefined if that is not the same on each platform. */
  readonly user: string | undefined;
  /** The number of the group that the image sets; undefined if it sets none, or that is unknown. */
  readonly gid: number | undefined;
  /** On any platform: `8080/tcp`. */
  readonly ports: readonly string[];
  /** The folders that are volumes, on any platform. */
  readonly volumes: readonly string[];
  /** The folders that it writes to; undefined if nobody has said. */
  readonly writes: readonly string[] | undefined;
  /** Of what the tag stood for, if a registry said so. */
  readonly digest: string | undefined;
  /** Whether the user's lock file says so, not the built-in table. */
  readonly isLocked: boolean;
  /** Who says so, for the middle of a sentence: "the lock file". */
  readonly source: string;
  /** What does the same without root, and what else changes with it. */
  readonly instead?: string;
}
