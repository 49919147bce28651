import {ExecaError, execa} from 'execa';
import {safeLines} from '../text/safe-text.ts';
import {writeStderr} from './standard-streams.ts';

const megabyte = 1_000_000;
const mostOutput = 200 * megabyte;

/** A program of the user's, which makes manifests of something. */
export interface Program {
  /** The name by which it is told of. */
  readonly name: string;
  /** Its absolute path. */
  readonly executable: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  /** Whether `env` is all of its environment. */
  readonly isAlone?: boolean;
  /** How many milliseconds it may take; as many as it likes where it does not say. */
  readonly timeLimit?: number;
}

/** A program has failed. The message is its reason, in words for the user. */
export class ProgramError extends Error {
  override readonly name = 'ProgramError';
  /** All that it said on stderr, less blanks at the ends. */
  readonly said: string;

  constructor(message: string, said: string, options: ErrorOptions) {
    super(message, options);
    this.said = said;
  }
}

/**
 * What `program` prints. What it warns of is told on stderr. Once `signal` is aborted it is killed, and the promise rejects.
 *
 * @throws {ProgramError} where it fails, prints too much or takes too long
 */
export async function runProgram(program: Program, signal: AbortSignal): Promise<Uint8Array> {
  const {name, executable, args, env, isAlone = false, timeLimit = 0} = program;
  const child = execa(executable, args, {
    env,
    extendEnv: !isAlone,
    stdin: 'ignore',
    stripFinalNewline: false,
    encoding: 'buffer',
    maxBuffer: mostOutput,
    timeout: timeLimit,
  });
  try {
    const {stdout, stderr} = await Promise.race([child, stopped(child, signal)]);
    for (const line of safeLines(textOf(stderr))) await writeStderr(`${name}: ${line}\n`);
    return stdout;
  } catch (error) {
    if (!(error instanceof ExecaError)) throw error;
    const said = textOf(error.stderr);
    throw new ProgramError(reasonOf(error, said, program), said, {cause: error});
  }
}

/** Rejects when the program has been stopped; what it started itself is not waited for. */
const stopped = (child: ReturnType<typeof execa>, signal: AbortSignal): Promise<never> =>
  new Promise((_, reject) => {
    signal.addEventListener('abort', () => {
      const hasEnded = child.exitCode !== null || child.signalCode !== null;
      if (hasEnded) reject(signal.reason);
      child.once('exit', () => reject(signal.reason));
      child.kill();
    });
  });

const textOf = (bytes: unknown): string =>
  bytes instanceof Uint8Array ? new TextDecoder().decode(bytes).trim() : '';

function reasonOf(error: ExecaError, said: string, {name, timeLimit = 0}: Program): string {
  if (error.isMaxBuffer) return `${name} prints more than ${mostOutput / megabyte} MB`;
  if (error.timedOut) return `${name} takes more than ${timeLimit / 1000} s`;
  return said === '' ? error.shortMessage : said;
}
