import {Agent, request as httpsRequest} from 'node:https';

export interface Response {
  readonly status: number;
  readonly body: unknown;
  /** The warnings of the server, in plain text. */
  readonly warnings: readonly string[];
}

/** Speaks JSON with an API server over a few connections that are kept open. */
export class ApiClient {
  readonly #server: string;
  readonly #token: string;
  readonly #agent: Agent;

  constructor(server: string, ca: string, token: string) {
    this.#server = server;
    this.#token = token;
    this.#agent = new Agent({ca, keepAlive: true, maxSockets: 8});
  }

  /** @throws {Error} if there is no answer; a refusal is returned */
  request(method: string, path: string, body?: unknown): Promise<Response> {
    const isPatch = method === 'PATCH';
    const headers = {
      authorization: `Bearer ${this.#token}`,
      'content-type': isPatch ? 'application/merge-patch+json' : 'application/json',
    };
    return new Promise((resolve, reject) => {
      const call = httpsRequest(
        `${this.#server}${path}`,
        {method, headers, agent: this.#agent},
        response => {
          const chunks: Buffer[] = [];
          response.on('data', chunk => chunks.push(chunk));
          response.on('error', reject);
          response.on('end', () => {
            resolve({
              status: response.statusCode ?? 0,
              body: parse(Buffer.concat(chunks).toString()),
              warnings: warningsOf(response.headers['warning']),
            });
          });
        },
      );
      call.on('error', reject);
      call.end(body === undefined ? undefined : JSON.stringify(body));
    });
  }

  /** The body of the answer. @throws {Error} if the server refuses */
  async demand<Body>(method: string, path: string, body?: unknown): Promise<Body> {
    const answer = await this.request(method, path, body);
    if (answer.status < 300) return answer.body as Body;
    throw new Error(`${method} ${path}: ${answer.status} ${JSON.stringify(answer.body)}`);
  }

  close(): void {
    this.#agent.destroy();
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

/** The texts of `299 - "text", 299 - "text"` (RFC 7234, section 5.5). */
function warningsOf(header: string | string[] | undefined): readonly string[] {
  const texts = [header ?? '']
    .flat()
    .join(', ')
    .matchAll(/299 \S+ "((?:[^"\\]|\\.)*)"/g);
  return [...texts].map(([, text = '']) => text.replace(/\\(.)/g, '$1'));
}
