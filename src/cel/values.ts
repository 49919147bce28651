import {isList, type Json, type JsonList} from '../json.ts';

/** A value of CEL. An `int` is a bigint, a `double` a number. */
export type Value =
  | null
  | boolean
  | string
  | bigint
  | number
  | readonly Value[]
  | MapValue
  | Uint
  | Optional
  | TypeValue
  | Quantity
  | Unknown;

/** Keys are strings, booleans, or whole numbers: `1` and `1u` are the same key. */
export type MapValue = ReadonlyMap<MapKey, Value>;
export type MapKey = string | boolean | bigint;

export const isItems = (value: Value): value is readonly Value[] => Array.isArray(value);

export const isMapping = (value: Value): value is MapValue => value instanceof Map;

/** An `uint`. */
export class Uint {
  readonly value: bigint;

  constructor(value: bigint) {
    this.value = value;
  }
}

export class Optional {
  /** Undefined for `optional.none()`. */
  readonly value: Value | undefined;

  constructor(value?: Value) {
    this.value = value;
  }
}

export const none = new Optional();

export class TypeValue {
  readonly name: string;

  constructor(name: string) {
    this.name = name;
  }
}

/** A quantity of Kubernetes as `digits` times ten to the power of `-scale`. */
export class Quantity {
  readonly digits: bigint;
  readonly scale: number;

  constructor(digits: bigint, scale: number) {
    this.digits = digits;
    this.scale = scale;
  }
}

/** What only a cluster knows. An expression that reads it cannot be judged. */
export class Unknown {
  /** As in "the user of a request". */
  readonly what: string;

  constructor(what: string) {
    this.what = what;
  }
}

/** An expression fails: the API server then does what the `failurePolicy` says. */
export class CelError extends Error {
  override readonly name: string = 'CelError';
}

/** A mapping has no such key, or an object no such field. */
export class MissingKeyError extends CelError {
  override readonly name = 'MissingKeyError';
  readonly key: string;

  constructor(key: string) {
    super(`no such key: ${key}`);
    this.key = key;
  }
}

/** The result depends on what only a cluster knows. */
export class UnknownError extends CelError {
  override readonly name = 'UnknownError';
  readonly what: string;

  constructor(what: string) {
    super(`it depends on ${what}`);
    this.what = what;
  }
}

/** `value` unless it is unknown. @throws {UnknownError} */
export function known(value: Value): Value {
  if (value instanceof Unknown) throw new UnknownError(value.what);
  return value;
}

/**
 * A value of a manifest, as the API server sees it: it drops null in mappings, as it drops every field of a known
 * kind that is not set, and a number without a fraction is an `int`. Values that are shared are converted once.
 */
export function fromJson(json: Json, seen = new Map<object, Value>()): Value {
  if (typeof json === 'number') return Number.isInteger(json) ? BigInt(json) : json;
  if (typeof json !== 'object' || json === null) return json;
  const before = seen.get(json);
  if (before !== undefined) return before;
  const value = isList(json) ? itemsOf(json, seen) : mapOf(json, seen);
  seen.set(json, value);
  return value;
}

const itemsOf = (json: JsonList, seen: Map<object, Value>): readonly Value[] =>
  json.flatMap(item => (item === undefined ? [] : [fromJson(item, seen)]));

const mapOf = (json: {readonly [key: string]: Json}, seen: Map<object, Value>): MapValue =>
  new Map(
    Object.entries(json).flatMap(([key, value]) =>
      value === null ? [] : [[key, fromJson(value, seen)] as const],
    ),
  );

/** The name of a value's type, as CEL writes it. */
export function typeOf(value: Value): string {
  if (value === null) return 'null';
  if (isItems(value)) return 'list';
  if (isMapping(value)) return 'map';
  if (value instanceof Uint) return 'uint';
  if (value instanceof Optional) return 'optional';
  if (value instanceof TypeValue) return 'type';
  if (value instanceof Quantity) return 'kubernetes.Quantity';
  return scalars[typeof value] ?? 'unknown';
}

const scalars: Readonly<Record<string, string>> = {
  boolean: 'bool',
  string: 'string',
  bigint: 'int',
  number: 'double',
};

/** A number of any type. */
export const numberOf = (value: Value): bigint | number | undefined => {
  if (value instanceof Uint) return value.value;
  return typeof value === 'bigint' || typeof value === 'number' ? value : undefined;
};

/** Two numbers as one type: cel-go compares a whole number with a fraction as fractions. */
export const comparable = (
  one: bigint | number,
  other: bigint | number,
): readonly [bigint, bigint] | readonly [number, number] =>
  typeof one === 'bigint' && typeof other === 'bigint'
    ? [one, other]
    : [Number(one), Number(other)];

/** The key that `value` is in a mapping; undefined if it can be none. */
export function keyOf(value: Value): MapKey | undefined {
  if (typeof value === 'string' || typeof value === 'boolean') return value;
  const number = numberOf(value);
  if (typeof number === 'number') return Number.isInteger(number) ? BigInt(number) : undefined;
  return number;
}

/**
 * Whether two values are equal: of two types, only numbers can be. `count` is called for each comparison.
 *
 * @throws {UnknownError} if that depends on what only a cluster knows
 */
export function equal(one: Value, other: Value, count: (steps: number) => void): boolean {
  known(one);
  known(other);
  count(1);
  const left = numberOf(one);
  const right = numberOf(other);
  if (left !== undefined && right !== undefined) {
    const [first, second] = comparable(left, right);
    return first === second;
  }
  if (typeof one === 'string' && typeof other === 'string') {
    count(Math.ceil(Math.min(one.length, other.length) / 10));
  }
  if (isItems(one) && isItems(other)) {
    return (
      one.length === other.length &&
      one.every((item, index) => equal(item, other[index] as Value, count))
    );
  }
  if (isMapping(one) && isMapping(other)) return equalMaps(one, other, count);
  if (one instanceof Optional && other instanceof Optional) {
    if (one.value === undefined || other.value === undefined) return one.value === other.value;
    return equal(one.value, other.value, count);
  }
  if (one instanceof TypeValue && other instanceof TypeValue) return one.name === other.name;
  if (one instanceof Quantity && other instanceof Quantity)
    return compareQuantities(one, other) === 0n;
  return one === other;
}

const equalMaps = (one: MapValue, other: MapValue, count: (steps: number) => void): boolean =>
  one.size === other.size &&
  [...one].every(([key, value]) => {
    const found = other.get(key);
    return found !== undefined && equal(value, found, count);
  });

/** Less than, equal to or greater than zero, as `one` is than `other`. */
export function compareQuantities(one: Quantity, other: Quantity): bigint {
  const scale = Math.max(one.scale, other.scale);
  return atScale(one, scale) - atScale(other, scale);
}

/** The digits of a quantity at a larger scale. */
export const atScale = ({digits, scale}: Quantity, wanted: number): bigint =>
  digits * 10n ** BigInt(wanted - scale);
