/**
 * Runs tests of the command line on the executable for this machine, which `npm run tools` builds:
 * those in which Bun could differ from Node, or with `--all` every one. If the executable could not be
 * built, it says so and exits with 0; in CI it exits with 1.
 */
import {existsSync} from 'node:fs';
import {execa} from 'execa';
import {hostExecutable} from './executable.ts';

const most = ['cli/failure', 'cli/scale', 'host/caller', 'security/*', 'integration/*'];
const files = process.argv.includes('--all')
  ? ['cli/*', 'host/caller', 'security/*', 'integration/*']
  : most;

if (existsSync(hostExecutable)) {
  const {exitCode = 1} = await execa(
    'ava',
    files.map(file => `dist/test/${file}.test.js`),
    {
      preferLocal: true,
      env: {TESTED_EXECUTABLE: hostExecutable},
      stdio: 'inherit',
      reject: false,
    },
  );
  process.exitCode = exitCode;
} else {
  process.stderr.write('SKIPPED: tests of the executable, which "npm run tools" could not build\n');
  if (process.env['CI'] !== undefined) process.exitCode = 1;
}
