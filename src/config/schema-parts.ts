import * as v from 'valibot';

/** A string with content. */
export const text = v.pipe(v.string(), v.nonEmpty('must not be empty'));

/** A list with at least one item. */
export const some = <T extends v.GenericSchema>(item: T) => v.pipe(v.array(item), v.minLength(1));

/** A mapping with these keys and no others. Unlike `v.strictObject`, it reports each unknown key. */
export const mapping = <const Entries extends v.ObjectEntries>(entries: Entries) =>
  noList(
    v.objectWithRest(entries, v.never()) as unknown as v.StrictObjectSchema<Entries, undefined>,
  );

/** A mapping of any keys of a form. */
export const dictionary = <Value extends v.GenericSchema>(
  name: v.GenericSchema<string, string>,
  value: Value,
) => noList(v.record(name, value));

const notList = v.custom<unknown>(value => !Array.isArray(value), 'must be a mapping, not a list');

/** `schema`, for which a list is no mapping of its indexes, as it is for valibot. An empty list would select everything. */
const noList = <Schema extends v.GenericSchema>(schema: Schema): Schema => ({
  ...schema,
  '~run': (dataset, config) => {
    const checked = notList['~run'](dataset, config);
    return checked.issues === undefined ? schema['~run'](dataset, config) : checked;
  },
});

/** A key that may be left out, with what it means, for editors. */
export const key = <T extends v.GenericSchema>(meaning: string, schema: T) =>
  v.optional(v.pipe(schema, v.description(meaning)));

/**
 * A part of a JSON Schema. In the metadata after a check, it says as much of the check as JSON Schema can:
 * `docs/policy.schema.json` is generated from it.
 */
export type JsonSchemaPart = Readonly<Record<string, unknown>>;

/** JSON Schema for what must hold if `condition` does, and what else. */
export const onlyIf = (
  condition: JsonSchemaPart,
  implied: JsonSchemaPart,
  otherwise?: JsonSchemaPart,
): JsonSchemaPart =>
  Object.fromEntries([
    ['if', condition],
    ['then', implied],
    ...(otherwise === undefined ? [] : [['else', otherwise] as const]),
  ]);
