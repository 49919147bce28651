import type {Json, JsonMap, Path} from '../../src/json.ts';
import {type FieldType, FieldTypes, type Scalar} from '../../src/kubernetes/schema/types.ts';

/** A value that the API server decodes as each type without fields. */
const right: Readonly<Record<Scalar, Json>> = {
  anything: {},
  base64: 'dGV4dA==',
  boolean: true,
  count: '25%',
  int32: 1,
  int64: 1,
  number: 1.5,
  port: 'http',
  quantity: '1Gi',
  string: 'text',
  time: '2026-01-31T12:00:00.000000Z',
};

/** Values that it does not decode as that type. */
const wrong: Readonly<Record<Scalar, readonly Json[]>> = {
  anything: [],
  base64: ['no base64!', 1],
  boolean: ['true', 1],
  count: [true, [1], 2 ** 31],
  int32: ['1', true, 1.5, 2 ** 31],
  int64: ['1', true, 1.5],
  number: ['1.5', true],
  port: [true, {}, 2 ** 31],
  quantity: ['1 GB', true, {}],
  string: [1, true, {}],
  time: ['yesterday', 1],
};

/** A value of a type, with every field, but for types within themselves. */
export function wholeOf(type: FieldType, within: readonly FieldType[] = []): Json {
  if (typeof type === 'string') return right[type];
  if (within.includes(type)) return type instanceof FieldTypes || 'values' in type ? {} : [];
  const inside = [...within, type];
  if ('items' in type) return [wholeOf(type.items, inside)];
  if ('values' in type) return {key: wholeOf(type.values, inside)};
  const fields = [...type.fields].map(([name, field]) => [name, wholeOf(field, inside)] as const);
  return Object.fromEntries(fields);
}

/** A value with what is wrong in it, if the API server does not decode it, or a key that is no field. */
export interface Sample {
  readonly value: JsonMap;
  readonly path: Path;
}

/** The key that no type has. */
export const strangeKey = 'strangeKey';

/** The places of a key that no type has: in every mapping with fields of `root`. */
export function* strangePathsIn(
  root: FieldType,
  within: readonly FieldType[] = [],
  path: Path = [],
): Generator<Path> {
  if (typeof root === 'string' || within.includes(root)) return;
  const inside = [...within, root];
  if ('items' in root) yield* strangePathsIn(root.items, inside, [...path, 0]);
  else if ('values' in root) yield* strangePathsIn(root.values, inside, [...path, 'key']);
  else {
    yield [...path, strangeKey];
    for (const [name, field] of root.fields) yield* strangePathsIn(field, inside, [...path, name]);
  }
}

/**
 * Objects with one value of a wrong type each, one for each field of each type below `root` that is not in `seen`,
 * which remembers them.
 */
export function* mistypedOf(root: FieldTypes, seen: Set<FieldTypes>): Generator<Sample> {
  for (const {type, path} of fieldTypesBelow(root, [], seen)) {
    for (const [name, field] of type.fields) {
      if (path.length === 0 && (name === 'apiVersion' || name === 'kind')) continue;
      for (const value of wrongOf(field)) {
        yield {value: around([...path, name], value), path: [...path, name]};
      }
    }
  }
}

function* fieldTypesBelow(
  type: FieldType,
  path: Path,
  seen: Set<FieldTypes>,
): Generator<{readonly type: FieldTypes; readonly path: Path}> {
  if (typeof type === 'string') return;
  if ('items' in type) yield* fieldTypesBelow(type.items, [...path, 0], seen);
  else if ('values' in type) yield* fieldTypesBelow(type.values, [...path, 'key'], seen);
  else if (!seen.has(type)) {
    seen.add(type);
    yield {type, path};
    for (const [name, field] of type.fields) yield* fieldTypesBelow(field, [...path, name], seen);
  }
}

function wrongOf(type: FieldType): readonly Json[] {
  if (typeof type === 'string') return wrong[type];
  if ('items' in type) return [{}, 'text', ...wrongOf(type.items).map(value => [value])];
  if ('values' in type) return [[], 'text', ...wrongOf(type.values).map(value => ({key: value}))];
  return [[], 'text', 1];
}

/** An object that holds only `value`, at `path`. */
const around = (path: Path, value: Json): JsonMap =>
  path.reduceRight<Json>(
    (inner, step) => (typeof step === 'number' ? [inner] : {[step]: inner}),
    value,
  ) as JsonMap;
