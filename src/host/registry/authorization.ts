import {ImageError} from '../../images/manifest.ts';
import {safeText} from '../../text/safe-text.ts';
import type {CredentialStore, Credentials} from './credentials.ts';
import {answerTo, bytesOf, type Reach, whyUnsafe} from './request.ts';

/** The part of `WWW-Authenticate` that counts. */
interface Challenge {
  readonly scheme: 'basic' | 'bearer';
  readonly realm: string;
  readonly service: string;
}

/** Which hosts may give tokens, besides the registry. */
export interface TokenHosts {
  readonly reach: Reach;
  /** Hosts that the user trusts with credentials for any registry. */
  readonly trusted: ReadonlySet<string>;
}

/** Where a token must come from for Docker Hub, whose hosts have no common beginning. */
const hubTokens = 'auth.docker.io';

/**
 * The header `authorization` with which `registry`, which has refused a request, gives what is in `path`.
 *
 * @throws {ImageError} if it gives none
 */
export async function authorizationFor(
  {registry, path, base}: {readonly registry: string; readonly path: string; readonly base: URL},
  refusal: Response,
  credentials: CredentialStore,
  hosts: TokenHosts,
): Promise<string> {
  const challenge = challengeIn(refusal.headers.get('www-authenticate') ?? '');
  if (challenge === undefined)
    throw new ImageError(`${base.host} refuses access (401), and asks for nothing`);
  const own = await credentials.of(registry);
  if (challenge.scheme === 'basic') {
    if (own === undefined || !('user' in own)) {
      throw new ImageError(
        `${base.host} asks for a user and a password: run \`docker login ${registry}\``,
      );
    }
    return basic(own);
  }
  const realm = realmOf(challenge, {registry, base}, hosts, own !== undefined);
  return `Bearer ${await tokenFrom(realm, {service: challenge.service, path}, own, hosts.reach)}`;
}

const basic = ({user, password}: Extract<Credentials, {user: string}>): string =>
  `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;

/** The challenge that counts: of several, a token. */
function challengeIn(header: string): Challenge | undefined {
  const bearer = /(?:^|,)\s*bearer\s+(.*)$/is.exec(header)?.[1];
  if (bearer !== undefined) {
    return {
      scheme: 'bearer',
      realm: parameter(bearer, 'realm'),
      service: parameter(bearer, 'service'),
    };
  }
  return /(?:^|,)\s*basic\b/i.test(header) ? {scheme: 'basic', realm: '', service: ''} : undefined;
}

const parameter = (text: string, name: string): string =>
  new RegExp(`(?:^|[\\s,])${name}="([^"]*)"`, 'i').exec(text)?.[1] ?? '';

/**
 * Where tokens come from. If it gets the user's credentials, it must be the registry itself, a host above or below it,
 * or one that the user trusts.
 */
function realmOf(
  {realm}: Challenge,
  {registry, base}: {readonly registry: string; readonly base: URL},
  {reach, trusted}: TokenHosts,
  hasCredentials: boolean,
): URL {
  if (!URL.canParse(realm)) throw new ImageError(`${base.host} names no address for its tokens`);
  const url = new URL(realm);
  const fail = (reason: string): never => {
    throw new ImageError(`${base.host} wants a token from ${safeText(url.host)}${reason}`);
  };
  const reason = whyUnsafe(url, base, reach);
  if (reason !== undefined) fail(reason);
  const isHub = registry === 'docker.io' && url.host === hubTokens;
  const isRelated = isBelow(url.host, registry) || isBelow(registry, url.host);
  const isOwn = url.host === base.host || isHub || isRelated || trusted.has(url.host);
  if (hasCredentials && !isOwn) {
    fail(`: if you trust that host with your credentials, add --token-host ${safeText(url.host)}`);
  }
  return url;
}

/** Whether a host is below another one, which has a name of its own. */
const isBelow = (host: string, other: string): boolean =>
  other.includes('.') && host.endsWith(`.${other}`);

const mostOfToken = 1_000_000;
const tokenTime = 30_000;

/** A token to read `path`, and nothing else. */
async function tokenFrom(
  realm: URL,
  {service, path}: {readonly service: string; readonly path: string},
  own: Credentials | undefined,
  reach: Reach,
): Promise<string> {
  const scope = `repository:${path}:pull`;
  const asked: readonly [string, string][] = [
    ...(service === '' ? [] : [['service', service] as [string, string]]),
    ['scope', scope],
  ];
  const isIdentity = own !== undefined && 'identityToken' in own;
  const url = new URL(realm);
  if (!isIdentity) for (const [key, value] of asked) url.searchParams.set(key, value);
  const form = isIdentity
    ? new URLSearchParams([
        ...asked,
        ['grant_type', 'refresh_token'],
        ['client_id', 'kube-harden'],
        ['refresh_token', own.identityToken],
      ])
    : undefined;
  const response = await answerTo(
    {
      url,
      timeLimit: tokenTime,
      ...(form === undefined ? {} : {form}),
      ...(own === undefined || isIdentity ? {} : {authorization: basic(own)}),
    },
    reach,
  );
  if (response.status !== 200) {
    await response.body?.cancel();
    throw new ImageError(`${url.host} gives no token (${response.status})`);
  }
  const token = tokenIn(await bytesOf(response, mostOfToken, url));
  if (token === undefined) throw new ImageError(`${url.host} gives no token`);
  return token;
}

/** A header takes these characters only. */
function tokenIn(bytes: Uint8Array): string | undefined {
  try {
    const {token, access_token: other} = JSON.parse(new TextDecoder().decode(bytes));
    const found = token ?? other;
    return typeof found === 'string' && /^[\x21-\x7e]+$/.test(found) ? found : undefined;
  } catch {
    return undefined;
  }
}
