import {withoutHoles} from './edits.ts';
import {
  isList,
  isMap,
  isSameJson,
  type Json,
  type JsonList,
  type JsonMap,
  type Path,
} from './json.ts';

/** An operation of a JSON Patch (RFC 6902, section 4). */
export interface Operation {
  readonly op: 'test' | 'add' | 'replace' | 'remove';
  readonly path: Path;
  /** Absent for `remove`. */
  readonly value?: Json;
}

/**
 * The operations that turn `before` into `after`, in the order in which they must be applied.
 * `after` is the result of `applyEdits`, in which an item that was removed from a list has left a
 * hole.
 *
 * After a list has changed, an index refers to another item. So before an operation reaches into an
 * item of a list, a `test` compares its `name`, or its whole value if it has none: if the list has
 * changed, the patch fails instead of changing something else.
 */
export function jsonPatchOf(before: JsonMap, after: JsonMap): readonly Operation[] {
  return [...changes(before, after, [])];
}

function* changes(
  before: Json | undefined,
  after: Json | undefined,
  path: Path,
): Iterable<Operation> {
  if (before === after) return;
  if (isMap(before) && isMap(after)) yield* changesOfMap(before, after, path);
  else if (isList(before) && isList(after) && before.length <= after.length) {
    yield* changesOfList(before, after, path);
  } else if (!isSameJson(before, after)) {
    yield {op: 'replace', path, value: withoutHoles(after ?? null)};
  }
}

function* changesOfMap(before: JsonMap, after: JsonMap, path: Path): Iterable<Operation> {
  for (const key of Object.keys(before)) {
    const place = [...path, key];
    if (Object.hasOwn(after, key)) yield* changes(before[key], after[key], place);
    else yield {op: 'remove', path: place};
  }
  for (const key of Object.keys(after)) {
    if (Object.hasOwn(before, key)) continue;
    yield {op: 'add', path: [...path, key], value: withoutHoles(after[key] ?? null)};
  }
}

/**
 * Items are removed at the end, the last of them first, so that the indices of the others do not
 * change.
 */
function* changesOfList(before: JsonList, after: JsonList, path: Path): Iterable<Operation> {
  const removed: number[] = [];
  for (const [index, item] of before.entries()) {
    const place = [...path, index];
    if (after[index] === undefined) removed.push(index);
    else {
      const inside = [...changes(item, after[index], place)];
      if (inside.length > 0) yield* [identityOf(item, place), ...inside];
    }
  }
  for (const item of after.slice(before.length)) {
    yield {op: 'add', path: [...path, '-'], value: withoutHoles(item ?? null)};
  }
  for (const index of removed.reverse()) {
    const place = [...path, index];
    yield* [identityOf(before[index], place), {op: 'remove', path: place}];
  }
}

/** Tests that an item of a list has not changed. */
function identityOf(item: Json | undefined, path: Path): Operation {
  const name = isMap(item) ? item['name'] : undefined;
  return typeof name === 'string'
    ? {op: 'test', path: [...path, 'name'], value: name}
    : {op: 'test', path, value: item ?? null};
}
