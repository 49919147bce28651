import {Dictionary, isList, isMap, type Json, type JsonList, type Path, valueAt} from './json.ts';

/**
 * An edit that a rule requests. Paths are those of the original object: an item that is removed
 * from a list leaves a hole, so the indices of other items do not change.
 */
export interface Edit {
  readonly op: 'remove' | 'set' | 'append';
  readonly path: Path;
  readonly value?: Json;
}

/**
 * Removes what is at `path`, and every mapping or list around it that is then empty and
 * meaningless. A mapping whose presence may mean something stays as `{}`.
 */
export const remove = (path: Path): Edit => ({op: 'remove', path});

/**
 * Fields that Kubernetes treats as absent if they are empty. All others may matter: the presence of
 * a mapping may select something, as `emptyDir` does in a volume, or an operator may require it.
 */
const nothingWhenEmpty: ReadonlySet<string> = new Set([
  'add',
  'annotations',
  'capabilities',
  'drop',
  'externalIPs',
  'ports',
  'rules',
  'seLinuxOptions',
  'securityContext',
  'sysctls',
  'volumeDevices',
  'volumeMounts',
  'volumes',
  'windowsOptions',
]);

/** Sets `value` at `path`; missing mappings on the way are created. */
export const set = (path: Path, value: Json): Edit => ({op: 'set', path, value});

/** Appends `value` to the list at `path`, which is created if missing. */
export const append = (path: Path, value: Json): Edit => ({op: 'append', path, value});

/**
 * `value` with `edits` applied. The original is not changed: parts without edits are shared, and
 * lists keep holes where items were removed. Each collection is copied once, however many edits
 * there are.
 *
 * An edit whose path leads through anything but mappings and lists is ignored: the API server
 * refuses such an object, and the rule keeps reporting it. If no edit was made, the result is
 * `value` itself.
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

/** The path in `withoutHoles(value)` for `path` in `value`. */
export function pathWithoutHoles(value: Json | undefined, path: Path): Path {
  let current = value;
  return path.map(step => {
    const holder = current;
    current = valueAt(holder, [step]);
    if (typeof step !== 'number' || !isList(holder)) return step;
    return holder.slice(0, step).filter(item => item !== undefined).length;
  });
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

  apply({op, path, value}: Edit): void {
    const key = path[path.length - 1];
    if (key === undefined || !canReach(this.value, path, op)) return;
    const parent = this.#collectionAt(path.slice(0, -1));
    if (op === 'remove') {
      erase(parent, key);
      this.#thinned.set(parent, path.slice(0, -1));
    } else if (op === 'set') {
      assign(parent, key, value as Json);
    } else {
      const list = this.#own(read(parent, key) ?? []);
      assign(parent, key, list as Json);
      (list as (Json | undefined)[]).push(value);
    }
  }

  /**
   * Removes the collections that are empty after removals, and those that this empties in turn,
   * except those whose presence may mean something.
   */
  prune(): void {
    const paths = [...this.#thinned].sort(([, a], [, b]) => b.length - a.length);
    for (const [collection, path] of paths) this.#pruneUpwards(collection, path);
  }

  #pruneUpwards(thinned: Collection, at: Path): void {
    let collection = thinned;
    let path = at;
    while (path.length > 0 && isEmpty(collection) && nothingWhenEmpty.has(nameOf(path))) {
      const key = path[path.length - 1] as string | number;
      path = path.slice(0, -1);
      const parent = valueAt(this.value, path);
      if (!isList(parent) && !isMap(parent)) return;
      if (read(parent as Collection, key) !== collection) return;
      erase(parent as Collection, key);
      collection = parent as Collection;
    }
  }

  /** The collection at `path`, copied so that it can be changed; missing mappings are created. */
  #collectionAt(path: Path): Collection {
    let current = this.#own(this.value);
    this.value = current as Json;
    for (const key of path) {
      const child = this.#own(read(current, key) ?? new Dictionary());
      assign(current, key, child as Json);
      current = child;
    }
    return current;
  }

  #own(value: Json): Collection {
    if (this.#owned.has(value as Collection)) return value as Collection;
    const copy = isList(value) ? [...value] : Object.assign(new Dictionary(), value);
    this.#owned.add(copy);
    return copy;
  }
}

/** Whether an edit at `path` can be made, and would change anything. */
function canReach(root: Json, path: Path, op: Edit['op']): boolean {
  let current: Json | undefined = root;
  for (const key of path) {
    const isMissing: boolean = current === undefined || current === null;
    if (isMissing && op === 'remove') return false;
    if (typeof key === 'number' ? !isList(current) || key >= current.length : isList(current)) {
      return false;
    }
    if (!isMissing && !isList(current) && !isMap(current)) return false;
    current = isMissing ? undefined : read(current as Collection, key);
    if (typeof key === 'number' && current === undefined) return false;
  }
  if (op === 'remove') return current !== undefined;
  return op === 'set' || current === undefined || current === null || isList(current);
}

/** The key at `path`; for an item, that of its list. */
const nameOf = (path: Path): string => path.findLast(step => typeof step === 'string') ?? '';

function read(collection: Collection, key: string | number): Json | undefined {
  if (Array.isArray(collection)) return typeof key === 'number' ? collection[key] : undefined;
  return typeof key === 'string' ? collection[key] : undefined;
}

function assign(collection: Collection, key: string | number, value: Json): void {
  if (Array.isArray(collection)) collection[key as number] = value;
  else collection[key as string] = value;
}

function erase(collection: Collection, key: string | number): void {
  if (Array.isArray(collection)) collection[key as number] = undefined;
  else delete collection[key];
}

const isEmpty = (collection: Collection): boolean =>
  Array.isArray(collection)
    ? (collection as JsonList).every(item => item === undefined)
    : Object.keys(collection).length === 0;
