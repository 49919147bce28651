/**
 * The character classes of YAML 1.1 in libyaml and go-yaml. A code of 0 stands for the end of the
 * text.
 */

/** Line feed, carriage return, NEL, LS, PS. */
export const isBreak = (code: number): boolean =>
  code === 0x0a ||
  code === 0x0d ||
  (code > 0x7e && (code === 0x85 || code === 0x2028 || code === 0x2029));

/** Space or tab. */
export const isBlank = (code: number): boolean => code === 0x20 || code === 0x09;

/** A blank, a line break, or the end of the text. */
export const isBlankOrEnd = (code: number): boolean =>
  code <= 0x20
    ? code === 0x20 || code === 0x0a || code === 0x0d || code === 0x09 || code === 0
    : code > 0x7e && (code === 0x85 || code === 0x2028 || code === 0x2029);

/** Characters in the names of anchors and tag handles. */
export const isWord = (code: number): boolean =>
  (code >= 0x61 && code <= 0x7a) ||
  (code >= 0x41 && code <= 0x5a) ||
  (code >= 0x30 && code <= 0x39) ||
  code === 0x5f ||
  code === 0x2d;

export const isDigit = (code: number): boolean => code >= 0x30 && code <= 0x39;

/** Characters that end a plain scalar in flow context: `,?[]{}`. */
export const endsPlainInFlow = (code: number): boolean =>
  code === 0x2c ||
  code === 0x3f ||
  code === 0x5b ||
  code === 0x5d ||
  code === 0x7b ||
  code === 0x7d;

/** The number of UTF-16 code units of the line break `code`. */
export const breakLength = (code: number, next: number): number =>
  code === 0x0d && next === 0x0a ? 2 : 1;

/** The value of the line break `code` in a scalar: LS and PS are kept. */
export const breakValue = (code: number): string =>
  code === 0x2028 ? '\u2028' : code === 0x2029 ? '\u2029' : '\n';
