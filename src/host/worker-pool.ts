import {type ChildProcess, spawn} from 'node:child_process';
import {once} from 'node:events';
import {createInterface, type Interface} from 'node:readline';
import {UsageError} from '../errors.ts';
import {workerVerb} from './call.ts';
import {interruptible} from './interrupt.ts';
import type {Unit} from './unit.ts';
import type {UnitAudit} from './unit-audit.ts';

/** What an audit is told while it runs. */
export interface Watcher {
  readonly begin: (name: string) => Promise<void>;
  readonly end: (name: string) => Promise<void>;
}

/** Deno starts programs in a way of its own. */
export const canStartWorkers = !('Deno' in globalThis);

/**
 * The audits of `units` by so many processes, in the order of the units. `args` are those of the audit. A process that ends
 * unexpectedly, because it has no memory left for instance, fails its unit and no other.
 *
 * @throws {InterruptedError} if this process is told to stop; all others have then ended
 */
export const auditInProcesses = (
  units: readonly Unit[],
  jobs: number,
  args: readonly string[],
  watcher: Watcher,
): Promise<readonly UnitAudit[]> =>
  interruptible(async signal => {
    const audits: UnitAudit[] = [];
    const queue = units.entries();
    const workOff = async () => {
      let worker: Worker | undefined;
      try {
        for (const [index, unit] of queue) {
          if (signal.aborted) throw signal.reason;
          worker ??= new Worker(args, signal);
          await watcher.begin(unit.name);
          const audit = await worker.audit(unit);
          if (signal.aborted) throw signal.reason;
          if (typeof audit === 'string') worker = undefined;
          audits[index] = typeof audit === 'string' ? failedAudit(unit, audit) : audit;
          await watcher.end(unit.name);
        }
      } finally {
        await worker?.end();
      }
    };
    const results = await Promise.allSettled(
      Array.from({length: Math.min(jobs, units.length)}, workOff),
    );
    for (const result of results) if (result.status === 'rejected') throw result.reason;
    return audits;
  });

function failedAudit({name, isPart}: Unit, how: string): UnitAudit {
  const reason = `the process that audited it ended unexpectedly (${how})`;
  const nothing = {told: [], judged: [], said: ''};
  return isPart
    ? {...nothing, skipped: [{file: name, reason}], failed: []}
    : {...nothing, skipped: [], failed: [{message: reason, place: {file: name}}]};
}

const mostSaid = 2000;

/** A process that audits one unit after the other. */
class Worker {
  readonly #child: ChildProcess;
  readonly #lines: Interface;
  readonly #ended: Promise<string>;
  #said = '';

  constructor(args: readonly string[], signal: AbortSignal) {
    const [program, ...own] = ownCommand();
    this.#child = spawn(program, [...own, workerVerb, ...args], {stdio: ['pipe', 'pipe', 'pipe']});
    const {stdin, stdout, stderr} = this.#child;
    if (stdin === null || stdout === null || stderr === null) throw new UsageError('no pipes');
    this.#lines = createInterface({input: stdout});
    // A process that has ended reads no more; how it ended is what counts.
    stdin.on('error', () => undefined);
    stderr.on('data', (chunk: Buffer) => {
      this.#said = `${this.#said}${chunk.toString('utf8')}`.slice(-mostSaid);
    });
    this.#ended = new Promise(resolve => {
      this.#child.on('error', error => resolve(error.message));
      this.#child.on('close', (code, ending) => {
        const last = this.#said.trim().split('\n').at(-1);
        const how = ending ?? `exit code ${code}`;
        resolve(last === undefined || last === '' ? how : `${how}: ${last}`);
      });
    });
    signal.addEventListener('abort', () => this.#child.kill());
  }

  /** The audit of a unit, or how the process ended instead. */
  async audit(unit: Unit): Promise<UnitAudit | string> {
    const answer = once(this.#lines, 'line').then(
      ([line]) => JSON.parse(line as string) as UnitAudit,
    );
    this.#child.stdin?.write(lineOf(unit));
    return Promise.race([answer, this.#ended]);
  }

  async end(): Promise<void> {
    this.#child.stdin?.end();
    await this.#ended;
  }
}

/** How this program itself is started: with Node or Bun, or as an executable, which is its own script. */
function ownCommand(): readonly [string, ...string[]] {
  const {execPath, execArgv, argv} = process;
  const [, script = execPath] = argv;
  return script === execPath ? [execPath] : [execPath, ...execArgv, script];
}

/** Answers each unit on stdin with its audit on stdout, as lines of JSON, until stdin ends. */
export async function serveUnits(
  audit: (unit: Unit) => Promise<UnitAudit>,
  write: (text: string) => Promise<void>,
): Promise<void> {
  for await (const line of createInterface({input: process.stdin})) {
    await write(lineOf(await audit(JSON.parse(line) as Unit)));
  }
}

/** A line of JSON. Bun and newer versions of Node end a line at these separators too, which JSON leaves as they are. */
const lineOf = (value: object): string =>
  `${JSON.stringify(value).replaceAll('\u2028', '\\u2028').replaceAll('\u2029', '\\u2029')}\n`;
