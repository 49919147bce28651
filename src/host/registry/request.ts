import {ImageError} from '../../images/manifest.ts';
import {safeText} from '../../text/safe-text.ts';

/** Which hosts may be asked, and how. */
export interface Reach {
  /** The registries that speak HTTP: they must be on this machine. */
  readonly insecure: ReadonlySet<string>;
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

/** How often a request is made in all, and how many redirects it follows. */
const mostAttempts = 4;
const mostRedirects = 5;

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
  return new ImageError(`${url.host} does not answer: ${safeText(code ?? inner ?? message)}`, {
    cause: error,
  });
}

/** Where a redirect leads. @throws {ImageError} if it must not lead there */
function redirected(first: URL, from: URL, location: string, {insecure, isSameHost}: Reach): URL {
  const fail = (what: string): never => {
    throw new ImageError(`${first.host} redirects ${what}`);
  };
  if (!URL.canParse(location, from.href)) return fail('to no address');
  const to = new URL(location, from);
  const where = `to ${safeText(to.host)}`;
  if (isSameHost && to.host !== first.host) return fail(`${where}, which --same-host forbids`);
  const isPlain = to.protocol === 'http:' && insecure.has(to.host);
  if (to.protocol !== 'https:' && !isPlain) return fail(`${where} without encryption`);
  if (to.username !== '' || to.password !== '') return fail(`${where} with credentials`);
  if (!isPlain && isInside(to.hostname) && to.host !== first.host) {
    return fail(`${where}, an address inside your network`);
  }
  return to;
}

/** Whether a host is this machine, or an address that is not public. A name may still resolve to one. */
const isInside = (host: string): boolean =>
  /^(?:localhost|.*\.localhost|0\.|10\.|127\.|169\.254\.|172\.(?:1[6-9]|2\d|3[01])\.|192\.168\.|100\.(?:6[4-9]|[7-9]\d|1[01]\d|12[0-7])\.|\[)/.test(
    host,
  );

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
    throw error instanceof ImageError
      ? error
      : new ImageError(`${url.host} does not send all in time`, {cause: error});
  } finally {
    await reader.cancel().catch(() => undefined);
  }
}

/** The whole body. @throws {ImageError} as `bodyOf` */
export async function bytesOf(response: Response, most: number, url: URL): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  for await (const part of bodyOf(response, most, url)) parts.push(part);
  return Buffer.concat(parts);
}
