/**
 * The messages of the only reasons for which our parser may refuse what Kubernetes reads.
 * docs/decisions/0001 explains them.
 */
const stated: readonly RegExp[] = [
  /^a manifest must not contain a YAML directive$/,
  /^a separator `---` must be alone on its line$/,
  /^a document after `\.\.\.` must begin with `---`$/,
  /^`\.\.\.` must end a document$/,
  /^a byte-order mark must be at the start of the input, or escaped$/,
  /^a line must not end in two carriage returns$/,
  /^a tab must not begin a value$/,
  /^the number .* must fit 64 bits, or be quoted$/,
  /^a document must not begin or end with white space that YAML does not allow$/,
  /^only white space may come before a JSON document$/,
  /^a key must be a string, a number or a boolean$/,
  /^a Unicode line break must be escaped in JSON$/,
  /^one document was expected$/,
  /^collections must not be nested deeper than 1000$/,
  /^the key ".*" occurs twice, as values of two types$/s,
  /^a key must not be a number that large$/,
  /^JSON has no number [-+]?\.(?:inf|nan)$/i,
  /^the input must be text: it contains a control character$/,
  /^a !!binary must be UTF-8 text$/,
];

export const isStatedRefusal = (message: string): boolean =>
  stated.some(pattern => pattern.test(message));
