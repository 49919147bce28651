import {bypassListsIn} from './proxy-bypass.ts';
import {isNoHost} from './setting-names.ts';
import {isInComment, isInProse, portApart, type Span, settingOf} from './text-around.ts';

/** A host in a text that may be the name of a Service. */
export interface Host {
  /** The names that it may stand for, the most likely first. */
  readonly names: readonly HostName[];
  /** The port that follows it. */
  readonly port?: number;
  /** A port that stands apart from it, and may belong to something else. */
  readonly portBeside?: number;
}

export interface HostName {
  readonly name: string;
  /** Absent if the text has none: then it is the namespace of the pod that reads it. */
  readonly namespace?: string;
  /** Whether it must be a Service, because of a URL, a port, or `.svc`. */
  readonly isAddress: boolean;
}

/** A run of characters that names consist of; each character is looked at once. */
const tokens = /[A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]+)*/g;
const longestHost = 253;
/** How often a name is looked at in one text, which bounds the cost of a hostile one. */
const mostLooks = 1000;
/** The variables that Kubernetes sets in each pod for the address of a Service. */
const serviceVariable = /^([A-Z0-9_]+)_SERVICE_(?:HOST|PORT)$/;
const portAfter = /:(\d{1,5})(?![\w@.])/y;
/**
 * `name:` and `name=` are followed by a value, `name://` begins a URL, `name:password@` is a user.
 */
const keyAfter = /["']?[ \t]*(?:=|:(?![\d${%])|:[^\s/@]{1,64}@)/y;

/**
 * The hosts in `text` that may be names of Services; `isKnown` knows all names. They may stand
 * alone, have a namespace, `.svc` and a cluster domain, or follow the name of a pod. A name in a
 * path, a key, a variable or a comment does not count, nor one in a list that bypasses a proxy. A
 * name without a port, a URL or `.svc` does not count in prose or SQL either, nor as the value of a
 * setting that is no host, which `setting` may be: the name of the variable or key with the text.
 */
export function* hostsIn(
  text: string,
  isKnown: (name: string) => boolean,
  setting?: string,
): Iterable<Host> {
  const isPassedBy = bypassListsIn(text);
  const looked = new Map<string, number>();
  for (const {0: token, index} of text.matchAll(tokens)) {
    if (token.length > longestHost || !mayBeHost(token, isKnown) || isPassedBy(index)) continue;
    const variable = serviceVariable.exec(token)?.[1];
    if (variable !== undefined) {
      const name = variable.toLowerCase().replaceAll('_', '-');
      if (isKnown(name)) yield {names: [{name, isAddress: true}]};
      continue;
    }
    const named = namesOf(token.split('.')).filter(({name}) => isKnown(name));
    if (named.length === 0) continue;
    // A text that repeats a name again and again is not looked at each time.
    const times = (looked.get(token) ?? 0) + 1;
    looked.set(token, times);
    if (times > mostLooks) continue;
    const span = {text, start: index, end: index + token.length};
    const place = placeOf(span);
    if (place === undefined || isInComment(span)) continue;
    const isPublic = isPublicName(span, place.port);
    const names = named.map(host => ({
      ...host,
      isAddress: host.isAddress || (place.isAddress && !(isPublic && host.namespace !== undefined)),
    }));
    if (names.every(({isAddress}) => !isAddress) && isJustAWord(span, setting)) continue;
    const beside = place.port === undefined ? portApart(span) : undefined;
    yield {
      names,
      ...(place.port === undefined ? {} : {port: place.port}),
      ...(beside === undefined ? {} : {portBeside: beside}),
    };
  }
}

/** Whether a part of `token` is a known name. Nearly all words of a text are left out here. */
const mayBeHost = (token: string, isKnown: (name: string) => boolean): boolean =>
  token.includes('_SERVICE_') ||
  (token.includes('.') ? token.split('.').some(isKnown) : isKnown(token));

/** Domains of the internet, and those that are more often namespaces unless the scheme is https. */
const domain = /\.(?:com|org|net|io|ai|co|cloud|info|eu|de|uk|us|fr|tech|sh|gov|edu)$/;
const secureDomain = /\.(?:dev|app|me|tv|tools|run|page|build|host|site|online)$/;

/** Whether a URL looks as if it leads to the internet: `https://web.dev`. */
function isPublicName({text, start, end}: Span, port: number | undefined): boolean {
  if (port !== undefined && port !== 443 && port !== 80) return false;
  if (!text.startsWith('//', start - 2)) return false;
  const name = text.slice(start, end);
  return domain.test(name) || (text.startsWith('https:', start - 8) && secureDomain.test(name));
}

/** Whether something other than a host has the name of a Service. */
const isJustAWord = (span: Span, setting: string | undefined): boolean =>
  isNoHost(settingOf(span) ?? setting ?? '') || isInProse(span);

/** See "DNS for Services and Pods" in the Kubernetes documentation for the forms. */
function namesOf(labels: readonly string[]): readonly HostName[] {
  const [first = '', second, third] = labels;
  const svc = labels.indexOf('svc', 2);
  if (svc !== -1) {
    const [name = '', namespace = ''] = labels.slice(svc - 2, svc);
    return [{name, namespace, isAddress: true}];
  }
  if (second === undefined) return [{name: first, isAddress: false}];
  if (labels.length > 3) return [];
  if (third !== undefined) return [{name: second, namespace: third, isAddress: false}];
  return [
    {name: first, namespace: second, isAddress: false},
    {name: second, isAddress: false},
  ];
}

/** What the text around a name shows about it; undefined if it is not a host. */
function placeOf(span: Span): {readonly isAddress: boolean; readonly port?: number} | undefined {
  const {text, start} = span;
  // The dot at the end of a full name.
  const end =
    text[span.end] === '.' && !/\w/.test(text[span.end + 1] ?? '') ? span.end + 1 : span.end;
  const before = text[start - 1];
  const isAuthority = text.startsWith('//', start - 2) || before === '@';
  const isPath = before === '/' && !isAuthority;
  const isVariable = before === '$' || /^\$[({]$/.test(text.slice(Math.max(0, start - 2), start));
  if (isPath || isVariable || text[end] === '@') return undefined;
  portAfter.lastIndex = end;
  const port = portAfter.exec(text)?.[1];
  if (port !== undefined) return {isAddress: true, port: Number(port)};
  keyAfter.lastIndex = end;
  if (keyAfter.test(text)) return undefined;
  if (!isAuthority && text[end] === '/') return undefined;
  return {isAddress: isAuthority || text[end] === ':'};
}
