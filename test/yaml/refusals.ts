/**
 * The only reasons for which our reader may refuse what Kubernetes reads, as the messages that give
 * them. docs/decisions/0001 says why.
 */
const stated: readonly RegExp[] = [
  /^a YAML directive must not stand in a manifest$/,
  /^a separator `---` must stand alone on its line$/,
  /^a document after `\.\.\.` must begin with `---`$/,
  /^`\.\.\.` must end a document$/,
  /^a byte-order mark must begin the input, or be an escape$/,
  /^a line must not end in two carriage returns$/,
  /^a tab must not begin a value$/,
  /^the number .* must fit 64 bits, or be quoted$/,
  /^a document must not begin or end with a blank that is none of YAML's$/,
  /^only blanks and line breaks may stand before a JSON document$/,
  /^a key must be a text, a number or a boolean$/,
  /^a line break of Unicode must be an escape in JSON$/,
  /^one document was expected$/,
  /^collections must not be nested deeper than 1000$/,
  /^the key ".*" stands twice, as values of two types$/s,
  /^a key must not be a number that large$/,
  /^JSON has no number [-+]?\.(?:inf|nan)$/i,
  /^the input must be text: it holds a control character$/,
  /^a !!binary must be UTF-8 text$/,
];

export const isStatedRefusal = (message: string): boolean =>
  stated.some(pattern => pattern.test(message));
