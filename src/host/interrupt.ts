/** The process was told to stop, and has cleaned up. The exit code is 128 and the signal's number. */
export class InterruptedError extends Error {
  override readonly name = 'InterruptedError';
  readonly exitCode: number;

  constructor(exitCode: number) {
    super('interrupted');
    this.exitCode = exitCode;
  }
}

const numbers = {SIGHUP: 1, SIGINT: 2, SIGTERM: 15} as const;
const signals = Object.keys(numbers) as (keyof typeof numbers)[];

/**
 * Does `work`, and lets it clean up when the process is told to stop: its signal is then aborted,
 * and further signals have no effect until it has ended.
 *
 * @throws {InterruptedError} in that case
 */
export async function interruptible<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const controller = new AbortController();
  let exitCode: number | undefined;
  const interrupt = (signal: NodeJS.Signals) => {
    exitCode ??= 128 + numbers[signal as keyof typeof numbers];
    controller.abort();
  };
  for (const signal of signals) process.on(signal, interrupt);
  try {
    return await work(controller.signal);
  } catch (error) {
    throw exitCode === undefined ? error : new InterruptedError(exitCode);
  } finally {
    for (const signal of signals) process.off(signal, interrupt);
  }
}
