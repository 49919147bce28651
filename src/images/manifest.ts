import {asList, asMap, asString, isMap, type Json, type JsonMap} from '../json.ts';
import {type ImageConfig, numberOf, uidOf} from './image.ts';
import {isFolder, isPort} from './lock-values.ts';
import {isDigest} from './reference.ts';

/** What a registry says cannot be used. The message is the reason, for the user. */
export class ImageError extends Error {
  override readonly name = 'ImageError';
}

/** A reference to a blob or a manifest: a descriptor of the OCI image specification v1.1. */
export interface Descriptor {
  readonly mediaType: string;
  readonly digest: string;
  /** In bytes. */
  readonly size: number;
}

/** One image of an index. */
export interface PlatformDescriptor extends Descriptor {
  /** `linux/arm64/v8`; undefined for what is no image, such as an attestation. */
  readonly platform: string | undefined;
}

export type Manifest =
  | {readonly is: 'index'; readonly images: readonly PlatformDescriptor[]}
  | {readonly is: 'image'; readonly config: Descriptor; readonly layers: readonly Descriptor[]};

/** The media types of manifests, for the header `accept`. */
export const manifestTypes: readonly string[] = [
  'application/vnd.oci.image.index.v1+json',
  'application/vnd.docker.distribution.manifest.list.v2+json',
  'application/vnd.oci.image.manifest.v1+json',
  'application/vnd.docker.distribution.manifest.v2+json',
];

const configTypes: readonly string[] = [
  'application/vnd.oci.image.config.v1+json',
  'application/vnd.docker.container.image.v1+json',
];

/** The most images of an index, and layers of an image. */
const most = 500;

/** @throws {ImageError} if `bytes` are no manifest of an image or an index */
export function manifestIn(bytes: Uint8Array): Manifest {
  const value = jsonIn(bytes, 'the manifest');
  const {manifests, layers, config} = value;
  if (value['schemaVersion'] !== 2) {
    throw new ImageError(
      'the manifest must have `schemaVersion: 2`: older ones have no configuration',
    );
  }
  // One that is both could be read differently by the runtime: CVE-2021-41190.
  if (manifests !== undefined && (layers ?? config) !== undefined) {
    throw new ImageError('the manifest is both an index and an image');
  }
  if (manifests !== undefined) {
    return {is: 'index', images: listOf(manifests, 'images').map(platformDescriptor)};
  }
  return {
    is: 'image',
    config: descriptor(asMap(config)),
    layers: listOf(layers ?? [], 'layers').map(each => descriptor(asMap(each))),
  };
}

function listOf(value: Json | undefined, what: string) {
  const list = asList(value);
  if (list.length > most) throw new ImageError(`the manifest has more than ${most} ${what}`);
  return list;
}

function descriptor(value: JsonMap | undefined): Descriptor {
  const digest = asString(value?.['digest']) ?? '';
  const size = value?.['size'];
  if (!isDigest(digest) || typeof size !== 'number' || !Number.isSafeInteger(size) || size < 0) {
    throw new ImageError('the manifest has a reference without a valid digest and size');
  }
  return {mediaType: asString(value?.['mediaType']) ?? '', digest, size};
}

function platformDescriptor(value: Json | undefined): PlatformDescriptor {
  const {os, architecture, variant} = asMap(asMap(value)?.['platform']) ?? {};
  const parts = [os, architecture, ...(variant === undefined ? [] : [variant])];
  const isKnown = parts.every(part => typeof part === 'string' && platformPart.test(part));
  return {
    ...descriptor(asMap(value)),
    platform: isKnown && os !== 'unknown' ? parts.join('/') : undefined,
  };
}

const platformPart = /^[a-z0-9._-]{1,32}$/i;

/** The configuration in `bytes`, and the platform that it names. `type` is its media type. */
export interface ReadConfig {
  readonly config: ImageConfig;
  readonly platform: string | undefined;
}

/** What an artifact that is no image has instead of a configuration: nothing can run. */
export const noConfig: ReadConfig = {config: {user: '', uid: 0}, platform: undefined};

export const isImageConfig = ({mediaType}: Descriptor): boolean => configTypes.includes(mediaType);

/** @throws {ImageError} if `bytes` are no configuration of an image */
export function configIn(bytes: Uint8Array): ReadConfig {
  const value = jsonIn(bytes, 'the configuration');
  const config = asMap(value['config']) ?? {};
  const user = asString(config['User']) ?? '';
  if (user.length > longestUser) throw new ImageError('the user of the image is far too long');
  const uid = uidOf(user);
  const gid = numberOf(user.split(':')[1] ?? '');
  const entrypoint = textsIn(config['Entrypoint']);
  const command = textsIn(config['Cmd']);
  const ports = keysIn(config['ExposedPorts']).map(withProtocol).filter(isPort);
  const volumes = keysIn(config['Volumes']).filter(isFolder);
  const stopSignal = asString(config['StopSignal']) ?? '';
  const labels = labelsIn(asMap(config['Labels']) ?? {});
  const {platform} = platformDescriptor({platform: value, digest: zeros, size: 0});
  return {
    config: {
      user,
      ...(uid === undefined ? {} : {uid}),
      ...(gid === undefined ? {} : {gid}),
      ...(entrypoint.length === 0 ? {} : {entrypoint}),
      ...(command.length === 0 ? {} : {command}),
      ...(ports.length === 0 ? {} : {ports: ports.sort()}),
      ...(volumes.length === 0 ? {} : {volumes: volumes.sort()}),
      ...(stopSignal === '' ? {} : {stopSignal: stopSignal.slice(0, longestText)}),
      ...(Object.keys(labels).length === 0 ? {} : {labels}),
    },
    platform,
  };
}

const zeros = `sha256:${'0'.repeat(64)}`;
const longestUser = 200;
/** Longer texts help no reader of the lock file. */
const longestText = 500;
const mostTexts = 100;

const textsIn = (value: Json | undefined): readonly string[] =>
  asList(value)
    .slice(0, mostTexts)
    .map(item => (asString(item) ?? '').slice(0, longestText));

const keysIn = (value: Json | undefined): string[] =>
  Object.keys(asMap(value) ?? {}).slice(0, mostTexts);

/** Docker writes the protocol; the specification lets it be left out: TCP. */
const withProtocol = (port: string): string => (port.includes('/') ? port : `${port}/tcp`);

/** The labels that say where an image comes from: the annotations of the OCI image specification. */
const labelsIn = (labels: JsonMap): Readonly<Record<string, string>> =>
  Object.fromEntries(
    ['licenses', 'source', 'version'].flatMap(key => {
      const value = asString(labels[`org.opencontainers.image.${key}`]) ?? '';
      return value === '' ? [] : [[key, value.slice(0, longestText)] as const];
    }),
  );

/** @throws {ImageError} if `bytes` are no JSON object */
function jsonIn(bytes: Uint8Array, what: string): JsonMap {
  try {
    const value: Json = JSON.parse(new TextDecoder('utf-8', {fatal: true}).decode(bytes));
    if (isMap(value)) return value;
  } catch (error) {
    throw new ImageError(`${what} is no JSON`, {cause: error});
  }
  throw new ImageError(`${what} is no JSON object`);
}
