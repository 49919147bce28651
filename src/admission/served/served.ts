import {canonicalQuantity} from '../../cel/quantity.ts';
import {fromJson, type MapKey, type MapValue, Unknown, type Value} from '../../cel/values.ts';
import {asMap, isList, isMap, type Json, type JsonMap} from '../../json.ts';
import type {Resource} from '../../kubernetes/resource.ts';
import {assigned, type Fields, withoutGeneration} from './assigned.ts';
import {defaults} from './defaults.ts';
import {kinds, types} from './types.ts';

/**
 * An object as the API server shows it to the policies that judge its creation. Of a kind of Kubernetes: with defaults,
 * without unknown and empty fields, quantities in their usual form. Of any kind: with the metadata that it assigns, which is
 * unknown. Of a custom kind the schema is not known: its fields are as they are written.
 */
export function servedObject(resource: Resource): MapValue {
  const {value} = resource;
  const type = typeOf(resource);
  const converted = type === undefined ? fromJson(value) : new Conversion().struct(value, type);
  const object: Fields = new Map(converted as MapValue);
  if (type !== undefined) assigned[type]?.(object);
  object.set('metadata', createdMetadata(resource, object.get('metadata')));
  return object;
}

/** Whether the fields of an object are known, and with them what the API server fills in. */
export const hasKnownFields = (resource: Resource): boolean => typeOf(resource) !== undefined;

const typeOf = ({group, version, kind}: Resource): string | undefined =>
  kinds[`${group === '' ? '' : `${group}/`}${version} ${kind}`];

/** What `FillObjectMetaSystemFields` of k8s.io/apiserver/pkg/registry/rest and its callers assign. */
function createdMetadata({kind, value: object}: Resource, value: Value | undefined): MapValue {
  const {generateName, name} = asMap(object['metadata']) ?? {};
  const metadata: Fields = new Map(value instanceof Map ? (value as MapValue) : []);
  for (const key of [
    'resourceVersion',
    'selfLink',
    'deletionTimestamp',
    'deletionGracePeriodSeconds',
  ]) {
    metadata.delete(key);
  }
  for (const key of ['uid', 'creationTimestamp', 'managedFields']) {
    metadata.set(key, new Unknown('what the API server assigns'));
  }
  if (!withoutGeneration.has(kind)) metadata.set('generation', 1n);
  if ((name ?? '') === '' && (generateName ?? '') !== '') {
    metadata.set('name', new Unknown('the name that the API server generates'));
  }
  return metadata;
}

type FieldCode = readonly [field: string, code: string];

const known = new Map<string, readonly FieldCode[]>();

/** The fields of a type, with the codes of their types: see `types`. */
function fieldsOf(type: string): readonly FieldCode[] {
  const before = known.get(type);
  if (before !== undefined) return before;
  const fields = (types[type] ?? '').split(' ').map((field): FieldCode => {
    const at = field.indexOf(':');
    return [field.slice(0, at), field.slice(at + 1)];
  });
  known.set(type, fields);
  return fields;
}

/** What a field is if nothing is in it, and it is not left out. */
const zeros: Readonly<Partial<Record<string, Value>>> = {s: '', b: false, n: 0n, q: '0'};

/** Converts the values of an object as the API server does: see k8s.io/apimachinery/pkg/runtime/converter.go. */
class Conversion {
  /** Values that are shared are converted once. */
  readonly #seen = new Map<string, Map<object, Value>>();

  struct(fields: JsonMap, type: string): MapValue {
    return this.#once(fields, type, () => {
      const filled = defaults[type]?.(fields) ?? fields;
      const value: Fields = new Map();
      for (const [field, code] of fieldsOf(type)) {
        const converted = this.#field(filled[field] ?? null, code);
        if (converted !== undefined) value.set(field, converted);
      }
      return value;
    }) as MapValue;
  }

  #once(json: object, type: string, convert: () => Value): Value {
    const seen = this.#seen.get(type) ?? new Map<object, Value>();
    this.#seen.set(type, seen);
    const before = seen.get(json);
    if (before !== undefined) return before;
    const value = convert();
    seen.set(json, value);
    return value;
  }

  /** Undefined if the field is left out. */
  #field(json: Json, code: string): Value | undefined {
    const isKept = code.endsWith('!');
    const type = isKept ? code.slice(0, -1) : code;
    if (type === '-') return new Unknown('the status, which the API server writes');
    if (type.startsWith('*')) {
      if (json === null) return isKept ? null : undefined;
      return this.#typed(json, type.slice(1));
    }
    if (isOfMany(type) || type === 'x') {
      if (json === null) return isKept ? null : undefined;
      return isKept || !isEmptyJson(json) ? this.#typed(json, type) : undefined;
    }
    const value = this.#typed(json, type);
    const isLeftOut = !isKept && type !== 'q' && value === zeros[type];
    return isLeftOut ? undefined : value;
  }

  #typed(json: Json, type: string): Value {
    if (type === 'q') return quantityText(json);
    if (type in zeros) return json === null ? (zeros[type] ?? null) : fromJson(json);
    if (type === 'x') return fromJson(json);
    if (!isOfMany(type)) {
      return json === null || isMap(json) ? this.struct(json ?? {}, type) : fromJson(json);
    }
    const each = (item: Json | undefined) => this.#typed(item ?? null, type.slice(1));
    if (type.startsWith('[')) {
      if (!isList(json)) return fromJson(json);
      return this.#once(json, type, () =>
        json.flatMap(item => (item === undefined ? [] : [each(item)])),
      );
    }
    if (!isMap(json)) return fromJson(json);
    return this.#once(
      json,
      type,
      () => new Map(Object.entries(json).map(([key, item]) => [key as MapKey, each(item)])),
    );
  }
}

const isOfMany = (type: string): boolean => type.startsWith('[') || type.startsWith('{');

const isEmptyJson = (json: Json): boolean =>
  (isList(json) && json.length === 0) || (isMap(json) && Object.keys(json).length === 0);

/** A quantity in its usual form; as it is written, if it is none. */
function quantityText(json: Json): Value {
  if (json === null) return '0';
  if (typeof json !== 'string' && typeof json !== 'number') return fromJson(json);
  return canonicalQuantity(String(json)) ?? fromJson(json);
}
