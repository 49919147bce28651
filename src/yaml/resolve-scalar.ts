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

const infinities = /^(?:[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN))$/;
const integer = /^([-+]?)(0[xX][0-9a-fA-F]+|0[oO]?[0-7]+|0[bB][01]+|0|[1-9][0-9]*)$/;
const float = /^[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?$/;

/** What readers of YAML 1.2, kustomize among them, make something else of than YAML 1.1. */
const kyamlStrings = /^(?:[yYnN]|yes|Yes|YES|no|No|NO|on|On|ON|off|Off|OFF)$/;

/**
 * The value of a plain scalar, as sigs.k8s.io/yaml (go-yaml v2) resolves it; in the dialect `kyaml`
 * the words of YAML 1.1 for true and false are texts. NaN and the infinities, which JSON has no
 * word for, come back as such numbers: the caller refuses them.
 */
export function resolvePlain(text: string, dialect: 'kubernetes' | 'kyaml'): Resolved {
  if (dialect === 'kyaml' && kyamlStrings.test(text)) return text;
  const word = words.get(text);
  if (word !== undefined) return word;
  if (infinities.test(text)) return text.includes('n') ? Number.POSITIVE_INFINITY : Number.NaN;
  if (!/^[-+.0-9]/.test(text)) return text;
  const digits = text.startsWith('.') ? text : text.replaceAll('_', '');
  const [, sign, magnitude] = integer.exec(digits) ?? [];
  if (magnitude !== undefined) return (sign === '-' ? -1 : 1) * toNumber(magnitude);
  return float.test(digits) ? Number(digits) : text;
}

const toNumber = (magnitude: string): number =>
  /^0[0-7]/.test(magnitude) ? Number.parseInt(magnitude, 8) : Number(magnitude);
