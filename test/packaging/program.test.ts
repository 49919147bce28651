import {cpSync, mkdirSync, mkdtempSync, symlinkSync} from 'node:fs';
import {tmpdir} from 'node:os';
import path from 'node:path';
import {execa} from 'execa';
import {chartFolder, renderedFile} from '../fixtures/charts.ts';
import {bundle, hostExecutable} from '../tools/executable.ts';
import {toolPath} from '../tools/tools.ts';
import {
  testWithExecutable,
  testWithExecutableAndTools,
  testWithTools,
} from '../tools/with-tools.ts';

/** A new user with `program` as kube-harden and Helm 3 as helm on the PATH, and nothing else. */
function userWith(program: string, others: Readonly<Record<string, string>> = {}) {
  const home = mkdtempSync(path.join(tmpdir(), 'kube-harden-user-'));
  const bin = path.join(home, 'bin');
  mkdirSync(bin);
  cpSync(program, path.join(bin, 'kube-harden'));
  for (const [name, file] of Object.entries({helm: toolPath('helm3'), ...others})) {
    symlinkSync(file, path.join(bin, name));
  }
  const env = {HOME: home, PATH: bin};
  return (name: string, args: readonly string[], input = '') =>
    execa(path.join(bin, name), args, {cwd: home, env, input, extendEnv: false, reject: false});
}

const template = ['template', 'demo', chartFolder('shop'), '--post-renderer', 'kube-harden'];

testWithExecutableAndTools('helm3')('the executable is all that Helm 3 needs', async t => {
  const run = userWith(hostExecutable);
  const {stdout, stderr} = await run('helm', template);
  t.regex(stdout, /allowPrivilegeEscalation: false/, stderr);
  const audit = await run('kube-harden', ['audit', chartFolder('shop')]);
  t.is(audit.exitCode, 1, audit.stderr);
  t.regex(audit.stdout, /no-privilege-escalation/);
});

testWithTools('helm3')('the bundle, under any name, needs only Node', async t => {
  const run = userWith(bundle, {node: process.execPath, env: '/usr/bin/env'});
  const {stdout, stderr} = await run('helm', template);
  t.regex(stdout, /allowPrivilegeEscalation: false/, stderr);
  const audit = await run('kube-harden', ['audit', renderedFile('unsafe')]);
  t.is(audit.exitCode, 1, audit.stderr);
});

testWithExecutable('the checksums of the executables are right', async t => {
  const cwd = path.dirname(hostExecutable);
  const {stdout} = await execa('sha256sum', ['--check', 'SHA256SUMS'], {cwd});
  t.true(stdout.includes(`${path.basename(hostExecutable)}: OK`));
});
