/** The form of a credential, which needs no name to be recognized. */
interface Shape {
  /** With an article: "a private key". */
  readonly what: string;
  readonly pattern: RegExp;
}

/**
 * The forms that the issuers of credentials document, or that formats prescribe: PEM (RFC 7468),
 * JWT (RFC 7519), passwords in URLs (RFC 3986).
 */
const shapes: readonly Shape[] = [
  {
    what: 'a private key',
    pattern: /-----BEGIN (?:[A-Z0-9]{1,20} ){0,2}PRIVATE KEY(?: BLOCK)?-----/,
  },
  {what: 'an access key of AWS', pattern: /\b(?:AKIA|ASIA)[0-9A-Z]{16}\b(?<!EXAMPLE)/},
  {what: 'a key of Azure storage', pattern: /\bAccountKey=[A-Za-z0-9+/]{86}==/},
  {what: 'a key of Google’s APIs', pattern: /\bAIza[0-9A-Za-z_-]{35}\b/},
  {
    what: 'a token of GitHub',
    pattern: /\b(?:gh[oprsu]_[A-Za-z0-9]{36}|github_pat_[A-Za-z0-9_]{60,90})\b/,
  },
  {
    what: 'a token of GitLab',
    pattern: /\bgl(?:pat|dt|rt|cbt|ptt|ft|imt|agent|soat)-[0-9A-Za-z_-]{20,60}/,
  },
  {what: 'a token of Slack', pattern: /\bxox[abeprs]-[0-9A-Za-z-]{20,120}/},
  {
    what: 'a webhook of Slack',
    pattern: /\bhooks\.slack\.com\/services\/T[0-9A-Z]{8,12}\/B[0-9A-Z]{8,12}\/[0-9A-Za-z]{24}\b/,
  },
  {what: 'a key of Stripe', pattern: /\b[rs]k_live_[0-9A-Za-z]{20,100}\b/},
  {what: 'a key of SendGrid', pattern: /\bSG\.[\w-]{22}\.[\w-]{43}\b/},
  {what: 'a token of npm', pattern: /\bnpm_[A-Za-z0-9]{36}\b/},
  {what: 'a token of Docker Hub', pattern: /\bdckr_(?:pat|oat)_[\w-]{20,60}/},
  {what: 'a token of Vault', pattern: /\bhv[sb]\.[\w-]{24,200}/},
  {what: 'a token of DigitalOcean', pattern: /\bdo[oprt]_v1_[0-9a-f]{64}\b/},
  {what: 'a JSON web token', pattern: /\beyJ[\w-]{10,4096}\.eyJ[\w-]{10,4096}\.[\w-]{10,4096}/},
];

/** A password in a URL: `scheme://user:password@host`. */
const inUrl = /[a-z][a-z0-9+.-]{1,20}:\/\/[^\s:/?#@"'<>]{0,100}:([^\s/?#@"'<>]{1,200})@[\w[]/gi;

/** The last words of names whose values are credentials. */
const secretName =
  /(?:^|[._-])(?:pass(?:word|wd|phrase)|pwd|(?:secret|access|account|api|auth|encryption|master|private|signing|shared)[._-]?key|(?:access|api|auth|bearer|bot|personal|refresh|registry|root|session)[._-]?token|client[._-]?secret|token|credentials?)$/i;

/** Whether the value of something of that name would be a credential; `dbPassword` counts, too. */
export const isSecretName = (name: string): boolean =>
  name.length <= longestName && secretName.test(name.replace(/([a-z0-9])([A-Z])/g, '$1_$2'));

const longestName = 100;

/**
 * The credential that `text` contains, by its form, with an article; undefined if there is none. It
 * is never part of the result.
 */
export function credentialIn(text: string): string | undefined {
  const found = shapes.find(({pattern}) => pattern.test(text));
  if (found !== undefined) return found.what;
  for (const [, password = ''] of text.matchAll(inUrl)) {
    if (!isPlaceholder(password)) return 'a password in a URL';
  }
  return undefined;
}

/** Whether a value, of something with a secret name, is itself no secret. */
export function isPlaceholder(value: string): boolean {
  const text = value.trim();
  return text.length < shortest || text.length > longest || notSecret.some(each => each.test(text));
}

const shortest = 3;
/** What is longer is a file. */
const longest = 500;

const notSecret: readonly RegExp[] = [
  // Filled in later: $(NAME), ${NAME}, $NAME, {{ … }}, %s, <password>, [password], @@NAME@@.
  /\$[({A-Za-z_]|\{\{|%[(A-Za-z{]|^<.*>$|^\[.*\]$|@@|^__.*__$/,
  // Where it is: a path, a URL, the name of a file or of an object, a reference.
  /^(?:\.{0,2}\/|~\/|[a-z][a-z0-9+.-]*:)/i,
  /\.(?:crt|json|key|pem|txt|ya?ml)$/i,
  // What a switch, a number, a duration or an enumeration looks like.
  /^(?:true|false|yes|no|on|off|none|null|nil|undefined|default|auto|enabled?|disabled?|optional|required|always|never|env|file|vault|basic|bearer|include|omit|same-origin)$/i,
  /^[0-9]{1,4}(?:\.[0-9]+)?(?:ms|s|m|h|d)?$/,
  // What nobody takes for a real one.
  /^(?:\*+|x{3,}|\.{3,}|-+|redacted|hidden|masked|placeholder|todo|tbd|replace[-_ ]?(?:me|with).*|your[-_ ].*|my[-_]?(?:secret|token)|example.*|dummy|insert[-_ ].*)$/i,
];
