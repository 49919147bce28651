import {execa} from 'execa';
import type {ControlPlane, User} from './control-plane.ts';

/** Runs kubectl as `user`, with `input` on its stdin; `all` is what it printed, `stdout` without warnings. */
export async function kubectl(
  plane: ControlPlane,
  user: User,
  args: readonly string[],
  input = '',
): Promise<{readonly exitCode: number; readonly all: string; readonly stdout: string}> {
  const access = ['--kubeconfig', plane.kubeconfig, '--context', user];
  const {
    exitCode = -1,
    all,
    stdout,
  } = await execa(plane.executable, ['kubectl', ...access, ...args], {
    reject: false,
    all: true,
    input,
    timeout: 120_000,
  });
  return {exitCode, all, stdout};
}
