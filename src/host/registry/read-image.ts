import type {ReadImage, ReadPlatform} from '../../images/assemble.ts';
import type {ImageConfig} from '../../images/image.ts';
import {
  configIn,
  type Descriptor,
  ImageError,
  isImageConfig,
  type Manifest,
  manifestIn,
  noConfig,
  type PlatformDescriptor,
  type ReadConfig,
} from '../../images/manifest.ts';
import {needsLookup, numbersOf} from '../../images/passwd.ts';
import {usersIn} from './passwd.ts';
import type {ImageSource} from './source.ts';

/** What is wanted of an image. */
export interface Wanted {
  /** A tag or a digest. */
  readonly what: string;
  /** The platforms whose configuration is read, as far as there are such. */
  readonly platforms: readonly string[];
  /** Whether the numbers of named users are looked up in its layers. */
  readonly wantsNumbers: boolean;
}

/** The most bytes of a configuration. */
const mostOfConfig = 8 * 1024 * 1024;

/** The manifest and the configuration of an image. @throws {ImageError} if they cannot be had */
export async function readImage(source: ImageSource, wanted: Wanted): Promise<ReadImage> {
  const {bytes, digest} = await source.manifest(wanted.what);
  const manifest = manifestIn(bytes);
  const own = source.hasDigests ? {digest} : {};
  if (manifest.is === 'image') {
    const {config, platform} = await configOf(source, manifest, wanted);
    const platforms =
      platform === undefined || !source.hasDigests ? [] : [{platform, digest, config}];
    return {...own, config, platforms};
  }
  const known = manifest.images.filter(hasPlatform);
  const chosen = chosenOf(known, wanted.platforms);
  const read: ReadPlatform[] = [];
  for (const {platform, digest: of} of chosen) {
    const inner = manifestIn((await source.manifest(of)).bytes);
    if (inner.is !== 'image') throw new ImageError('an index of the image lists another index');
    const {config} = await configOf(source, inner, wanted);
    read.push({platform, digest: of, config});
  }
  const [first] = read;
  if (first?.config === undefined)
    throw new ImageError('its index lists no image for any platform');
  const others = known
    .filter(each => !chosen.includes(each))
    .map(({platform, digest: of}) => ({platform, digest: of}));
  return {...own, config: first.config, platforms: [...read, ...others]};
}

type OfPlatform = PlatformDescriptor & {readonly platform: string};

const hasPlatform = (image: PlatformDescriptor): image is OfPlatform =>
  image.platform !== undefined;

/** Those for `platforms`, each once; without any, the first one. `linux/arm64` includes its variants. */
function chosenOf(
  images: readonly OfPlatform[],
  platforms: readonly string[],
): readonly OfPlatform[] {
  const chosen = platforms.flatMap(
    wanted =>
      images.find(({platform}) => platform === wanted || platform.startsWith(`${wanted}/`)) ?? [],
  );
  return chosen.length === 0 ? images.slice(0, 1) : [...new Set(chosen)];
}

async function configOf(
  source: ImageSource,
  {config: descriptor, layers}: Extract<Manifest, {is: 'image'}>,
  {wantsNumbers}: Wanted,
): Promise<ReadConfig> {
  if (!isImageConfig(descriptor)) return noConfig;
  const read = configIn(await source.blob(descriptor, mostOfConfig));
  if (!wantsNumbers || !needsLookup(read.config)) return read;
  return {...read, config: await withNumbers(source, layers, read.config)};
}

async function withNumbers(
  source: ImageSource,
  layers: readonly Descriptor[],
  config: ImageConfig,
): Promise<ImageConfig> {
  const {'etc/passwd': passwd, 'etc/group': group} = await usersIn(source, layers);
  return {...config, ...numbersOf(config.user, passwd, group)};
}
