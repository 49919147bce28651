import {type ChildProcess, spawn} from 'node:child_process';
import {readFileSync} from 'node:fs';

/** One run of a whole process. */
export interface Run {
  /** `ok`, or the text that a table shows instead of a figure. */
  readonly outcome: string;
  readonly wallSeconds: number;
  /** User and system time of the process and of the children that it waited for. */
  readonly cpuSeconds: number;
  /**
   * The highest resident memory of the process alone, as last sampled; absent if it ended before a
   * sample.
   */
  readonly peakBytes: number | undefined;
}

export interface Command {
  readonly file: string;
  readonly args: readonly string[];
  /** Exit codes that mean that the work was done: for a linter, 1 means findings. */
  readonly exitCodes: readonly number[];
}

/**
 * A shell starts the process, because only the parent of a process can read its CPU time. It prints
 * the process id, then the microseconds and the exit code, then its own times and those of its
 * children.
 */
const wrapper = `
"$@" <"$0" >/dev/null & id=$!; start=$EPOCHREALTIME
echo $id
wait $id; status=$?
echo $(( \${EPOCHREALTIME/./} - \${start/./} )) $status
times`;

/**
 * With this variable of the machine, every program on Node reads a file of certificates when it starts, which takes longer
 * than the rest of the start.
 */
const {NODE_EXTRA_CA_CERTS: _, ...environment} = process.env;

/** Milliseconds between two samples of the memory. */
const lookEvery = 5;

/**
 * Runs a command with a file as stdin, and discards its output.
 *
 * @throws {Error} if the measuring shell cannot be used
 */
export async function measure(command: Command, input: string, limit: number): Promise<Run> {
  const shell = spawn('bash', ['-c', wrapper, input, command.file, ...command.args], {
    env: {...environment, LC_ALL: 'C'},
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const watch = watchMemory(limit);
  const printed = await outputOf(shell, line => watch.start(Number(line)));
  const {peakBytes, isOver} = watch.stop();
  const [microseconds, status, cpuSeconds] = timesIn(printed);
  const isDone = command.exitCodes.includes(status);
  const outcome = isOver ? `over ${limit} s` : isDone ? 'ok' : `exit code ${status}`;
  return {outcome, wallSeconds: microseconds / 1e6, cpuSeconds, peakBytes};
}

/** The output of the shell; its first line is passed on immediately. */
async function outputOf(shell: ChildProcess, onFirstLine: (line: string) => void): Promise<string> {
  let text = '';
  shell.stderr?.resume();
  shell.stdout?.setEncoding('utf8').on('data', (chunk: string) => {
    const isFirst = !text.includes('\n');
    text += chunk;
    if (isFirst && text.includes('\n')) onFirstLine(text.slice(0, text.indexOf('\n')));
  });
  return new Promise((resolve, reject) => {
    shell.on('error', reject).on('close', () => resolve(text));
  });
}

/** Parses the lines of the shell: microseconds, exit code, and the CPU seconds of its children. */
export function timesIn(printed: string): readonly [number, number, number] {
  const match =
    /^\d+\n(?<wall>\d+) (?<status>\d+)\n.*\n(?<user>\d+m[\d.]+s) (?<system>\d+m[\d.]+s)\n$/.exec(
      printed,
    );
  const {wall, status, user = '', system = ''} = match?.groups ?? {};
  if (match === null) throw new Error('bash 5 or later must be on the PATH: it measures the runs');
  return [Number(wall), Number(status), seconds(user) + seconds(system)];
}

function seconds(minutesAndSeconds: string): number {
  const [minutes, rest] = minutesAndSeconds.split('m');
  return Number(minutes) * 60 + Number.parseFloat(rest ?? '');
}

/** Samples the memory of a process, and stops it at the time limit. */
function watchMemory(limit: number) {
  let peakBytes: number | undefined;
  let isOver = false;
  let looks: NodeJS.Timeout | undefined;
  let end: NodeJS.Timeout | undefined;
  return {
    start(id: number): void {
      const look = () => {
        peakBytes = peakOf(id) ?? peakBytes;
      };
      look();
      looks = setInterval(look, lookEvery);
      end = setTimeout(() => {
        isOver = true;
        process.kill(id, 'SIGKILL');
      }, limit * 1000);
    },
    stop() {
      clearInterval(looks);
      clearTimeout(end);
      return {peakBytes, isOver};
    },
  };
}

/** The highest resident memory so far (proc_pid_status(5), `VmHWM`). */
function peakOf(id: number): number | undefined {
  try {
    const match = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${id}/status`, 'utf8'));
    return match === null ? undefined : Number(match[1]) * 1024;
  } catch {
    return undefined;
  }
}
