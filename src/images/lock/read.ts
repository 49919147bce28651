import * as v from 'valibot';
import {isList, isMap, type Json, type JsonMap, type Path} from '../../json.ts';
import {readOwnFile} from '../../stream/own-file.ts';
import type {ImageConfig, LockedImage} from '../image.ts';
import {configKeys, kind, topKeys, writingCommand} from './fields.ts';
import {imageLockSchema, notMapping} from './schema.ts';

/** Whether an object is a lock file of images, of any version: nobody could apply it. */
export const isImageLock = (object: JsonMap): boolean =>
  object['kind'] === kind &&
  typeof object['apiVersion'] === 'string' &&
  object['apiVersion'].startsWith('kube-harden.io/') &&
  Object.keys(object).every(key => topKeys.includes(key));

/**
 * The images in `text`, the content of the lock file `file`, by their whole names.
 *
 * @throws {UsageError} with line and column if something in it is wrong
 */
export function readImageLock(text: string, file: string): ReadonlyMap<string, LockedImage> {
  const {value, fail} = readOwnFile(text, file, 'the lock file', writingCommand);
  const unread = unreadIn(value, [], 0);
  if (unread !== undefined) return fail(unread.message, unread.path);
  const result = v.safeParse(imageLockSchema, value, {abortEarly: true});
  if (!result.success) {
    const {message, path} = mistakeIn(result.issues[0]);
    return fail(message, path);
  }
  const {images = {}} = result.output;
  return new Map(Object.entries(images).map(([name, image]) => [name, imageIn(image)]));
}

type WrittenImage = NonNullable<v.InferOutput<typeof imageLockSchema>['images']>[string];

function imageIn({
  read,
  digest,
  writes,
  verified,
  platforms,
  ...config
}: WrittenImage): LockedImage {
  return {
    read,
    config: configIn(config),
    ...(digest === undefined ? {} : {digest}),
    ...(writes === undefined ? {} : {writes}),
    ...(verified === undefined ? {} : {verified}),
    ...(platforms === undefined ? {} : {platforms: platformsIn(platforms)}),
  };
}

const platformsIn = (platforms: NonNullable<WrittenImage['platforms']>) =>
  new Map(
    Object.entries(platforms).map(([name, platform]) => {
      if (typeof platform === 'string') return [name, {digest: platform}] as const;
      const {digest, ...config} = platform;
      return [name, {digest, config: configIn(config)}] as const;
    }),
  );

/** `config` without the keys that are not there, in one order. */
const configIn = (config: Partial<Record<keyof ImageConfig, unknown>>): ImageConfig =>
  Object.fromEntries(
    configKeys.flatMap(key => (config[key] === undefined ? [] : [[key, config[key]]])),
  ) as unknown as ImageConfig;

interface Mistake {
  readonly message: string;
  readonly path: Path;
}

function mistakeIn({type, message, path, input, issues}: v.BaseIssue<unknown>): Mistake {
  const own = path?.map(({key}) => key as string | number) ?? [];
  if (type !== 'union' || issues === undefined) return {message, path: own};
  // A digest alone, or a mapping with one.
  const inner = issues[isMap(input as Json) ? issues.length - 1 : 0];
  if (inner === undefined) return {message, path: own};
  const mistake = mistakeIn(inner);
  return {message: mistake.message, path: [...own, ...mistake.path]};
}

/** No lock file is nested deeper. */
const deepest = 6;

/**
 * What valibot does not see: a list, which it takes for a mapping of its indexes where one is wanted, and keys that it
 * passes over because they may be an attack on prototypes.
 */
function unreadIn(value: Json | undefined, path: Path, depth: number): Mistake | undefined {
  if (depth > deepest) return {message: 'it is nested too deep for a lock file', path};
  if (isList(value)) {
    const isMapping =
      depth < 3 || ['labels', 'platforms', 'verified'].includes(String(path.at(-1)));
    return isMapping ? {message: notMapping, path} : undefined;
  }
  if (!isMap(value)) return undefined;
  for (const [key, item] of Object.entries(value)) {
    const at = [...path, key];
    if (forbidden.includes(key)) return {message: `unknown key "${key}"`, path: at};
    const mistake = unreadIn(item, at, depth + 1);
    if (mistake !== undefined) return mistake;
  }
  return undefined;
}

const forbidden = ['__proto__', 'prototype', 'constructor'];
