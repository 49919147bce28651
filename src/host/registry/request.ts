import {ImageError} from '../../images/manifest.ts';
import {safeText} from '../../text/safe-text.ts';
import {isInside} from './inside.ts';

/** Which hosts may be asked, and how. */
export interface Reach {
  /** The registries that speak HTTP: they must be on this machine. */
  readonly insecure: ReadonlySet<string>;
  /** The hosts that the user has named: only these may be inside the network. */
  readonly named: ReadonlySet<string>;
  /** Whether only the registry itself is asked: then a redirect to another host is an error. */
  readonly isSameHost: boolean;
  readonly signal: AbortSignal;
}

export interface Request {
  readonly url: URL;
  readonly accept?: readonly string[];
  readonly authorization?: string | undefined;
  /** The body of a POST. */
  readonly form?: URLSearchParams;
  /** In milliseconds, for the whole answer. */
  readonly timeLimit: number;
}

/** A connection broke: the same request may succeed the next time. */
class BrokenError extends ImageError {}

/** How often a request is made in all, and how many redirects it follows. */
const mostAttempts = 4;
const mostRedirects = 5;

/** How often a connection may break. */
const mostBreaks = 3;

/** The most seconds for which a registry that asks for patience gets it, each time. */
const longestWait = 30;

/**
 * The answer to `request`: any status but a redirect, or one that asks to try again later. A redirect is followed
 * without the credentials, because it may lead to another host: registries keep their blobs elsewhere.
 *
 * @throws {ImageError} if there is no answer in time, or a redirect leads where it must not
 */
export async function answerTo(request: Request, reach: Reach): Promise<Response> {
  const limit = AbortSignal.timeout(request.timeLimit);
  const signal = AbortSignal.any([reach.signal, limit]);
  for (let attempt = 1; ; attempt++) {
    const response = await followed(request, reach, signal);
    const mayRetry = [429, 502, 503, 504].includes(response.status) && attempt < mostAttempts;
    if (!mayRetry) return response;
    await response.body?.cancel();
    const seconds = patienceOf(response, attempt);
    if (seconds > longestWait) return response;
    await pause(seconds * 1000, signal, request.url);
  }
}

async function followed(
  {url: first, accept, authorization, form}: Request,
  reach: Reach,
  signal: AbortSignal,
): Promise<Response> {
  let url = first;
  for (let redirects = 0; ; redirects++) {
    const isFirst = redirects === 0;
    const response = await sent(url, signal, {
      redirect: 'manual',
      headers: {
        'accept-encoding': 'identity',
        ...(accept === undefined ? {} : {accept: accept.join(', ')}),
        ...(authorization === undefined || !isFirst ? {} : {authorization}),
      },
      ...(form === undefined ? {} : {method: 'POST', body: form}),
    });
    if (![301, 302, 303, 307, 308].includes(response.status)) return response;
    await response.body?.cancel();
    if (form !== undefined)
      throw new ImageError(`${first.host} redirects a request with credentials`);
    if (redirects >= mostRedirects) {
      throw new ImageError(`${first.host} redirects more than ${mostRedirects} times`);
    }
    url = redirected(first, url, response.headers.get('location') ?? '', reach);
  }
}

/** @throws {ImageError} if nothing answers in time */
async function sent(url: URL, signal: AbortSignal, init: RequestInit): Promise<Response> {
  try {
    return await fetch(url, {...init, signal});
  } catch (error) {
    throw unanswered(url, signal, error);
  }
}

/** What to say when a host has not answered, or not to the end. */
export function unanswered(url: URL, signal: AbortSignal, error: unknown): Error {
  if (error instanceof ImageError) return error;
  const {reason} = signal;
  if (reason instanceof DOMException && reason.name === 'TimeoutError') {
    return new ImageError(`${url.host} does not answer in time`, {cause: error});
  }
  const {cause, message} = error as Error;
  const {code, message: inner} = (cause ?? {}) as NodeJS.ErrnoException;
  const Kind = broken.includes(code ?? '') ? BrokenError : ImageError;
  return new Kind(`${url.host} does not answer: ${safeText(code ?? inner ?? message)}`, {
    cause: error,
  });
}

/** The codes of errors that pass. */
const broken = ['ECONNRESET', 'EPIPE', 'ETIMEDOUT', 'UND_ERR_SOCKET'];

/**
 * What `work` gives, which is begun anew, at most twice, when a connection breaks.
 *
 * @throws {ImageError} whatever `work` throws in the end
 */
export async function withRetries<Result>(
  work: () => Promise<Result>,
  url: URL,
  {signal}: Reach,
): Promise<Result> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof BrokenError) || attempt >= mostBreaks) throw error;
      await pause(2 ** (attempt - 1) * 1000, signal, url);
    }
  }
}

/** Where a redirect leads. @throws {ImageError} if it must not lead there */
function redirected(first: URL, from: URL, location: string, reach: Reach): URL {
  if (!URL.canParse(location, from.href)) {
    throw new ImageError(`${first.host} redirects to no address`);
  }
  const to = new URL(location, from);
  const reason = whyUnsafe(to, first, reach);
  if (reason === undefined) return to;
  throw new ImageError(`${first.host} redirects to ${safeText(to.host)}${reason}`);
}

/**
 * Why `to`, which the host of `first` names, must not be asked, as the end of a sentence: a host on the Internet must
 * neither have others asked without encryption, nor what only the user can reach.
 */
export function whyUnsafe(
  to: URL,
  first: URL,
  {insecure, named, isSameHost}: Reach,
): string | undefined {
  if (isSameHost && to.host !== first.host) return ', which --same-host forbids';
  const isPlain = to.protocol === 'http:' && insecure.has(to.host);
  if (to.protocol !== 'https:' && !isPlain) return ' without encryption';
  if (to.username !== '' || to.password !== '') return ' with credentials';
  const isKnown = to.host === first.host || isPlain || named.has(to.host);
  return !isKnown && isInside(to.hostname) ? ', an address inside your network' : undefined;
}

/** The seconds for which an answer asks: `Retry-After`, in seconds or as a date; else 1, 2, 4. */
function patienceOf(response: Response, attempt: number): number {
  const asked = response.headers.get('retry-after') ?? '';
  if (/^\d{1,9}$/.test(asked)) return Number(asked);
  const date = Date.parse(asked);
  return Number.isNaN(date) ? 2 ** (attempt - 1) : Math.max(0, (date - Date.now()) / 1000);
}

/** @throws {ImageError} if time is up before */
function pause(milliseconds: number, signal: AbortSignal, url: URL): Promise<void> {
  return new Promise((resolve, reject) => {
    const stop = () => {
      clearTimeout(timer);
      reject(unanswered(url, signal, signal.reason));
    };
    const timer = setTimeout(() => {
      signal.removeEventListener('abort', stop);
      resolve();
    }, milliseconds);
    signal.addEventListener('abort', stop, {once: true});
    if (signal.aborted) stop();
  });
}

/**
 * The body of `response`, as far as it is no longer than `most` bytes.
 *
 * @throws {ImageError} if it is longer, or breaks off
 */
export async function* bodyOf(
  response: Response,
  most: number,
  url: URL,
): AsyncGenerator<Uint8Array> {
  const tooLong = () => new ImageError(`${url.host} sends more than ${most} bytes`);
  if (Number(response.headers.get('content-length') ?? 0) > most) {
    await response.body?.cancel();
    throw tooLong();
  }
  let length = 0;
  const reader = response.body?.getReader();
  if (reader === undefined) return;
  try {
    for (;;) {
      const {done, value} = await reader.read();
      if (done) return;
      length += value.length;
      if (length > most) throw tooLong();
      yield value;
    }
  } catch (error) {
    throw error instanceof ImageError ? error : brokenOff(url, error);
  } finally {
    await reader.cancel().catch(() => undefined);
  }
}

/** A time limit ends a request for good. */
function brokenOff(url: URL, error: unknown): ImageError {
  const isLate = error instanceof DOMException && error.name === 'TimeoutError';
  return isLate
    ? new ImageError(`${url.host} does not send all in time`, {cause: error})
    : new BrokenError(`${url.host} breaks off`, {cause: error});
}

/** The whole body. @throws {ImageError} as `bodyOf` */
export async function bytesOf(response: Response, most: number, url: URL): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  for await (const part of bodyOf(response, most, url)) parts.push(part);
  return Buffer.concat(parts);
}
