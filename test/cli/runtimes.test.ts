import {mkdtempSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import path from 'node:path';
import {execa} from 'execa';
import {deno, linuxBun, nameOf, nodes, pathOf} from '../../scripts/runtimes.ts';
import {renderedFile} from '../fixtures/charts.ts';
import {repository} from '../tools/tools.ts';
import {testWithRuntime} from '../tools/with-tools.ts';

const bundle = path.join(repository, 'dist/kube-harden.cjs');
const cwd = mkdtempSync(path.join(tmpdir(), 'kube-harden-runtimes-'));
writeFileSync(path.join(cwd, 'kube-harden.yaml'), 'profile: strict\n');

/** Some of them load packages lazily, and one fails. */
const calls: readonly (readonly string[])[] = [
  [],
  ['audit', '-'],
  ['network', '-', '--format', 'json'],
  ['explain', 'no-host-port'],
  ['guard'],
  ['--nope'],
];

for (const runtime of [...nodes, linuxBun, deno]) {
  testWithRuntime(runtime)(`the bundle runs the same under ${nameOf(runtime)}`, async t => {
    const options = {cwd, inputFile: renderedFile('unsafe'), reject: false} as const;
    const before = runtime === deno ? ['run', '--allow-all'] : [];
    for (const args of calls) {
      const here = await execa(process.execPath, [bundle, ...args], options);
      const there = await execa(pathOf(runtime), [...before, bundle, ...args], options);
      t.is(there.stderr, here.stderr);
      t.is(there.stdout, here.stdout);
      t.is(there.exitCode, here.exitCode);
    }
  });
}
