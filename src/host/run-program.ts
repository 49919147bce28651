import {ExecaError, execa} from 'execa';
import {safeLines} from '../text/safe-text.ts';
import {endGroup, MemoryExceeded, watchMemory} from './process-group.ts';
import {writeStderr} from './standard-streams.ts';

const megabyte = 1_000_000;
const mostOutput = 200 * megabyte;

/** A program of the user that generates manifests. */
export interface Program {
  /** Its name in messages. */
  readonly name: string;
  /** Its absolute path. */
  readonly executable: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  /** Whether `env` is its whole environment. */
  readonly isAlone?: boolean;
  /** What it reads; by default nothing. */
  readonly input?: string;
  /** Whether its warnings are not printed: they were before. */
  readonly isQuiet?: boolean;
  /** The time limit in milliseconds; by default there is none. */
  readonly timeLimit?: number;
  /**
   * The most memory that it may have, in bytes. With it, the program runs in a process group of its own, and everything in
   * that group ends with it. Only Linux shows how much a process has.
   */
  readonly memoryLimit?: number;
}

/** A program has failed. The message is the reason, for the user. */
export class ProgramError extends Error {
  override readonly name = 'ProgramError';
  /** Its stderr, trimmed. */
  readonly said: string;
  /** What it had printed to stdout. */
  readonly output: string;

  constructor(message: string, said: string, output: string, options?: ErrorOptions) {
    super(message, options);
    this.said = said;
    this.output = output;
  }
}

/**
 * The output of `program`. Its warnings are printed to stderr. When `signal` is aborted, it is
 * killed and the promise rejects.
 *
 * @throws {ProgramError} if it fails, prints too much or takes too long
 */
export async function runProgram(program: Program, signal: AbortSignal): Promise<Uint8Array> {
  const {name, executable, args, env, isAlone = false, input, timeLimit = 0} = program;
  const {memoryLimit, isQuiet = false} = program;
  const isGroup = memoryLimit !== undefined && process.platform !== 'win32';
  const child = execa(executable, args, {
    env,
    extendEnv: !isAlone,
    ...(input === undefined ? {stdin: 'ignore'} : {input}),
    stripFinalNewline: false,
    encoding: 'buffer',
    maxBuffer: mostOutput,
    detached: isGroup,
  });
  const limits = timeLimit === 0 ? [] : [AbortSignal.timeout(timeLimit)];
  const watch = memoryLimit === undefined ? undefined : watchMemory(child.pid, memoryLimit);
  if (watch !== undefined) limits.push(watch.exceeded);
  const end = (ending: NodeJS.Signals) => {
    if (isGroup) endGroup(child.pid, ending);
    else child.kill(ending);
  };
  const abandon = () => end('SIGKILL');
  process.on('exit', abandon);
  try {
    const {stdout, stderr} = await Promise.race([
      child,
      stopped(child, signal, () => end('SIGTERM')),
      ...limits.map(limit => stopped(child, limit, abandon)),
    ]);
    const warnings = isQuiet ? [] : safeLines(textOf(stderr));
    for (const line of warnings) await writeStderr(`${name}: ${line}\n`);
    return stdout;
  } catch (error) {
    const excess = excessIn(error, program);
    if (excess !== undefined) throw new ProgramError(excess, '', '', {cause: error});
    if (!(error instanceof ExecaError)) throw error;
    const said = textOf(error.stderr);
    throw new ProgramError(reasonOf(error, said, program), said, textOf(error.stdout), {
      cause: error,
    });
  } finally {
    watch?.end();
    process.off('exit', abandon);
    if (isGroup) endGroup(child.pid, 'SIGKILL');
  }
}

/** Which limit stopped the program, if one did. */
function excessIn(error: unknown, {name, timeLimit = 0}: Program): string | undefined {
  if (error instanceof MemoryExceeded) {
    return `${name} takes more than ${error.limit / megabyte} MB of memory`;
  }
  const isLate = error instanceof DOMException && error.name === 'TimeoutError';
  return isLate ? `${name} takes more than ${timeLimit / 1000} s` : undefined;
}

/**
 * Calls `stop` when `signal` is aborted, and rejects when the program has ended; processes that it started are not
 * waited for.
 */
const stopped = (
  child: ReturnType<typeof execa>,
  signal: AbortSignal,
  stop: () => void,
): Promise<never> =>
  new Promise((_, reject) => {
    signal.addEventListener('abort', () => {
      const hasEnded = child.exitCode !== null || child.signalCode !== null;
      const end = () => {
        // What it has started may hold the other ends, and would keep this process alive.
        child.stdout?.destroy();
        child.stderr?.destroy();
        reject(signal.reason);
      };
      if (hasEnded) end();
      child.once('exit', end);
      stop();
    });
  });

const textOf = (bytes: unknown): string =>
  bytes instanceof Uint8Array ? new TextDecoder().decode(bytes).trim() : '';

function reasonOf(error: ExecaError, said: string, {name}: Program): string {
  if (error.isMaxBuffer) return `${name} prints more than ${mostOutput / megabyte} MB`;
  return said === '' ? error.shortMessage : said;
}
