/** What the configuration of an image says: `config` of the OCI image specification v1.1. */
export interface ImageConfig {
  /** As the image sets it: empty, a number or a name, each with a group after a colon if it has one. */
  readonly user: string;
  /** The number of the user; absent if the image names it in letters and nobody has looked it up. */
  readonly uid?: number;
  /** The number of the group that the image sets, if it sets one and the number is known. */
  readonly gid?: number;
  readonly entrypoint?: readonly string[];
  readonly command?: readonly string[];
  /** `8080/tcp`. */
  readonly ports?: readonly string[];
  /** Folders that are volumes. */
  readonly volumes?: readonly string[];
  readonly stopSignal?: string;
  /** Where its source is, its licence and its version, as its labels say. */
  readonly labels?: Readonly<Record<string, string>>;
}

/** The image for one platform. Its configuration is only here where it differs from that of the others. */
export interface PlatformImage {
  readonly digest: string;
  readonly config?: ImageConfig;
}

/** An image as the lock file has it. */
export interface LockedImage {
  /** Of what the tag stood for: of the index, if there is one. Absent for an archive without it. */
  readonly digest?: string;
  /** The day on which this was read first, in UTC: YYYY-MM-DD. */
  readonly read: string;
  readonly config: ImageConfig;
  /** By platform: `linux/amd64`. */
  readonly platforms?: ReadonlyMap<string, PlatformImage>;
  /** The folders that the image writes to, if somebody has said so: nothing reads them from a registry. */
  readonly writes?: readonly string[];
  /** What the user's own `cosign` said. */
  readonly verified?: Verification;
}

/** The verdict of cosign on one digest. */
export interface Verification {
  readonly digest: string;
  /** The key or the identity that was asked for. */
  readonly by: string;
  readonly day: string;
}

/** The number of a user as an image sets it; undefined for a name other than root. */
export function uidOf(user: string): number | undefined {
  const [name = ''] = user.split(':');
  if (name === '' || name === 'root') return 0;
  return numberOf(name);
}

/** The number in a text, if it is one. */
export const numberOf = (text: string): number | undefined =>
  /^\d{1,10}$/.test(text) && Number(text) <= mostId ? Number(text) : undefined;

/** Kubernetes takes numbers of users up to here: `ValidationUtils.IsValidUserID`. */
const mostId = 2_147_483_647;
