import {gzipOf} from '../archive/gzip.ts';
import {sha256Of} from '../archive/sha256.ts';
import {type TarEntry, tarOf} from '../archive/tar.ts';
import type {Architecture} from '../debian-packages.ts';

/**
 * A container image as an archive: an image layout of the Open Container Initiative, with the file by
 * which `docker load` reads the same blobs.
 */

interface Layer {
  readonly entries: readonly TarEntry[];
  /** What made it, for `docker history`. */
  readonly createdBy: string;
}

export interface PlatformImage {
  readonly architecture: Architecture;
  readonly layers: readonly Layer[];
}

export interface ImageSettings {
  readonly name: string;
  readonly version: string;
  /** The date of the image, in seconds since 1970. */
  readonly seconds: number;
  /** The part of the configuration that says how the image is run. */
  readonly config: Readonly<Record<string, unknown>>;
  readonly labels: Readonly<Record<string, string>>;
}

const mediaTypes = {
  index: 'application/vnd.oci.image.index.v1+json',
  manifest: 'application/vnd.oci.image.manifest.v1+json',
  config: 'application/vnd.oci.image.config.v1+json',
  layer: 'application/vnd.oci.image.layer.v1.tar+gzip',
};

interface Descriptor {
  readonly mediaType: string;
  readonly digest: string;
  readonly size: number;
}

/** The archive of an image for several platforms. */
export function imageArchiveOf(images: readonly PlatformImage[], settings: ImageSettings): Buffer {
  const {name, version, seconds} = settings;
  const blobs = new Blobs();
  const written = images.map(image => writeImage(image, settings, blobs));
  const index = blobs.add(
    mediaTypes.index,
    json({
      schemaVersion: 2,
      mediaType: mediaTypes.index,
      manifests: written.map(({manifest, architecture}) => ({
        ...manifest,
        platform: {architecture, os: 'linux'},
      })),
      annotations: settings.labels,
    }),
  );
  const annotations = {
    'io.containerd.image.name': `docker.io/library/${name}:${version}`,
    'org.opencontainers.image.ref.name': version,
  };
  const files: readonly TarEntry[] = [
    {path: 'oci-layout', content: json({imageLayoutVersion: '1.0.0'})},
    {
      path: 'index.json',
      content: json({
        schemaVersion: 2,
        mediaType: mediaTypes.index,
        manifests: [{...index, annotations}],
      }),
    },
    {path: 'manifest.json', content: json(written.map(image => dockerImage(image, settings)))},
    ...blobs.entries(),
  ];
  return tarOf(files, seconds);
}

interface WrittenImage {
  readonly architecture: Architecture;
  readonly manifest: Descriptor;
  readonly config: Descriptor;
  readonly layers: readonly Descriptor[];
}

function writeImage(
  {architecture, layers}: PlatformImage,
  settings: ImageSettings,
  blobs: Blobs,
): WrittenImage {
  const archives = layers.map(layer => tarOf(layer.entries, 0));
  const created = new Date(settings.seconds * 1000).toISOString();
  const config = blobs.add(
    mediaTypes.config,
    json({
      created,
      architecture,
      os: 'linux',
      config: {...settings.config, Labels: settings.labels},
      rootfs: {type: 'layers', diff_ids: archives.map(digestOf)},
      history: layers.map(({createdBy}) => ({created, created_by: createdBy})),
    }),
  );
  const descriptors = archives.map(archive => blobs.add(mediaTypes.layer, gzipOf(archive)));
  const manifest = blobs.add(
    mediaTypes.manifest,
    json({
      schemaVersion: 2,
      mediaType: mediaTypes.manifest,
      config,
      layers: descriptors,
      annotations: settings.labels,
    }),
  );
  return {architecture, manifest, config, layers: descriptors};
}

/** What `docker load` reads where Docker keeps images itself, without containerd. */
const dockerImage = (
  {architecture, config, layers}: WrittenImage,
  {name, version}: ImageSettings,
) => ({
  Config: pathOf(config),
  RepoTags: [`${name}:${version}-${architecture}`],
  Layers: layers.map(pathOf),
});

const json = (value: unknown): string => JSON.stringify(value);

const digestOf = (content: Uint8Array | string): string => `sha256:${sha256Of(content)}`;

const pathOf = ({digest}: Descriptor): string => `blobs/${digest.replace(':', '/')}`;

class Blobs {
  readonly #contents = new Map<string, TarEntry>();

  add(mediaType: string, content: Buffer | string): Descriptor {
    const descriptor = {mediaType, digest: digestOf(content), size: Buffer.byteLength(content)};
    this.#contents.set(descriptor.digest, {path: pathOf(descriptor), content});
    return descriptor;
  }

  entries(): readonly TarEntry[] {
    return [
      {path: 'blobs', isFolder: true},
      {path: 'blobs/sha256', isFolder: true},
      ...this.#contents.values(),
    ];
  }
}
