import {
  asList,
  Dictionary,
  isList,
  isMap,
  type Json,
  type JsonList,
  type JsonMap,
  type Path,
} from './json.ts';

/**
 * What a rule asks for. Paths are those of the object as it was read: an item that is removed
 * from a list leaves a hole, so the indices of its neighbours stay what they were.
 */
export type Edit = RemoveEdit | SetEdit | AppendEdit;

interface RemoveEdit {
  readonly op: 'remove';
  readonly path: Path;
}

interface SetEdit {
  readonly op: 'set';
  readonly path: Path;
  readonly value: Json;
}

interface AppendEdit {
  readonly op: 'append';
  /** The list; it is made where there is none. */
  readonly path: Path;
  readonly value: Json;
}

/** Takes away what is at `path`, and every parent that this leaves empty. */
export const remove = (...path: Path): Edit => ({op: 'remove', path});

/** Puts `value` at `path`, in place of what is there; mappings on the way are made. */
export const set = (path: Path, value: Json): Edit => ({op: 'set', path, value});

/** Adds `value` as the last item of the list at `path`. */
export const append = (path: Path, value: Json): Edit => ({op: 'append', path, value});

/**
 * The value that `edits` make of `value`, which itself is not changed: what no edit touches is
 * shared between the two, and lists keep holes where items were removed.
 *
 * @throws {TypeError} where an edit's path leads through a scalar: a rule's mistake
 */
export function applyEdits(value: Json, edits: readonly Edit[]): Json {
  let result = value;
  for (const edit of edits) result = apply(result, edit, 0) ?? new Dictionary();
  return result;
}

/** `value` without the holes that removed items left. */
export function withoutHoles(value: Json): Json {
  if (isList(value)) {
    return value.filter(item => item !== undefined).map(withoutHoles);
  }
  if (!isMap(value)) return value;
  const map = new Dictionary();
  for (const key of Object.keys(value)) map[key] = withoutHoles(value[key] as Json);
  return map;
}

/** Undefined: nothing is left at this place. */
function apply(value: Json | undefined, edit: Edit, depth: number): Json | undefined {
  if (depth === edit.path.length) return applyHere(value, edit);
  if (edit.op === 'remove' && value === undefined) return undefined;
  const step = edit.path[depth] as string | number;
  if (typeof step === 'number') return applyInList(value, edit, depth, step);
  if (value !== undefined && value !== null && !isMap(value)) throw misplaced(edit);
  return applyInMap(value ?? new Dictionary(), edit, depth, step);
}

function applyHere(value: Json | undefined, edit: Edit): Json | undefined {
  if (edit.op === 'remove') return undefined;
  if (edit.op === 'set') return edit.value;
  return [...asList(value), edit.value];
}

function applyInMap(map: JsonMap, edit: Edit, depth: number, key: string): Json | undefined {
  const before = map[key];
  const after = apply(before, edit, depth + 1);
  if (after === before) return map;
  const copy = new Dictionary();
  for (const name of Object.keys(map)) {
    if (name !== key || after !== undefined) copy[name] = map[name] as Json;
  }
  if (after !== undefined) copy[key] = after;
  const isEmptied = after === undefined && depth > 0 && Object.keys(copy).length === 0;
  return isEmptied ? undefined : copy;
}

function applyInList(
  list: Json | undefined,
  edit: Edit,
  depth: number,
  index: number,
): Json | undefined {
  if (!isList(list) || index >= list.length) throw misplaced(edit);
  const before = list[index];
  const after = apply(before, edit, depth + 1);
  if (after === before) return list;
  const copy: (Json | undefined)[] = [...list];
  copy[index] = after;
  const isEmptied = after === undefined && copy.every(item => item === undefined);
  return isEmptied ? undefined : (copy as JsonList);
}

const misplaced = (edit: Edit): TypeError =>
  new TypeError(`an edit's path must lead through mappings and lists: /${edit.path.join('/')}`);
