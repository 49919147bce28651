import type {Json, JsonMap} from '../../json.ts';
import {emitFlow} from '../../yaml/emit.ts';
import type {ImageConfig, LockedImage, PlatformImage} from '../image.ts';
import {apiVersion, configKeys, kind} from './fields.ts';

const head = `# Written by \`kube-harden images\`, which asks the registries. \`kube-harden images --check\` says which tags have moved.
# \`writes\` may be added by hand: the folders that the image writes to.
apiVersion: ${apiVersion}
kind: ${kind}
`;

/**
 * Images by their whole names as the text of a lock file: sorted, one value a line, so that changes of two branches
 * merge and a review shows what changed.
 */
export function toImageLock(images: ReadonlyMap<string, LockedImage>): string {
  const names = [...images.keys()].sort();
  return [
    head,
    names.length === 0 ? 'images: {}\n' : 'images:\n',
    ...names.flatMap(name => [
      `  ${scalar(name)}:\n`,
      ...imageLines(images.get(name) as LockedImage, '    '),
    ]),
  ].join('');
}

function* imageLines(image: LockedImage, indent: string): Iterable<string> {
  const {digest, read, config, writes, verified, platforms} = image;
  yield* pairLines({digest, read, ...configOf(config), writes}, indent);
  if (verified !== undefined) {
    yield `${indent}verified:\n`;
    yield* pairLines({...verified}, `${indent}  `);
  }
  if (platforms === undefined || platforms.size === 0) return;
  yield `${indent}platforms:\n`;
  for (const name of [...platforms.keys()].sort()) {
    yield* platformLines(name, platforms.get(name) as PlatformImage, `${indent}  `);
  }
}

function* platformLines(
  name: string,
  {digest, config}: PlatformImage,
  indent: string,
): Iterable<string> {
  if (config === undefined) {
    yield* pairLines({[name]: digest}, indent);
    return;
  }
  yield `${indent}${scalar(name)}:\n`;
  yield* pairLines({digest, ...configOf(config)}, `${indent}  `);
}

const configOf = (config: ImageConfig): Readonly<Record<string, Json | undefined>> =>
  Object.fromEntries(configKeys.map(key => [key, config[key]]));

function* pairLines(
  pairs: Readonly<Record<string, Json | undefined>>,
  indent: string,
): Iterable<string> {
  for (const [key, value] of Object.entries(pairs)) {
    if (value !== undefined) yield* pair(key, value, indent);
  }
}

/** A mapping takes a line for each of its values. */
function* pair(key: string, value: Json, indent: string): Iterable<string> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    yield `${indent}${scalar(key)}: ${scalar(value)}\n`;
    return;
  }
  const map = value as JsonMap;
  yield `${indent}${scalar(key)}:\n`;
  for (const name of Object.keys(map).sort()) {
    yield `${indent}  ${scalar(name)}: ${scalar(map[name] as Json)}\n`;
  }
}

/** Names of images and digests need no quotes: no parser reads them as anything else. */
const scalar = (value: Json): string =>
  typeof value === 'string' && plain.test(value) ? value : emitFlow(value);

const plain = /^[a-z][\w./@-]*(?::[\w./@-]+)+$/;
