import {isatty} from 'node:tty';
import {counted} from '../report/report.ts';
import {safeText} from '../text/safe-text.ts';
import {writeStderr} from './standard-streams.ts';

/** Milliseconds between two lines where stderr is no terminal. */
const interval = 10_000;

/** Milliseconds between two changes of the line on a terminal. */
const shortInterval = 200;

/** Tells on stderr how far an audit of several charts is: on a terminal in one line, otherwise in a line now and then. */
export class Progress {
  readonly #total: number;
  readonly #isTerminal = isatty(2);
  readonly #start = Date.now();
  readonly #running = new Set<string>();
  #done = 0;
  #last = Date.now();

  constructor(total: number) {
    this.#total = total;
  }

  async begin(name: string): Promise<void> {
    this.#running.add(name);
    if (this.#isTerminal) await this.#tell();
  }

  async end(name: string): Promise<void> {
    this.#running.delete(name);
    this.#done += 1;
    await this.#tell();
  }

  /** Removes the line of a terminal. */
  async clear(): Promise<void> {
    if (this.#isTerminal) await writeStderr('\r\u001b[K');
  }

  async #tell(): Promise<void> {
    const now = Date.now();
    if (now - this.#last < (this.#isTerminal ? shortInterval : interval)) return;
    this.#last = now;
    const text = `${this.#done} of ${counted(this.#total, 'target')}${this.#timeLeft(now)}`;
    if (!this.#isTerminal) await writeStderr(`audited ${text}\n`);
    else {
      const names = [...this.#running].map(safeText).join(', ');
      const line = `${text}: ${names}`.slice(0, (process.stderr.columns ?? 80) - 1);
      await writeStderr(`\r\u001b[K${line}`);
    }
  }

  #timeLeft(now: number): string {
    if (this.#done === 0) return '';
    const left = ((now - this.#start) / this.#done) * (this.#total - this.#done);
    const seconds = Math.ceil(left / 1000);
    return seconds < 90 ? `, ${seconds} s left` : `, ${Math.ceil(seconds / 60)} min left`;
  }
}
