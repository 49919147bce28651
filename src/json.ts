/** A value as the API server sees it once YAML has become JSON. */
export type Json = null | boolean | number | string | JsonList | JsonMap;
/** A hole (undefined) is an item that an edit removed; what was read has none. */
export type JsonList = readonly (Json | undefined)[];
export type JsonMap = {readonly [key: string]: Json};

/** Where a value lies below its object: keys of mappings and indices of lists. */
export type Path = readonly (string | number)[];

/**
 * A mapping with no prototype, so that a hostile key such as `__proto__` or `constructor` is a key
 * like any other. A constructor, not `Object.create(null)`: V8 keeps its fast, shaped objects.
 */
export const Dictionary = function Dictionary() {} as unknown as new () => {[key: string]: Json};
Dictionary.prototype = Object.create(null);

export const isMap = (value: Json | undefined): value is JsonMap =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

export const isList = (value: Json | undefined): value is JsonList => Array.isArray(value);

/** The mapping that `value` is, or undefined for anything else. */
export const asMap = (value: Json | undefined): JsonMap | undefined =>
  isMap(value) ? value : undefined;

/** The list that `value` is, or an empty one for anything else. */
export const asList = (value: Json | undefined): JsonList => (isList(value) ? value : []);

export const asString = (value: Json | undefined): string | undefined =>
  typeof value === 'string' ? value : undefined;

/** A value in words, whatever it is: a mapping has no text of its own, and `String` throws for it. */
export const textOf = (value: Json | undefined): string =>
  typeof value === 'string' ? value : (JSON.stringify(value) ?? '');

/** The items of a list by their indices, or the values of a mapping by their keys. */
export const childrenOf = (
  value: JsonList | JsonMap,
): Iterable<readonly [string | number, Json | undefined]> =>
  isList(value) ? value.entries() : Object.entries(value);

/** The value below `value` at `path`, or undefined where nothing is. */
export function valueAt(value: Json | undefined, path: Path): Json | undefined {
  let current = value;
  for (const step of path) {
    if (typeof step === 'number') current = isList(current) ? current[step] : undefined;
    else current = isMap(current) ? current[step] : undefined;
  }
  return current;
}

/** `path` as a JSON Pointer (RFC 6901). */
export const toPointer = (path: Path): string =>
  path.map(step => `/${String(step).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');

/** Whether two values say the same: the order of keys counts for nothing, nor do prototypes. */
export function isSameJson(one: Json | undefined, other: Json | undefined): boolean {
  if (one === other) return true;
  if (isList(one)) {
    if (!isList(other) || one.length !== other.length) return false;
    return one.every((item, index) => isSameJson(item, other[index]));
  }
  if (!isMap(one) || !isMap(other)) return false;
  const keys = Object.keys(one);
  return (
    keys.length === Object.keys(other).length &&
    keys.every(key => Object.hasOwn(other, key) && isSameJson(one[key], other[key]))
  );
}
