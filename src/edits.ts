import {Dictionary, isList, isMap, type Json, type JsonList, type Path, valueAt} from './json.ts';

/**
 * What a rule asks for. Paths are those of the object as it was read: an item that is removed
 * from a list leaves a hole, so the indices of its neighbours stay what they were.
 */
export interface Edit {
  readonly op: 'remove' | 'set' | 'append';
  readonly path: Path;
  readonly value?: Json;
}

/** Takes away what is at `path`, and every mapping or list around it that this leaves empty. */
export const remove = (path: Path): Edit => ({op: 'remove', path});

/** Puts `value` at `path`, in place of what is there; mappings on the way are made. */
export const set = (path: Path, value: Json): Edit => ({op: 'set', path, value});

/** Adds `value` as the last item of the list at `path`, which is made where there is none. */
export const append = (path: Path, value: Json): Edit => ({op: 'append', path, value});

/** An edit's path leads through something that is neither a mapping nor a list. */
export class MisplacedEditError extends Error {
  override readonly name = 'MisplacedEditError';

  constructor(edit: Edit) {
    super(`the path must lead through mappings and lists: /${edit.path.join('/')}`);
  }
}

/**
 * The value that `edits` make of `value`, which itself is not changed: what no edit touches is
 * shared between the two, and lists keep holes where items were removed. Each collection is
 * copied once, however many edits there are.
 *
 * @throws {MisplacedEditError} where the object has another shape than the rule expects
 */
export function applyEdits(value: Json, edits: readonly Edit[]): Json {
  const draft = new Draft(value);
  for (const edit of edits) draft.apply(edit);
  draft.prune();
  return draft.value;
}

/** `value` without the holes that removed items left. */
export function withoutHoles(value: Json): Json {
  if (isList(value)) return value.filter(item => item !== undefined).map(withoutHoles);
  if (!isMap(value)) return value;
  const map = new Dictionary();
  for (const key of Object.keys(value)) map[key] = withoutHoles(value[key] as Json);
  return map;
}

type Collection = {[key: string]: Json} | (Json | undefined)[];

class Draft {
  value: Json;
  readonly #owned = new Set<Collection>();
  /** The collections that something was removed from, with their paths. */
  readonly #thinned = new Map<Collection, Path>();

  constructor(value: Json) {
    this.value = value;
  }

  apply(edit: Edit): void {
    const {op, path} = edit;
    if (op === 'remove' && valueAt(this.value, path) === undefined) return;
    const last = path[path.length - 1];
    if (last === undefined) throw new MisplacedEditError(edit);
    const parent = this.#collectionAt(path.slice(0, -1), edit);
    if (op === 'remove') this.#remove(parent, last, path);
    else if (op === 'set') assign(parent, last, edit.value as Json, edit);
    else {
      const list = this.#collectionAt(path, edit, 'list');
      if (!Array.isArray(list)) throw new MisplacedEditError(edit);
      list.push(edit.value);
    }
  }

  /** Removes the collections that removals have emptied, and those that this empties in turn. */
  prune(): void {
    const paths = [...this.#thinned].sort(([, a], [, b]) => b.length - a.length);
    for (const [collection, path] of paths) this.#pruneUpwards(collection, path);
  }

  #pruneUpwards(thinned: Collection, at: Path): void {
    let collection = thinned;
    let path = at;
    while (path.length > 0 && isEmpty(collection)) {
      const key = path[path.length - 1] as string | number;
      path = path.slice(0, -1);
      const parent = valueAt(this.value, path) as Collection | undefined;
      if (parent === undefined || read(parent, key) !== collection) return;
      erase(parent, key);
      collection = parent;
    }
  }

  #remove(parent: Collection, key: string | number, path: Path): void {
    erase(parent, key);
    this.#thinned.set(parent, path.slice(0, -1));
  }

  /** The collection at `path`, made safe to change; mappings that are missing are made. */
  #collectionAt(path: Path, edit: Edit, missing: 'mapping' | 'list' = 'mapping'): Collection {
    let current = this.#own(this.value, undefined, edit);
    this.value = current as Json;
    for (const [depth, key] of path.entries()) {
      const isLast = depth === path.length - 1;
      const child = this.#own(read(current, key), isLast ? missing : 'mapping', edit);
      assign(current, key, child as Json, edit);
      current = child;
    }
    return current;
  }

  #own(value: Json | undefined, missing: 'mapping' | 'list' | undefined, edit: Edit): Collection {
    if (isList(value))
      return this.#owned.has(value as Collection) ? (value as Collection) : this.#adopt([...value]);
    if (isMap(value)) {
      return this.#owned.has(value as Collection)
        ? (value as Collection)
        : this.#adopt(Object.assign(new Dictionary(), value));
    }
    if (missing === undefined || (value !== undefined && value !== null)) {
      throw new MisplacedEditError(edit);
    }
    return this.#adopt(missing === 'list' ? [] : new Dictionary());
  }

  #adopt(collection: Collection): Collection {
    this.#owned.add(collection);
    return collection;
  }
}

function read(collection: Collection, key: string | number): Json | undefined {
  if (Array.isArray(collection)) return typeof key === 'number' ? collection[key] : undefined;
  return typeof key === 'string' ? collection[key] : undefined;
}

function assign(collection: Collection, key: string | number, value: Json, edit: Edit): void {
  if (Array.isArray(collection)) {
    if (typeof key !== 'number' || key >= collection.length) throw new MisplacedEditError(edit);
    collection[key] = value;
  } else {
    if (typeof key !== 'string') throw new MisplacedEditError(edit);
    collection[key] = value;
  }
}

function erase(collection: Collection, key: string | number): void {
  if (Array.isArray(collection)) collection[key as number] = undefined;
  else delete collection[key];
}

const isEmpty = (collection: Collection): boolean =>
  Array.isArray(collection)
    ? (collection as JsonList).every(item => item === undefined)
    : Object.keys(collection).length === 0;
