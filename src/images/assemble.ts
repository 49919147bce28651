import {isDeepStrictEqual} from 'node:util';
import type {ImageConfig, LockedImage, PlatformImage} from './image.ts';

/** What was read of an image for one platform. */
export interface ReadPlatform {
  readonly platform: string;
  readonly digest: string;
  /** Absent if its configuration was not asked for. */
  readonly config?: ImageConfig;
}

/** What was read of an image. */
export interface ReadImage {
  /** Absent where no registry has said it. */
  readonly digest?: string;
  /** Those that were read come in the order in which they were asked for. */
  readonly platforms: readonly ReadPlatform[];
  /** The configuration of the first platform that was read. */
  readonly config: ImageConfig;
}

/**
 * The entry of the lock file for what was `read` on `day`. What stands `before` in the file stays, as far as nothing has
 * changed: the day, the numbers that somebody has looked up, the folders that only a person knows.
 */
export function entryOf(
  read: ReadImage,
  day: string,
  before: LockedImage | undefined,
): LockedImage {
  const isSame = before !== undefined && before.digest === read.digest;
  const entry = {
    read: day,
    config: isSame ? withNumbers(read.config, before.config) : read.config,
    ...(read.digest === undefined ? {} : {digest: read.digest}),
    ...(before?.writes === undefined ? {} : {writes: before.writes}),
    ...(isSame && before.verified !== undefined ? {verified: before.verified} : {}),
  };
  const platforms = new Map<string, PlatformImage>();
  for (const {platform, digest, config} of read.platforms) {
    const known = isSame ? before.platforms?.get(platform)?.config : undefined;
    const own = config === undefined ? undefined : withNumbers(config, known ?? entry.config);
    const isOther = own !== undefined && !isDeepStrictEqual(own, entry.config);
    platforms.set(platform, {digest, ...(isOther ? {config: own} : {})});
  }
  const whole = platforms.size === 0 ? entry : {...entry, platforms};
  return before !== undefined && isDeepStrictEqual({...whole, read: before.read}, before)
    ? before
    : whole;
}

/** `config` with the numbers of the same user and group that are known `from` elsewhere. */
function withNumbers(config: ImageConfig, from: ImageConfig): ImageConfig {
  if (config.user !== from.user) return config;
  const {user, uid = from.uid, gid = from.gid, ...rest} = config;
  return {
    user,
    ...(uid === undefined ? {} : {uid}),
    ...(gid === undefined ? {} : {gid}),
    ...rest,
  };
}
