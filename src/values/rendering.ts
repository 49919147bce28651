import {UsageError} from '../errors.ts';
import {isList, isMap, isSameJson, type Json, type JsonMap} from '../json.ts';
import type {Resource} from '../kubernetes/resource.ts';
import {readStream} from '../stream/manifest-stream.ts';
import {YamlError} from '../yaml/error.ts';
import {splitDocuments} from '../yaml/split.ts';
import {type Field, fieldsOf, keyOf, type NamedPath, valueAtNamed} from './named-path.ts';

/** An object of a rendering. */
export interface RenderedObject {
  /** Its kind, namespace and name. */
  readonly id: string;
  readonly title: string;
  readonly value: JsonMap;
}

/** What helm printed, split into documents. */
export interface Rendering {
  readonly text: string;
  readonly documents: readonly string[];
}

/** @throws {YamlError} if it is no stream of documents */
export const renderingOf = (text: string): Rendering => ({
  text,
  documents: splitDocuments(text).map(({start, end}) => text.slice(start, end)),
});

export const idOf = ({
  group,
  kind,
  namespace = '',
  name,
}: Pick<Resource, 'group' | 'kind' | 'namespace' | 'name'>): string =>
  JSON.stringify([group, kind, namespace, name]);

/** As `titleOf` of a finding. */
export const titleOf = ({
  kind,
  namespace,
  name,
}: Pick<Resource, 'kind' | 'namespace' | 'name'>): string =>
  [kind, ...(namespace === undefined ? [] : [namespace]), name].join('/');

/** @throws {UsageError} if a document is not an object */
export const objectsIn = (documents: readonly string[]): readonly RenderedObject[] =>
  documents.flatMap(document =>
    readStream(document, 'rendering').resources.map(resource => ({
      id: idOf(resource),
      title: titleOf(resource),
      value: resource.value,
    })),
  );

/** One difference between two renderings of a chart. */
export interface Change {
  readonly id: string;
  readonly title: string;
  /** Empty if the whole object is new or gone. */
  readonly path: NamedPath;
  readonly before?: Json;
  readonly after?: Json;
}

export interface Difference {
  readonly changes: readonly Change[];
  /** The objects of the second rendering that the first does not have in the same text, by their identity. */
  readonly after: ReadonlyMap<string, RenderedObject>;
}

/** What differs between two renderings; documents with the same text are not even parsed. @throws {UsageError} as `objectsIn` */
export function differenceOf(one: Rendering, other: Rendering): Difference {
  const [before, after] = differing(one, other);
  const objects = objectsIn(after);
  return {
    changes: paired(objectsIn(before), objects).flatMap(changesOf),
    after: new Map(objects.map(each => [each.id, each])),
  };
}

/** The documents that only one of the two has. */
function differing(
  one: Rendering,
  other: Rendering,
): readonly [readonly string[], readonly string[]] {
  return [without(one.documents, other.documents), without(other.documents, one.documents)];
}

function without(documents: readonly string[], known: readonly string[]): readonly string[] {
  const counts = new Map<string, number>();
  for (const text of known) counts.set(text, (counts.get(text) ?? 0) + 1);
  return documents.filter(text => {
    const count = counts.get(text) ?? 0;
    if (count > 0) counts.set(text, count - 1);
    return count === 0;
  });
}

type Pair = readonly [RenderedObject | undefined, RenderedObject | undefined];

/** Objects with the same identity, in order; and those that only one side has. */
function paired(
  before: readonly RenderedObject[],
  after: readonly RenderedObject[],
): readonly Pair[] {
  const left = new Map<string, RenderedObject[]>();
  for (const each of after.toReversed()) {
    const same = left.get(each.id);
    if (same === undefined) left.set(each.id, [each]);
    else same.push(each);
  }
  const pairs = before.map(one => [one, left.get(one.id)?.pop()] as const);
  return [...pairs, ...[...left.values()].flat().map(each => [undefined, each] as const)];
}

function changesOf([one, other]: Pair): readonly Change[] {
  const {id = '', title = ''} = one ?? other ?? {};
  if (one === undefined) return [{id, title, path: [], after: other?.value ?? null}];
  if (other === undefined) return [{id, title, path: [], before: one.value}];
  const before = fieldsOf(one.value);
  const after = fieldsOf(other.value);
  const changes = new Map<string, Change>();
  const add = (change: Change) => {
    const key = keyOf(change.path);
    if (!changes.has(key)) changes.set(key, change);
  };
  for (const [key, {path, value}] of before) {
    const now = after.get(key);
    if (now === undefined) {
      if (isFilled(path, other.value)) continue;
      const whole = wholeOf(path, one.value, other.value);
      add({id, title, path: whole.path, before: whole.value});
    } else if (!isSameJson(value, now.value))
      add({id, title, path, before: value, after: now.value});
  }
  for (const [key, {path}] of after) {
    if (before.has(key) || isFilled(path, one.value)) continue;
    const whole = wholeOf(path, other.value, one.value);
    add({id, title, path: whole.path, after: whole.value});
  }
  return [...changes.values()];
}

/** Whether what is empty at `path` in one value has content in the other: that is told field by field. */
function isFilled(path: NamedPath, other: Json): boolean {
  const value = valueAtNamed(other, path);
  return isMap(value) || isList(value);
}

/** The field at `path` in `value`; or the item of a list around it, if the other value has no such item. */
function wholeOf(path: NamedPath, value: Json, other: Json): Field {
  const missing = path.findIndex(
    (step, index) =>
      step.startsWith('[') && valueAtNamed(other, path.slice(0, index + 1)) === undefined,
  );
  const whole = missing === -1 ? path : path.slice(0, missing + 1);
  return {path: whole, value: valueAtNamed(value, whole) ?? null};
}

/** What differs between two renderings with the same values: times, random names and passwords. */
export class Volatile {
  readonly #fields: ReadonlySet<string>;
  readonly #kinds: ReadonlySet<string>;
  /** The objects of the first rendering that the second does not have. */
  readonly #gone: ReadonlySet<string>;

  /** @throws {UsageError} as `differenceOf` */
  constructor(one: Rendering, other: Rendering) {
    const {changes} = differenceOf(one, other);
    this.#fields = new Set(changes.map(placeOf));
    const whole = changes.filter(({path}) => path.length === 0);
    this.#kinds = new Set(whole.map(kindOf));
    this.#gone = new Set(whole.filter(({after: now}) => now === undefined).map(({id}) => id));
  }

  /**
   * What identifies an object in all renderings, if its name does not: its kind. `known` are those of the first rendering.
   */
  kindOfRenamed(id: string, known: ReadonlySet<string>): string | undefined {
    const kind = kindOf({id});
    const isRenamed = this.#kinds.has(kind) && (this.#gone.has(id) || !known.has(id));
    return isRenamed ? kind : undefined;
  }

  /** The changes that different values explain. */
  without(changes: readonly Change[]): readonly Change[] {
    return changes.filter(
      each =>
        !this.#fields.has(placeOf(each)) &&
        !(each.path.length === 0 && this.#kinds.has(kindOf(each))),
    );
  }
}

const placeOf = ({id, path}: Pick<Change, 'id' | 'path'>): string => JSON.stringify([id, ...path]);

/** The group, kind and namespace of an object whose name is new each time. */
const kindOf = ({id}: Pick<Change, 'id'>): string => JSON.stringify(JSON.parse(id).slice(0, 3));

/** The fields of an object. */
export const fieldsIn = ({value}: RenderedObject): Iterable<Field> => fieldsOf(value).values();

/** What `read` gives; undefined if the rendering cannot be read. */
export function readable<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    if (error instanceof UsageError || error instanceof YamlError) return undefined;
    throw error;
  }
}
