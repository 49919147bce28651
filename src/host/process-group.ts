import {readFileSync} from 'node:fs';

/** A program had more memory than it may have. */
export class MemoryExceeded extends Error {
  override readonly name = 'MemoryExceeded';
  /** In bytes. */
  readonly limit: number;

  constructor(limit: number) {
    super('too much memory');
    this.limit = limit;
  }
}

/** Milliseconds. Go fills about a gigabyte in a second. */
const interval = 50;

/** The size of a page in bytes, on all platforms that Node supports on Linux by default. */
const pageSize = 4096;

/**
 * Looks at the memory of a process until `end` is called, and aborts `exceeded` with a MemoryExceeded if it has more than
 * `limit` bytes. It does not keep this process alive.
 */
export function watchMemory(
  pid: number | undefined,
  limit: number,
): {readonly exceeded: AbortSignal; readonly end: () => void} {
  const controller = new AbortController();
  const timer = setInterval(() => {
    if (residentBytes(pid) <= limit) return;
    clearInterval(timer);
    controller.abort(new MemoryExceeded(limit));
  }, interval).unref();
  return {exceeded: controller.signal, end: () => clearInterval(timer)};
}

/** The second field of /proc/PID/statm (proc(5)) counts the pages in memory; 0 where the system does not show it. */
function residentBytes(pid: number | undefined): number {
  if (pid === undefined || process.platform !== 'linux') return 0;
  try {
    return Number(readFileSync(`/proc/${pid}/statm`, 'utf8').split(' ')[1]) * pageSize;
  } catch {
    return 0;
  }
}

/** Sends `signal` to all processes of the group that `pid` leads; none may be left. */
export function endGroup(pid: number | undefined, signal: NodeJS.Signals): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, signal);
  } catch {
    // Nothing of it is left.
  }
}
