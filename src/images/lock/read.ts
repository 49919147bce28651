import {isList, isMap, type Json, type JsonMap, type Path} from '../../json.ts';
import {readOwnFile} from '../../stream/own-file.ts';
import {isDate} from '../../text/date.ts';
import {
  type ImageConfig,
  type LockedImage,
  type PlatformImage,
  uidOf,
  type Verification,
} from '../image.ts';
import {isFolder, isPort} from '../lock-values.ts';
import {isDigest, nameOf, referenceOf, whyInvalid} from '../reference.ts';
import {
  apiVersion,
  configKeys,
  imageKeys,
  kind,
  topKeys,
  verificationKeys,
  writingCommand,
} from './fields.ts';

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
  return new Reader(fail).read(value);
}

type Fail = (message: string, path: Path) => never;

/** Reads the value of a lock file, strictly: a misspelt key would change nothing, unnoticed. */
class Reader {
  readonly #fail: Fail;

  constructor(fail: Fail) {
    this.#fail = fail;
  }

  read(value: Json): ReadonlyMap<string, LockedImage> {
    const whole = this.#map(value, []);
    if (whole['apiVersion'] !== apiVersion) {
      this.#fail(`a lock file must have \`apiVersion: ${apiVersion}\``, ['apiVersion']);
    }
    if (whole['kind'] !== kind) this.#fail(`a lock file must have \`kind: ${kind}\``, ['kind']);
    this.#requireKeys(whole, topKeys, []);
    const images = this.#map(whole['images'] ?? {}, ['images']);
    return new Map(
      Object.keys(images).map(name => [
        this.#name(name),
        this.#image(this.#map(images[name], ['images', name]), ['images', name]),
      ]),
    );
  }

  #name(name: string): string {
    const reference = referenceOf(name);
    const reason = whyInvalid(reference);
    if (reason !== undefined) this.#fail(`"${name}" names no image: ${reason}`, ['images', name]);
    if (nameOf(reference) !== name) {
      this.#fail(`an image must have its whole name: "${nameOf(reference)}"`, ['images', name]);
    }
    return name;
  }

  #image(map: JsonMap, path: Path): LockedImage {
    this.#requireKeys(map, imageKeys, path);
    const digest = this.#optional(map, 'digest', path, this.#digest);
    const writes = this.#optional(map, 'writes', path, this.#folders);
    const verified = this.#optional(map, 'verified', path, this.#verification);
    const platforms = this.#optional(map, 'platforms', path, this.#platforms);
    return {
      read: this.#day(map['read'], [...path, 'read']),
      config: this.#config(map, path),
      ...(digest === undefined ? {} : {digest}),
      ...(writes === undefined ? {} : {writes}),
      ...(verified === undefined ? {} : {verified}),
      ...(platforms === undefined ? {} : {platforms}),
    };
  }

  #config(map: JsonMap, path: Path): ImageConfig {
    const user = this.#text(map['user'], [...path, 'user']);
    const uid = this.#optional(map, 'uid', path, this.#id);
    const known = uidOf(user);
    if (known !== undefined && known !== uid) {
      this.#fail(`\`uid\` must be ${known}, because \`user\` is ${JSON.stringify(user)}`, [
        ...path,
        uid === undefined ? 'user' : 'uid',
      ]);
    }
    const entrypoint = this.#optional(map, 'entrypoint', path, this.#texts);
    const command = this.#optional(map, 'command', path, this.#texts);
    const gid = this.#optional(map, 'gid', path, this.#id);
    const ports = this.#optional(map, 'ports', path, this.#ports);
    const volumes = this.#optional(map, 'volumes', path, this.#folders);
    const stopSignal = this.#optional(map, 'stopSignal', path, this.#text);
    const labels = this.#optional(map, 'labels', path, this.#labels);
    return {
      user,
      ...(uid === undefined ? {} : {uid}),
      ...(gid === undefined ? {} : {gid}),
      ...(entrypoint === undefined ? {} : {entrypoint}),
      ...(command === undefined ? {} : {command}),
      ...(ports === undefined ? {} : {ports}),
      ...(volumes === undefined ? {} : {volumes}),
      ...(stopSignal === undefined ? {} : {stopSignal}),
      ...(labels === undefined ? {} : {labels}),
    };
  }

  readonly #platforms = (
    value: Json | undefined,
    path: Path,
  ): ReadonlyMap<string, PlatformImage> => {
    const map = this.#map(value, path);
    return new Map(
      Object.keys(map).map(name => [name, this.#platform(map[name], [...path, name])]),
    );
  };

  #platform(value: Json | undefined, path: Path): PlatformImage {
    if (!isMap(value)) return {digest: this.#digest(value, path)};
    this.#requireKeys(value, ['digest', ...configKeys], path);
    return {
      digest: this.#digest(value['digest'], [...path, 'digest']),
      config: this.#config(value, path),
    };
  }

  readonly #verification = (value: Json | undefined, path: Path): Verification => {
    const map = this.#map(value, path);
    this.#requireKeys(map, verificationKeys, path);
    return {
      digest: this.#digest(map['digest'], [...path, 'digest']),
      by: this.#text(map['by'], [...path, 'by']),
      day: this.#day(map['day'], [...path, 'day']),
    };
  };

  readonly #digest = (value: Json | undefined, path: Path): string =>
    typeof value === 'string' && isDigest(value)
      ? value
      : this.#fail('a digest must be like "sha256:" and 64 hexadecimal digits', path);

  #day(value: Json | undefined, path: Path): string {
    return typeof value === 'string' && isDate(value)
      ? value
      : this.#fail('must be a date like "2027-06-30"', path);
  }

  readonly #id = (value: Json | undefined, path: Path): number =>
    typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= 2_147_483_647
      ? value
      : this.#fail('must be the number of a user or a group', path);

  readonly #text = (value: Json | undefined, path: Path): string =>
    typeof value === 'string' ? value : this.#fail('a text was expected', path);

  readonly #texts = (value: Json | undefined, path: Path): readonly string[] => {
    if (!isList(value)) return this.#fail('a list of texts was expected', path);
    return value.map((item, index) => this.#text(item, [...path, index]));
  };

  readonly #folders = (value: Json | undefined, path: Path): readonly string[] => {
    const folders = this.#texts(value, path);
    const wrong = folders.findIndex(folder => !isFolder(folder));
    if (wrong === -1) return folders;
    return this.#fail('must be the absolute path of a folder, without `..`', [...path, wrong]);
  };

  readonly #ports = (value: Json | undefined, path: Path): readonly string[] => {
    const ports = this.#texts(value, path);
    const wrong = ports.findIndex(port => !isPort(port));
    if (wrong === -1) return ports;
    return this.#fail('must be a port with its protocol, such as "8080/tcp"', [...path, wrong]);
  };

  readonly #labels = (value: Json | undefined, path: Path): Readonly<Record<string, string>> => {
    const map = this.#map(value, path);
    return Object.fromEntries(
      Object.keys(map).map(key => [key, this.#text(map[key], [...path, key])]),
    );
  };

  #optional<T>(
    map: JsonMap,
    key: string,
    path: Path,
    read: (value: Json | undefined, path: Path) => T,
  ): T | undefined {
    return map[key] === undefined ? undefined : read(map[key], [...path, key]);
  }

  #requireKeys(map: JsonMap, known: readonly string[], path: Path): void {
    const unknown = Object.keys(map).find(key => !known.includes(key));
    if (unknown === undefined) return;
    this.#fail(`unknown key "${unknown}": it must be one of ${known.join(', ')}`, [
      ...path,
      unknown,
    ]);
  }

  #map(value: Json | undefined, path: Path): JsonMap {
    return isMap(value) ? value : this.#fail('a mapping was expected', path);
  }
}
