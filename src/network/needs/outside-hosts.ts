import {parseRange} from '../../kubernetes/address-range.ts';
import {portIn} from './setting-names.ts';
import {isInComment} from './text-around.ts';

/** A host in a text that may be outside of the stream. */
export interface OutsideHost {
  /** A public name, an IPv4 address, or a Service as `name.namespace.svc`. */
  readonly host: string;
  /** For a Service: its name and namespace. */
  readonly service?: {readonly name: string; readonly namespace: string};
  readonly port?: number;
}

/** The usual ports of schemes: IANA's registry, and the projects' own documentation. */
const schemePorts: Readonly<Record<string, number>> = {
  https: 443,
  http: 80,
  wss: 443,
  ws: 80,
  ftp: 21,
  ldap: 389,
  ldaps: 636,
  smtp: 25,
  postgres: 5432,
  postgresql: 5432,
  mysql: 3306,
  mongodb: 27_017,
  redis: 6379,
  rediss: 6379,
  amqp: 5672,
  amqps: 5671,
  nats: 4222,
};

const userInfo = /[^\s/@"'<>]{1,200}@/y;
const authority = /([A-Za-z0-9][A-Za-z0-9.-]{0,252})(?::(\d{1,5}))?/y;
const serviceBefore = /([a-z0-9][a-z0-9-]{0,62})\.([a-z0-9][a-z0-9-]{0,62})$/;
const afterService = /\.svc(?:\.[a-z0-9.-]{1,100})?(?::(\d{1,5}))?(?![\w-])/y;

/** Names that no request goes to: reserved ones (RFC 2606, RFC 6761), and identifiers of schemas. */
const nobody =
  /(?:^|\.)(?:example(?:\.(?:com|net|org))?|invalid|test|localhost|local|internal|w3\.org|json-schema\.org|xmlsoap\.org|java\.sun\.com|springframework\.org|apache\.org)$/;

/**
 * The hosts of URLs with a public name or an address, and Services with their namespace, that stand
 * in `text`, outside of comments.
 */
export function* outsideHostsIn(text: string): Iterable<OutsideHost> {
  for (let at = text.indexOf('://'); at !== -1; at = text.indexOf('://', at + 3)) {
    const scheme = /[a-z][a-z0-9+]{0,15}$/i.exec(text.slice(Math.max(0, at - 16), at))?.[0] ?? '';
    const found = hostAfter(text, at + 3, scheme.toLowerCase());
    if (found !== undefined) yield found;
  }
  for (let at = text.indexOf('.svc'); at !== -1; at = text.indexOf('.svc', at + 4)) {
    const [, name, namespace] = serviceBefore.exec(text.slice(Math.max(0, at - 130), at)) ?? [];
    afterService.lastIndex = at;
    const after = afterService.exec(text);
    if (name === undefined || namespace === undefined || after === null) continue;
    if (isInComment({text, start: at, end: at})) continue;
    const port = portIn(after[1]);
    const service = {name, namespace};
    yield {host: `${name}.${namespace}.svc`, service, ...(port === undefined ? {} : {port})};
  }
}

function hostAfter(text: string, start: number, scheme: string): OutsideHost | undefined {
  userInfo.lastIndex = start;
  authority.lastIndex = userInfo.exec(text) === null ? start : userInfo.lastIndex;
  const [, name, number] = authority.exec(text) ?? [];
  const host = name?.toLowerCase().replace(/\.$/, '');
  if (host === undefined || !isPublic(host) || isInComment({text, start, end: start})) {
    return undefined;
  }
  const port = portIn(number) ?? schemePorts[scheme];
  return {host, ...(port === undefined ? {} : {port})};
}

/** Whether a host is an IPv4 address. */
export const isAddress = (host: string): boolean =>
  /^\d{1,3}(?:\.\d{1,3}){3}$/.test(host) && parseRange(`${host}/32`) !== undefined;

/** Whether a host is an address, or a name whose last part is that of a domain of the internet. */
function isPublic(host: string): boolean {
  if (isAddress(host)) return !/^(?:0|127)\./.test(host);
  return /\.[a-z]{2,24}$/.test(host) && !/\.svc(?:\.|$)/.test(host) && !nobody.test(host);
}
