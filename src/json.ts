/** A value as the API server sees it after converting YAML to JSON. */
export type Json = null | boolean | number | string | JsonList | JsonMap;
/** A hole (undefined) is an item that an edit removed; parsed values have none. */
export type JsonList = readonly (Json | undefined)[];
export type JsonMap = {readonly [key: string]: Json};

/** The path of a value in its object: keys of mappings and indices of lists. */
export type Path = readonly (string | number)[];

/**
 * A mapping without a prototype, so that a hostile key such as `__proto__` or `constructor` is a
 * normal key. It uses a constructor instead of `Object.create(null)`, so that V8 keeps fast, shaped
 * objects.
 */
export const Dictionary = function Dictionary() {} as unknown as new () => {[key: string]: Json};
Dictionary.prototype = Object.create(null);

export const isMap = (value: Json | undefined): value is JsonMap =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

export const isList = (value: Json | undefined): value is JsonList => Array.isArray(value);

/** `value` if it is a mapping, otherwise undefined. */
export const asMap = (value: Json | undefined): JsonMap | undefined =>
  isMap(value) ? value : undefined;

/** `value` if it is a list, otherwise an empty list. */
export const asList = (value: Json | undefined): JsonList => (isList(value) ? value : []);

export const asString = (value: Json | undefined): string | undefined =>
  typeof value === 'string' ? value : undefined;

/** Any value as text: `String` throws for a mapping without a prototype. */
export const textOf = (value: Json | undefined): string =>
  typeof value === 'string' ? value : (JSON.stringify(value) ?? '');

/** The items of a list by their indices, or the values of a mapping by their keys. */
export const childrenOf = (
  value: JsonList | JsonMap,
): Iterable<readonly [string | number, Json | undefined]> =>
  isList(value) ? value.entries() : Object.entries(value);

/** The value at `path` in `value`, if there is one. */
export function valueAt(value: Json | undefined, path: Path): Json | undefined {
  let current = value;
  for (const step of path) {
    if (typeof step === 'number') current = isList(current) ? current[step] : undefined;
    else current = isMap(current) ? current[step] : undefined;
  }
  return current;
}

/** `path` as a JSON Pointer (RFC 6901). */
export function toPointer(path: Path): string {
  let pointer = '';
  for (const step of path) pointer += `/${typeof step === 'number' ? step : escaped(step)}`;
  return pointer;
}

const escaped = (key: string): string =>
  /[~/]/.test(key) ? key.replaceAll('~', '~0').replaceAll('/', '~1') : key;

/** Whether two values are equal, regardless of key order and prototypes. */
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

/**
 * The values at `name` (in lower case), as Go's encoding/json finds fields: in upper or lower case, for which it also treats
 * "ſ" as "s" and the Kelvin sign as "k".
 */
export const inAnyCase = (map: JsonMap, name: string): readonly Json[] =>
  Object.entries(map)
    .filter(([key]) => key.toUpperCase().toLowerCase() === name)
    .map(([, value]) => value);
