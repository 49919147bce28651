import {asMap, isList, isMap, type Json, type JsonList} from '../json.ts';

/**
 * The path of a field in which items of a list are known by their names, as far as all have one: it stays when
 * a container is added before another. A step for an item is in brackets.
 */
export type NamedPath = readonly string[];

/** A text for each path, for maps. */
export const keyOf = (path: NamedPath): string => JSON.stringify(path);

/** The value at a path with names. */
export function valueAtNamed(value: Json | undefined, path: NamedPath): Json | undefined {
  let current: Json | undefined = value;
  for (const step of path) {
    if (isList(current)) {
      const inside = step.slice(1, -1);
      const index = indexOf(current);
      current = current[index === undefined ? Number(inside) : (index.get(inside) ?? -1)];
    } else if (isMap(current)) current = current[step];
    else return undefined;
  }
  return current;
}

/** The names of the items, if each has one of its own. */
export const namesOf = (list: JsonList): readonly string[] | undefined => {
  const index = indexOf(list);
  return index === undefined ? undefined : [...index.keys()];
};

const indexes = new WeakMap<JsonList, ReadonlyMap<string, number> | false>();

/** The positions of items by their names, if each has one of its own; looked up once for each list. */
function indexOf(list: JsonList): ReadonlyMap<string, number> | undefined {
  const known = indexes.get(list) ?? indexed(list);
  indexes.set(list, known);
  return known === false ? undefined : known;
}

function indexed(list: JsonList): ReadonlyMap<string, number> | false {
  const index = new Map<string, number>();
  for (const [at, item] of list.entries()) {
    const name = asMap(item)?.['name'];
    if (typeof name !== 'string' || index.has(name)) return false;
    index.set(name, at);
  }
  return index;
}

/** The fields in `value`, by the keys of their paths: scalars, and what is empty. */
export function fieldsOf(value: Json): ReadonlyMap<string, Field> {
  const fields = new Map<string, Field>();
  collect(value, [], fields);
  return fields;
}

export interface Field {
  readonly path: NamedPath;
  readonly value: Json;
}

function collect(value: Json, path: NamedPath, fields: Map<string, Field>): void {
  if (isList(value) && value.length > 0) {
    const names = namesOf(value);
    for (const [index, item] of value.entries()) {
      collect(item as Json, [...path, `[${names?.[index] ?? index}]`], fields);
    }
  } else if (isMap(value) && Object.keys(value).length > 0) {
    for (const key of Object.keys(value)) collect(value[key] as Json, [...path, key], fields);
  } else fields.set(keyOf(path), {path, value});
}

/** `spec.containers[web].image`, as a person writes it. */
export const shownPath = (path: NamedPath): string =>
  path.reduce(
    (text, step) => (step.startsWith('[') || text === '' ? `${text}${step}` : `${text}.${step}`),
    '',
  );

export const isWithinPath = (path: NamedPath, holder: NamedPath): boolean =>
  holder.length <= path.length && holder.every((step, index) => path[index] === step);
