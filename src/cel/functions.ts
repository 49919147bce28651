import {addQuantities, floatOf, integerOf, parseQuantity} from './quantity.ts';
import {
  CelError,
  comparable,
  compareQuantities,
  equal,
  isItems,
  isMapping,
  none,
  numberOf,
  Optional,
  Quantity,
  TypeValue,
  typeOf,
  Uint,
  UnknownError,
  type Value,
} from './values.ts';

/** What a function needs besides its arguments. */
export interface Calls {
  /** Counts steps against the budget. */
  readonly count: (steps: number) => void;
  /** Whether `text` matches a regular expression of RE2. */
  readonly matches: (text: string, pattern: string) => boolean;
}

type Run = (args: readonly Value[], calls: Calls) => Value;

/** A function of CEL: as the library declares it, the types of its arguments, and what it does. */
export interface CelFunction {
  /** `string.charAt(int): string`. */
  readonly signature: string;
  /** Whether the library declares it already. */
  readonly isKnown: boolean;
  readonly name: string;
  readonly isMethod: boolean;
  /** The types of the receiver, if it has one, and of the arguments; `dyn` is any. */
  readonly types: readonly string[];
  readonly run: Run;
}

const minInt = -(2n ** 63n);
const maxInt = 2n ** 63n - 1n;
const maxUint = 2n ** 64n - 1n;

/** @throws {CelError} if `value` is no `int` */
export function int(value: bigint): bigint {
  if (value >= minInt && value <= maxInt) return value;
  throw new CelError('integer overflow');
}

/** @throws {CelError} if `value` is no `uint` */
export function uint(value: bigint): Uint {
  if (value >= 0n && value <= maxUint) return new Uint(value);
  throw new CelError('unsigned integer overflow');
}

/** The order of two values, negative if `one` comes first; undefined if they have none. */
export function compare(one: Value, other: Value): number | undefined {
  const left = numberOf(one);
  const right = numberOf(other);
  if (left !== undefined && right !== undefined) {
    const [first, second] = comparable(left, right);
    if (first < second) return -1;
    if (first > second) return 1;
    // None of them is true of NaN.
    return first === second ? 0 : Number.NaN;
  }
  if (typeof one === 'string' && typeof other === 'string') {
    return Buffer.compare(Buffer.from(one), Buffer.from(other));
  }
  if (typeof one === 'boolean' && typeof other === 'boolean') return Number(one) - Number(other);
  return undefined;
}

/** A number as Go prints it. */
function doubleText(value: number): string {
  if (Number.isNaN(value)) return 'NaN';
  if (!Number.isFinite(value)) return value > 0 ? '+Inf' : '-Inf';
  if (Object.is(value, -0)) return '-0';
  const scientific = value.toExponential();
  const exponent = Number(/e(.*)$/.exec(scientific)?.[1]);
  const isPlain = value === 0 || (exponent >= -4 && exponent < 6);
  return isPlain ? `${value}` : scientific.replace(/e([+-])(\d)$/, 'e$10$2');
}

function textOf(value: Value): string {
  const number = numberOf(value);
  if (typeof number === 'number') return doubleText(number);
  return `${number ?? String(value)}`;
}

function parsedInt(text: string): bigint {
  if (/^[+-]?\d{1,40}$/.test(text)) return BigInt(text.replace('+', ''));
  throw new CelError('type conversion error: the string is no whole number');
}

function parsedDouble(text: string): number {
  if (/^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i.test(text)) return Number(text);
  if (/inf|nan|0x|_/i.test(text)) throw new UnknownError('how Go reads that number');
  throw new CelError('type conversion error: the string is no number');
}

function truncated(value: number): bigint {
  if (Number.isFinite(value) && Math.abs(value) < 2 ** 63) return BigInt(Math.trunc(value));
  throw new CelError('integer overflow');
}

function uintOfDouble(value: number): Uint {
  if (value >= 0 && value < 2 ** 64) return uint(BigInt(Math.trunc(value)));
  throw new CelError('unsigned integer overflow');
}

function uintOfText(text: string): Uint {
  if (/^\d{1,40}$/.test(text)) return uint(BigInt(text));
  throw new CelError('type conversion error: the string is no whole number');
}

const trueTexts = ['1', 't', 'T', 'TRUE', 'true', 'True'];
const falseTexts = ['0', 'f', 'F', 'FALSE', 'false', 'False'];

function parsedBool(text: string): boolean {
  if (trueTexts.includes(text)) return true;
  if (falseTexts.includes(text)) return false;
  throw new CelError('type conversion error: the string is no boolean');
}

/** The code points of a text: CEL counts these. */
const points = (text: string): readonly string[] => Array.from(text);
const lengthOf = (text: string): number => {
  let length = 0;
  for (const _ of text) length++;
  return length;
};

/** The index of an `int` in a list or text with `length` items; the length itself is allowed. */
function offset(index: bigint, length: number): number {
  if (index >= 0n && index <= BigInt(length)) return Number(index);
  throw new CelError(`index out of range: ${index}`);
}

function charAt(text: string, index: bigint): string {
  const all = points(text);
  return all[offset(index, all.length)] ?? '';
}

function substring(text: string, from: bigint, to?: bigint): string {
  const all = points(text);
  const start = offset(from, all.length);
  const end = to === undefined ? all.length : offset(to, all.length);
  if (start <= end) return all.slice(start, end).join('');
  throw new CelError('invalid substring range');
}

function indexOf(text: string, wanted: string, from = 0n): bigint {
  const start = from === 0n ? 0 : unitsBefore(text, from);
  if (wanted === '' && start !== undefined) return from;
  const at = start === undefined ? -1 : text.indexOf(wanted, start);
  return at === -1 ? -1n : BigInt(lengthOf(text.slice(0, at)));
}

function lastIndexOf(text: string, wanted: string, from?: bigint): bigint {
  const start = from === undefined ? text.length : unitsBefore(text, from);
  if (wanted === '' && start !== undefined) return from ?? BigInt(lengthOf(text));
  const isOutside = start === undefined || (from !== undefined && start === text.length);
  const at = isOutside ? -1 : text.lastIndexOf(wanted, start);
  return at === -1 ? -1n : BigInt(lengthOf(text.slice(0, at)));
}

/** The length of the first code points of `text` in JavaScript; undefined beyond its end. */
function unitsBefore(text: string, count: bigint): number | undefined {
  if (count < 0n) throw new CelError(`index out of range: ${count}`);
  const all = points(text);
  return count > BigInt(all.length) ? undefined : all.slice(0, Number(count)).join('').length;
}

function split(text: string, separator: string, limit = -1n): readonly string[] {
  if (limit === 0n) return [];
  const parts = separator === '' ? points(text) : text.split(separator);
  if (limit < 0n || BigInt(parts.length) <= limit) return parts;
  const head = parts.slice(0, Number(limit) - 1);
  return [...head, parts.slice(Number(limit) - 1).join(separator)];
}

function replace(text: string, old: string, by: string, limit: bigint, {count}: Calls): string {
  const most = limit < 0n ? Number.POSITIVE_INFINITY : Number(limit);
  const parts = old === '' ? ['', ...points(text), ''] : text.split(old);
  const replaced = Math.min(most, parts.length - 1);
  count(Math.ceil((text.length + replaced * by.length) / 10));
  const rest = parts.slice(replaced).join(old);
  return [...parts.slice(0, replaced), rest].join(by);
}

const isSpace = (character: string | undefined): boolean =>
  character !== undefined &&
  /^[\t-\r \u0085\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]$/.test(character);

function trim(text: string): string {
  let start = 0;
  let end = text.length;
  while (start < end && isSpace(text[start])) start++;
  while (end > start && isSpace(text[end - 1])) end--;
  return text.slice(start, end);
}

/** @throws {UnknownError} for what is printed in different ways by different versions */
function format(text: string, args: readonly Value[]): string {
  let used = 0;
  const result = text.replace(/%(?:%|\.?\d*.|$)/gsu, verb => {
    if (verb === '%%') return '%';
    const value = args[used++];
    if (value === undefined) throw new CelError('format: there are too few arguments');
    const isWhole = typeof value === 'bigint' || value instanceof Uint;
    if (verb === '%d' && isWhole) return textOf(value);
    const isScalar = isWhole || ['string', 'boolean'].includes(typeof value);
    if (verb === '%s' && isScalar) return textOf(value);
    throw new UnknownError(`how \`format\` prints ${typeOf(value)} as ${verb}`);
  });
  return result;
}

function join(list: readonly Value[], separator: string, {count}: Calls): string {
  if (!list.every(item => typeof item === 'string')) {
    throw new CelError('no such overload: join');
  }
  count(Math.ceil(list.reduce((sum, item) => sum + item.length + separator.length, 0) / 10));
  return list.join(separator);
}

/** The smallest item, or the largest if `sign` is negative. */
function least(list: readonly Value[], sign: number, name: string): Value {
  const [first, ...rest] = list;
  if (first === undefined) throw new CelError(`${name} called on empty list`);
  return rest.reduce((best, item) => (sign * ordered(item, best) < 0 ? item : best), first);
}

/** @throws {CelError} if two items of a list have no order, or are of two types */
function ordered(one: Value, other: Value): number {
  const order = typeOf(one) === typeOf(other) ? compare(one, other) : undefined;
  if (order === undefined) throw new CelError('no such overload: items of that type have no order');
  return order;
}

function sum(list: readonly Value[]): Value {
  const [first = 0n] = list;
  const type = typeOf(first);
  if (list.some(item => typeOf(item) !== type)) throw new CelError('no such overload: sum');
  if (type === 'double') return list.reduce<number>((total, item) => total + (item as number), 0);
  if (type === 'int')
    return list.reduce<bigint>((total, item) => int(total + (item as bigint)), 0n);
  if (type === 'uint') {
    return list.reduce<Uint>(
      (total, item) => uint(total.value + (item as Uint).value),
      new Uint(0n),
    );
  }
  throw new CelError('no such overload: sum');
}

const has = (list: readonly Value[], wanted: Value, {count}: Calls): boolean =>
  list.some(item => equal(item, wanted, count));

const contains = (list: readonly Value[], wanted: readonly Value[], calls: Calls): boolean =>
  wanted.every(item => has(list, item, calls));

function quantityOf(text: string): Quantity {
  const quantity = parseQuantity(text);
  if (quantity === 'inexact') throw new UnknownError('how the API server rounds a quantity');
  if (quantity === undefined) throw new CelError('the string is no quantity');
  return quantity;
}

const isZero = (value: Value): boolean => {
  if (value === null || value === false || value === '' || value === none) return true;
  if (isItems(value)) return value.length === 0;
  if (isMapping(value)) return value.size === 0;
  const number = numberOf(value);
  return number !== undefined && Number(number) === 0;
};

/**
 * The functions of CEL and of Kubernetes that are judged as the API server does. The types of arguments are checked
 * before `run` is called.
 */
const declared: readonly (readonly [signature: string, run: Run])[] = [
  ['int(uint): int', ([value]) => int((value as Uint).value)],
  ['string.charAt(int): string', ([text, at]) => charAt(text as string, at as bigint)],
  [
    'string.replace(string, string): string',
    ([text, old, by], calls) => replace(text as string, old as string, by as string, -1n, calls),
  ],
  [
    'string.replace(string, string, int): string',
    ([text, old, by, most], calls) =>
      replace(text as string, old as string, by as string, most as bigint, calls),
  ],
  [
    'string.format(list<dyn>): string',
    ([text, args]) => format(text as string, args as readonly Value[]),
  ],
  [
    'matches(string, string): bool',
    ([text, by], {matches}) => matches(text as string, by as string),
  ],
  ['list<dyn>.isSorted(): bool', ([list]) => isSorted(list as readonly Value[])],
  ['list<dyn>.sum(): dyn', ([list]) => sum(list as readonly Value[])],
  ['list<dyn>.min(): dyn', ([list]) => least(list as readonly Value[], 1, 'min')],
  ['list<dyn>.max(): dyn', ([list]) => least(list as readonly Value[], -1, 'max')],
  [
    'list<dyn>.indexOf(dyn): int',
    ([list, item], {count}) =>
      BigInt((list as readonly Value[]).findIndex(each => equal(each, item as Value, count))),
  ],
  [
    'list<dyn>.lastIndexOf(dyn): int',
    ([list, item], {count}) =>
      BigInt((list as readonly Value[]).findLastIndex(each => equal(each, item as Value, count))),
  ],
  [
    'sets.contains(list<dyn>, list<dyn>): bool',
    ([list, wanted], calls) =>
      contains(list as readonly Value[], wanted as readonly Value[], calls),
  ],
  [
    'sets.equivalent(list<dyn>, list<dyn>): bool',
    ([one, other], calls) =>
      contains(one as readonly Value[], other as readonly Value[], calls) &&
      contains(other as readonly Value[], one as readonly Value[], calls),
  ],
  [
    'sets.intersects(list<dyn>, list<dyn>): bool',
    ([one, other], calls) =>
      (one as readonly Value[]).some(item => has(other as readonly Value[], item, calls)),
  ],
  ['quantity(string): Quantity', ([text]) => quantityOf(text as string)],
  ['isQuantity(string): bool', ([text]) => parseQuantity(text as string) !== undefined],
  ['Quantity.isInteger(): bool', ([one]) => integerOf(one as Quantity) !== undefined],
  ['Quantity.asInteger(): int', ([one]) => asInteger(one as Quantity)],
  ['Quantity.asApproximateFloat(): double', ([one]) => floatOf(one as Quantity)],
  ['Quantity.sign(): int', ([one]) => signOf((one as Quantity).digits)],
  [
    'Quantity.compareTo(Quantity): int',
    ([one, other]) => signOf(compareQuantities(one as Quantity, other as Quantity)),
  ],
  [
    'Quantity.isGreaterThan(Quantity): bool',
    ([one, other]) => compareQuantities(one as Quantity, other as Quantity) > 0n,
  ],
  [
    'Quantity.isLessThan(Quantity): bool',
    ([one, other]) => compareQuantities(one as Quantity, other as Quantity) < 0n,
  ],
  ['Quantity.add(Quantity): Quantity', ([one, other]) => added(one, other)],
  ['Quantity.add(int): Quantity', ([one, other]) => added(one, new Quantity(other as bigint, 0))],
  ['Quantity.sub(Quantity): Quantity', ([one, other]) => added(one, negated(other as Quantity))],
  [
    'Quantity.sub(int): Quantity',
    ([one, other]) => added(one, new Quantity(-(other as bigint), 0)),
  ],
  [
    'optional.ofNonZeroValue(A): optional<A>',
    ([value]) => (isZero(value as Value) ? none : new Optional(value)),
  ],
];

/** As `declared`, but the library declares them itself. */
const known: readonly (readonly [signature: string, run: Run])[] = [
  ['dyn(dyn): dyn', ([value]) => value as Value],
  ['type(dyn): type', ([value]) => new TypeValue(typeNameOf(value as Value))],
  ['size(string): int', ([text]) => BigInt(lengthOf(text as string))],
  ['size(list<dyn>): int', ([list]) => BigInt((list as readonly Value[]).length)],
  ['size(map<dyn, dyn>): int', ([map]) => BigInt((map as ReadonlyMap<unknown, unknown>).size)],
  ['string.size(): int', ([text]) => BigInt(lengthOf(text as string))],
  ['list<dyn>.size(): int', ([list]) => BigInt((list as readonly Value[]).length)],
  ['map<dyn, dyn>.size(): int', ([map]) => BigInt((map as ReadonlyMap<unknown, unknown>).size)],
  ['bool(bool): bool', ([value]) => value as boolean],
  ['bool(string): bool', ([text]) => parsedBool(text as string)],
  ['string(string): string', ([text]) => text as string],
  ['string(bool): string', ([value]) => textOf(value as boolean)],
  ['string(int): string', ([value]) => textOf(value as bigint)],
  ['string(uint): string', ([value]) => textOf(value as Uint)],
  ['string(double): string', ([value]) => textOf(value as number)],
  ['int(int): int', ([value]) => value as bigint],
  ['int(double): int', ([value]) => truncated(value as number)],
  ['int(string): int', ([text]) => int(parsedInt(text as string))],
  ['uint(uint): uint', ([value]) => value as Uint],
  ['uint(int): uint', ([value]) => uint(value as bigint)],
  ['uint(double): uint', ([value]) => uintOfDouble(value as number)],
  ['uint(string): uint', ([text]) => uintOfText(text as string)],
  ['double(double): double', ([value]) => value as number],
  ['double(int): double', ([value]) => Number(value as bigint)],
  ['double(uint): double', ([value]) => Number((value as Uint).value)],
  ['double(string): double', ([text]) => parsedDouble(text as string)],
  ['string.contains(string): bool', ([text, part]) => (text as string).includes(part as string)],
  [
    'string.startsWith(string): bool',
    ([text, part]) => (text as string).startsWith(part as string),
  ],
  ['string.endsWith(string): bool', ([text, part]) => (text as string).endsWith(part as string)],
  [
    'string.matches(string): bool',
    ([text, by], {matches}) => matches(text as string, by as string),
  ],
  [
    'string.lowerAscii(): string',
    ([text]) => (text as string).replace(/[A-Z]/g, each => each.toLowerCase()),
  ],
  [
    'string.upperAscii(): string',
    ([text]) => (text as string).replace(/[a-z]/g, each => each.toUpperCase()),
  ],
  ['string.indexOf(string): int', ([text, part]) => indexOf(text as string, part as string)],
  [
    'string.indexOf(string, int): int',
    ([text, part, from]) => indexOf(text as string, part as string, from as bigint),
  ],
  [
    'string.lastIndexOf(string): int',
    ([text, part]) => lastIndexOf(text as string, part as string),
  ],
  [
    'string.lastIndexOf(string, int): int',
    ([text, part, from]) => lastIndexOf(text as string, part as string, from as bigint),
  ],
  ['string.trim(): string', ([text]) => trim(text as string)],
  ['string.split(string): list<string>', ([text, by]) => split(text as string, by as string)],
  [
    'string.split(string, int): list<string>',
    ([text, by, most]) => split(text as string, by as string, most as bigint),
  ],
  ['string.substring(int): string', ([text, from]) => substring(text as string, from as bigint)],
  [
    'string.substring(int, int): string',
    ([text, from, to]) => substring(text as string, from as bigint, to as bigint),
  ],
  ['list<dyn>.join(): string', ([list], calls) => join(list as readonly Value[], '', calls)],
  [
    'list<dyn>.join(string): string',
    ([list, by], calls) => join(list as readonly Value[], by as string, calls),
  ],
  ['optional.none(): optional<dyn>', () => none],
  ['optional.of(A): optional<A>', ([value]) => new Optional(value)],
  ['optional<A>.hasValue(): bool', ([optional]) => (optional as Optional).value !== undefined],
  ['optional<A>.value(): A', ([optional]) => required(optional as Optional)],
];

const isSorted = (list: readonly Value[]): boolean =>
  list.every((item, index) => index === 0 || ordered(list[index - 1] as Value, item) <= 0);

const signOf = (number: bigint): bigint => (number > 0n ? 1n : number < 0n ? -1n : 0n);

const added = (one: Value | undefined, other: Value | undefined): Quantity =>
  addQuantities(one as Quantity, other as Quantity);

const negated = ({digits, scale}: Quantity): Quantity => new Quantity(-digits, scale);

function asInteger(quantity: Quantity): bigint {
  const whole = integerOf(quantity);
  if (whole === undefined) throw new CelError('the quantity is no whole number');
  return whole;
}

function required({value}: Optional): Value {
  if (value === undefined) throw new CelError('optional.none() dereference');
  return value;
}

const typeNameOf = (value: Value): string => (value === null ? 'null_type' : typeOf(value));

/** The functions in namespaces. */
export const namespaces = ['optional', 'sets'] as const;

export const functions: readonly CelFunction[] = [
  ...declared.map(entry => functionOf(entry, false)),
  ...known.map(entry => functionOf(entry, true)),
];

function functionOf([signature, run]: (typeof declared)[number], isKnown: boolean): CelFunction {
  const [, receiver, name = '', list = ''] = /^(?:(.+)\.)?(\w+)\((.*)\): /.exec(signature) ?? [];
  const types =
    list === ''
      ? []
      : list
          .replace(/<[^>]*>/g, '')
          .split(', ')
          .map(plainType);
  const isNamed = namespaces.some(each => each === receiver);
  const isMethod = receiver !== undefined && !isNamed;
  return {
    signature,
    isKnown,
    name: isNamed ? `${receiver}.${name}` : name,
    isMethod,
    types: isMethod ? [plainType(receiver.replace(/<.*/, '')), ...types] : types,
    run,
  };
}

function plainType(name: string): string {
  if (name === 'A') return 'dyn';
  return name === 'Quantity' ? 'kubernetes.Quantity' : name;
}
