import {type ChildProcess, spawn} from 'node:child_process';
import {createInterface} from 'node:readline';

/** The answer of a Kubernetes parser for a text. */
export interface OracleRead {
  /** The value of a document, or the list of the values of a stream's documents. */
  readonly value: unknown;
  /** Why the parser refuses the text. */
  readonly error?: string;
}

/** The readers that `test/yaml/oracle/main.go` describes. */
export type Reader = 'value' | 'strict' | 'kubectl' | 'helm' | 'kyaml' | 'lots' | 'rest' | 'typed';

export type Answer<Asked extends Reader> = {readonly [reader in Asked]: OracleRead};

/** Kubernetes' own parsers: a process that keeps running, and must be closed. */
export class YamlOracle {
  readonly #process: ChildProcess;
  readonly #waiting: {resolve(line: string): void; reject(error: Error): void}[] = [];

  /** @param executable The `yaml-oracle` of the catalogue. */
  constructor(executable: string) {
    this.#process = spawn(executable, {stdio: ['pipe', 'pipe', 'inherit']});
    this.#process.once('error', error => this.#fail(error));
    this.#process.once('exit', () => this.#fail(new Error('the oracle has ended')));
    createInterface({input: this.#process.stdout as NodeJS.ReadableStream}).on('line', line =>
      this.#waiting.shift()?.resolve(line),
    );
  }

  /** @throws {Error} if the process ends before it has answered */
  async ask<Asked extends Reader>(
    text: string | Uint8Array,
    readers: readonly Asked[],
  ): Promise<Answer<Asked>> {
    const yaml = Buffer.from(text as string).toString('base64');
    const line = await new Promise<string>((resolve, reject) => {
      this.#waiting.push({resolve, reject});
      this.#process.stdin?.write(`${JSON.stringify({yaml, readers})}\n`);
    });
    return JSON.parse(line) as Answer<Asked>;
  }

  close(): void {
    this.#process.stdin?.end();
  }

  #fail(error: Error): void {
    for (const {reject} of this.#waiting.splice(0)) reject(error);
  }
}
