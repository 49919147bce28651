import {atScale, Quantity} from './values.ts';

const binary: Readonly<Record<string, bigint>> = {
  Ki: 1n << 10n,
  Mi: 1n << 20n,
  Gi: 1n << 30n,
  Ti: 1n << 40n,
  Pi: 1n << 50n,
  Ei: 1n << 60n,
};
const decimal: Readonly<Record<string, number>> = {
  '': 0,
  n: -9,
  u: -6,
  m: -3,
  k: 3,
  M: 6,
  G: 9,
  T: 12,
  P: 15,
  E: 18,
};

/** Digits may be missing: then it is zero. */
const form = /^([+-]?)(\d*)(?:\.(\d*))?(?:([KMGTPE]i|[numkMGTPE])|[eE]([+-]?\d{1,18}))?$/;
/** Beyond these, the API server rounds and caps quantities. */
const mostDigits = 18;

/**
 * The quantity in `text`, as resource.ParseQuantity of Kubernetes reads it: undefined if it is none, `inexact` if
 * it would be rounded or capped.
 */
export function parseQuantity(text: string): Quantity | 'inexact' | undefined {
  const [match, sign = '', whole = '', fraction = '', suffix = '', exponent] =
    form.exec(text) ?? [];
  if (match === undefined || text === '') return undefined;
  const factor = binary[suffix];
  const power = exponent === undefined ? (decimal[suffix] ?? 0) : Number(exponent);
  const written = `${whole}${fraction}`;
  if (written.length > mostDigits || Math.abs(power) > mostDigits) return 'inexact';
  const digits =
    BigInt(`${sign === '-' ? '-' : ''}${written === '' ? '0' : written}`) * (factor ?? 1n);
  const scale = fraction.length - (factor === undefined ? power : 0);
  const quantity =
    scale < 0 ? new Quantity(digits * 10n ** BigInt(-scale), 0) : new Quantity(digits, scale);
  return isExact(quantity) ? quantity : 'inexact';
}

/** Whether the API server keeps it as it is: nothing below nano, and an amount that fits in 64 bits. */
function isExact({digits, scale}: Quantity): boolean {
  const isFine = scale <= 9 || digits % 10n ** BigInt(scale - 9) === 0n;
  const size = (digits < 0n ? -digits : digits) / 10n ** BigInt(scale);
  return isFine && size < 1n << 62n;
}

export function addQuantities(one: Quantity, other: Quantity): Quantity {
  const scale = Math.max(one.scale, other.scale);
  return new Quantity(atScale(one, scale) + atScale(other, scale), scale);
}

/** The whole number that it is, if it is one of 64 bits. */
export function integerOf({digits, scale}: Quantity): bigint | undefined {
  const factor = 10n ** BigInt(scale);
  const whole = digits / factor;
  return whole * factor === digits && BigInt.asIntN(64, whole) === whole ? whole : undefined;
}

export const floatOf = ({digits, scale}: Quantity): number => Number(`${digits}e-${scale}`);

/**
 * The form in which the API server writes the quantity in `text`, rounded up to thousandths as it rounds resources; undefined if it is
 * none, or would be rounded more: see Quantity.CanonicalizeBytes of k8s.io/apimachinery/pkg/api/resource.
 */
export function canonicalQuantity(text: string): string | undefined {
  const parsed = parseQuantity(text.trim());
  if (parsed === undefined || parsed === 'inexact') return undefined;
  const rounded = parsed.scale <= 3 ? parsed : new Quantity(ceiling(parsed, 3), 3);
  const whole = ceiling(rounded, 0);
  const isBinary = /i$/.test(text) && (whole >= 1024n || whole <= -1024n);
  return isBinary ? binaryText(whole) : decimalText(rounded, /[eE][+-]?\d+$/.test(text));
}

/** The digits of a quantity at a smaller scale, rounded away from zero. */
function ceiling({digits, scale}: Quantity, wanted: number): bigint {
  if (scale <= wanted) return digits * 10n ** BigInt(wanted - scale);
  const factor = 10n ** BigInt(scale - wanted);
  const rest = digits % factor;
  if (rest === 0n) return digits / factor;
  return digits / factor + (digits < 0n ? -1n : 1n);
}

function binaryText(whole: bigint): string {
  const suffixes = ['', ...Object.keys(binary)];
  let [amount, step] = [whole, 0];
  while (amount % 1024n === 0n && step < suffixes.length - 1)
    [amount, step] = [amount / 1024n, step + 1];
  return `${amount}${suffixes[step]}`;
}

function decimalText({digits, scale}: Quantity, hasExponent: boolean): string {
  if (digits === 0n) return '0';
  let [amount, power] = [digits, -scale];
  while (amount % 10n === 0n) [amount, power] = [amount / 10n, power + 1];
  while (power % 3 !== 0) [amount, power] = [amount * 10n, power - 1];
  if (hasExponent) return power === 0 ? `${amount}` : `${amount}e${power}`;
  const [suffix] = Object.entries(decimal).find(([, each]) => each === power) ?? [''];
  return `${amount}${suffix}`;
}
