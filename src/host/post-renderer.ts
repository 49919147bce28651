import {execFileSync} from 'node:child_process';
import {fstatSync, readFileSync} from 'node:fs';
import path from 'node:path';

/**
 * Whether Helm takes what is printed for the release: it is the parent process, and stdin is its
 * pipe. The environment does not tell, since Helm 3 says nothing there, and what a plugin calls
 * inherits what Helm 4 says. Where it cannot be learnt, the answer is no.
 */
export function isPostRenderer(): boolean {
  try {
    return fstatSync(0).isFIFO() && /^helm/.test(path.basename(parentName()));
  } catch {
    return false;
  }
}

const parentName = (): string =>
  process.platform === 'linux'
    ? readFileSync(`/proc/${process.ppid}/comm`, 'utf8')
    : execFileSync('ps', ['-o', 'comm=', '-p', String(process.ppid)], {encoding: 'utf8'});
