import type {Json} from '../json.ts';
import {YamlError} from './error.ts';
import type {Dialect} from './nodes.ts';
import {coreTag} from './scan-tag.ts';

type Resolved = null | boolean | number | string;

const words = new Map<string, null | boolean>([
  ...['y', 'Y', 'yes', 'Yes', 'YES', 'true', 'True', 'TRUE', 'on', 'On', 'ON'].map(
    word => [word, true] as const,
  ),
  ...['n', 'N', 'no', 'No', 'NO', 'false', 'False', 'FALSE', 'off', 'Off', 'OFF'].map(
    word => [word, false] as const,
  ),
  ...['', '~', 'null', 'Null', 'NULL'].map(word => [word, null] as const),
]);

/** For each first character: whether a word, a number, or neither can begin with it. */
const hints = new Uint8Array(128);
for (const character of 'yYnNtTfFoO~') hints[character.charCodeAt(0)] = 1;
for (const character of '+-.0123456789') hints[character.charCodeAt(0)] = 2;

const longestWord = 5;

const infinities = /^(?:[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN))$/;
const integer =
  /^([-+]?)(?:0[xX]([0-9a-fA-F]+)|0[bB]([01]+)|0[oO]([0-7]+)|0([0-7]+)|(0|[1-9][0-9]*))$/;
const float = /^[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?$/;
const timestamp =
  /^\d{4}-\d{1,2}-\d{1,2}(?:[Tt]\d{1,2}:\d{1,2}:\d{1,2}(?:[.,]\d+)?(?:Z|[-+]\d\d:\d\d)| \d{1,2}:\d{1,2}:\d{1,2}(?:[.,]\d+)?)?$/;

/** Words that YAML 1.2 parsers, including kustomize, read differently from YAML 1.1. */
const kyamlStrings = /^(?:[yYnN]|yes|Yes|YES|no|No|NO|on|On|ON|off|Off|OFF)$/;

/**
 * The value of a plain scalar, as sigs.k8s.io/yaml (go-yaml v2) resolves it; in the dialect `kyaml`
 * the words of YAML 1.1 for true and false are strings. NaN and the infinities, which JSON does not
 * have, are returned as such: the caller refuses them.
 */
export function resolvePlain(text: string, dialect: Dialect): Resolved {
  if (text === '') return null;
  const hint = hints[text.charCodeAt(0)] ?? 0;
  if (hint === 0) return text;
  if (hint === 1) {
    if (text.length > longestWord) return text;
    const word = words.get(text);
    return word === undefined || (dialect === 'kyaml' && kyamlStrings.test(text)) ? text : word;
  }
  return resolveNumber(text);
}

function resolveNumber(text: string): number | string {
  if (infinities.test(text)) return /n[fF]$|NF$/.test(text) ? Number.POSITIVE_INFINITY : Number.NaN;
  const digits = text.startsWith('.') ? text : text.replaceAll('_', '');
  const match = integer.exec(digits);
  const whole = match === null ? undefined : integerOf(match);
  if (whole !== undefined) return whole;
  if (!float.test(digits)) return signedBinary(digits) ?? text;
  const number = Number(digits);
  return Number.isFinite(number) ? number : text;
}

/** go-yaml v2 reads the digits after `0b` separately, and so accepts a sign there. */
function signedBinary(digits: string): number | undefined {
  if (!/^0b[-+][01]+$/.test(digits)) return undefined;
  const magnitude = BigInt(`0b${digits.slice(3)}`);
  if (digits[2] === '+') return magnitude < 2n ** 63n ? Number(magnitude) : undefined;
  return magnitude <= 2n ** 63n ? 0 - Number(magnitude) : undefined;
}

/** The integer, or undefined if it fits into neither signed nor unsigned 64 bits. */
function integerOf(match: RegExpExecArray): number | undefined {
  const [whole, sign, hexadecimal, binary, octal, oldOctal, decimal] = match;
  if (whole.replace(/^[-+]?0[xXbBoO]?0*/, '').length > 64) return undefined;
  const oct = octal ?? oldOctal;
  const magnitude =
    hexadecimal !== undefined
      ? BigInt(`0x${hexadecimal}`)
      : binary !== undefined
        ? BigInt(`0b${binary}`)
        : oct !== undefined
          ? BigInt(`0o${oct}`)
          : decimal !== undefined && decimal.length > 15
            ? BigInt(decimal)
            : undefined;
  if (magnitude === undefined) {
    const number = Number(decimal);
    return sign === '-' && number !== 0 ? -number : number;
  }
  if (sign === '-') {
    if (magnitude > 2n ** 63n) return undefined;
    return magnitude === 0n ? 0 : -Number(magnitude);
  }
  const largest = sign === '+' ? 2n ** 63n - 1n : 2n ** 64n - 1n;
  return magnitude > largest ? undefined : Number(magnitude);
}

/**
 * The value of a scalar with its tag, as go-yaml v2 decodes it for JSON.
 *
 * @throws {YamlError} if the tag does not match the text, or JSON has no such value
 */
export function resolveScalar(
  text: string,
  isPlain: boolean,
  tag: string | undefined,
  dialect: Dialect,
  offset: number,
): Resolved {
  if (tag === undefined && !isPlain) return text;
  if (tag === undefined) {
    const value = resolvePlain(text, dialect);
    return typeof value === 'number' ? finite(value, text, offset) : value;
  }
  return resolveTagged(text, tag, dialect, offset);
}

function finite(value: number, text: string, offset: number): number {
  if (Number.isFinite(value)) return value;
  throw new YamlError(`JSON has no number ${text}`, offset);
}

function resolveTagged(text: string, tag: string, dialect: Dialect, offset: number): Resolved {
  const name = tag.startsWith(coreTag) ? tag.slice(coreTag.length) : '';
  if (name === 'binary') return decodeBase64(text, offset);
  if (!resolvable.includes(name)) return text;
  if (name === 'str') return text;
  if (name === 'timestamp') {
    if (timestamp.test(text)) return text;
    throw new YamlError(`"${text}" must be a timestamp, as its tag says`, offset);
  }
  const value = resolvePlain(text, dialect);
  if (typeof value === 'number') finite(value, text, offset);
  const kind = kindOf(text, value);
  if (name === kind) return value;
  // go-yaml does not convert an unsigned integer beyond 63 bits to a float.
  if (name === 'float' && kind === 'int' && (value as number) < 2 ** 63) return value;
  throw new YamlError(`"${text}" must be of the type ${name}, as its tag says`, offset);
}

/** The name of the tag that go-yaml v2 gives a value; an integer beyond 64 bits is a float. */
function kindOf(text: string, value: Resolved): string {
  if (value === null) return 'null';
  if (typeof value === 'boolean') return 'bool';
  if (typeof value === 'string') return 'str';
  const digits = text.replaceAll('_', '');
  const match = integer.exec(digits);
  const isWhole = match === null ? !float.test(digits) : integerOf(match) !== undefined;
  return isWhole ? 'int' : 'float';
}

const resolvable = ['str', 'bool', 'int', 'float', 'null', 'timestamp'];

function decodeBase64(text: string, offset: number): string {
  const digits = text.replace(/[\r\n]/g, '');
  if (!/^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/.test(digits)) {
    throw new YamlError('a !!binary must be base64', offset);
  }
  try {
    return new TextDecoder('utf-8', {fatal: true, ignoreBOM: true}).decode(
      Buffer.from(digits, 'base64'),
    );
  } catch (error) {
    throw new YamlError('a !!binary must be UTF-8 text', offset, {cause: error});
  }
}

/**
 * The JSON name of a key that is not a string. `text` is the source, `tagged` its tag: go-yaml v2
 * writes a number with a point, an exponent or the tag `!!float` as Go's `%g` with 32 bits.
 *
 * @throws {YamlError} if the key is not a scalar, or null, or a whole number beyond 2^53
 */
export function keyName(key: Json, text: string, tagged: string, offset: number): string {
  if (typeof key === 'boolean') return String(key);
  if (typeof key === 'number') {
    if (floatTag.test(tagged) || kindOf(text, key) === 'float') return formatFloat32(key);
    if (Number.isSafeInteger(key)) return String(key);
    throw new YamlError('a key must not be a number that large', offset);
  }
  throw new YamlError('a key must be a string, a number or a boolean', offset);
}

const floatTag = /!(?:!|<tag:yaml\.org,2002:)float/;

/** The shortest digits for the same 32-bit number, as Go's `%g` writes them. */
function formatFloat32(value: number): string {
  const single = Math.fround(value);
  if (Object.is(single, -0)) return '-0';
  if (!Number.isFinite(single)) return single < 0 ? '-.inf' : '.inf';
  for (let digits = 1; digits < 10; digits++) {
    const text = single.toPrecision(digits);
    if (Math.fround(Number(text)) === single) return goExponent(Number(text));
  }
  return goExponent(single);
}

/** Go writes an exponent if it is below -4 or at least 6, with at least two digits. */
function goExponent(value: number): string {
  const [mantissa, power = '0'] = value.toExponential().split('e');
  const exponent = Number(power);
  if (value === 0 || (exponent >= -4 && exponent < 6)) return String(value);
  const digits = power.replace(/^[-+]/, '').padStart(2, '0');
  return `${mantissa}e${exponent < 0 ? '-' : '+'}${digits}`;
}
