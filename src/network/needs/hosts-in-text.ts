import {bypassListsIn} from './proxy-bypass.ts';

/** A host that a text names, and that may be a Service's name. */
export interface Host {
  /** The names that it may stand for, the likeliest first. */
  readonly names: readonly HostName[];
  /** The port that follows it. */
  readonly port?: number;
}

export interface HostName {
  readonly name: string;
  /** Absent where the text names none: the namespace of the pod that reads it. */
  readonly namespace?: string;
  /** Whether nothing but a Service can be meant: a URL, a port, or `.svc` says so. */
  readonly isAddress: boolean;
}

/** A run of what names are made of; each character is looked at once. */
const tokens = /[A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]+)*/g;
const longestHost = 253;
/** The variables by which Kubernetes tells each pod where a Service is. */
const serviceVariable = /^([A-Z0-9_]+)_SERVICE_(?:HOST|PORT)$/;
const portAfter = /:(\d{1,5})(?![\w@.])/y;
/** `name:` and `name=` begin a key's value, `name://` a URL, `name:password@` a host's user. */
const keyAfter = /["']?[ \t]*(?:=|:(?![\d${])|:[^\s/@]{1,64}@)/y;

/**
 * The hosts in `text` that may be names of Services, of which `isKnown` knows all: by themselves,
 * with a namespace, with `.svc` and a cluster domain, and behind the name of a pod. A name that is
 * a part of a path, a key or a variable is none, and neither is one that a proxy is to pass by.
 */
export function* hostsIn(text: string, isKnown: (name: string) => boolean): Iterable<Host> {
  const isPassedBy = bypassListsIn(text);
  for (const {0: token, index} of text.matchAll(tokens)) {
    if (token.length > longestHost || isPassedBy(index)) continue;
    const variable = serviceVariable.exec(token)?.[1];
    if (variable !== undefined) {
      const name = variable.toLowerCase().replaceAll('_', '-');
      if (isKnown(name)) yield {names: [{name, isAddress: true}]};
      continue;
    }
    const named = namesOf(token.split('.')).filter(({name}) => isKnown(name));
    if (named.length === 0) continue;
    const place = placeOf(text, index, index + token.length);
    if (place === undefined) continue;
    const names = named.map(host => ({...host, isAddress: host.isAddress || place.isAddress}));
    yield {names, ...(place.port === undefined ? {} : {port: place.port})};
  }
}

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

/** What stands around a name says of it; undefined where it is no host. */
function placeOf(
  text: string,
  start: number,
  end: number,
): {readonly isAddress: boolean; readonly port?: number} | undefined {
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
