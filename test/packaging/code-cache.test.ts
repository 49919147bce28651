import {mkdtempSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import path from 'node:path';
import test, {type ExecutionContext} from 'ava';
import {execaNode} from 'execa';
import {codeCacheOf} from '../../scripts/code-cache.ts';
import {nameOf, nodes, pathOf} from '../../scripts/runtimes.ts';
import {singleFileOf} from '../../scripts/single-file.ts';
import {bundledCli} from '../../scripts/source.ts';
import {testWithRuntime} from '../tools/with-tools.ts';

const bundle = bundledCli({packages: 'external'});

/** Writes to stderr whether V8 rejected each code cache that it was given. */
const probe = `const vm = require('node:vm');
const rejected = [];
vm.Script = class extends vm.Script {
  constructor(text, options) {
    super(text, options);
    if (options.cachedData) rejected.push(this.cachedDataRejected);
  }
};
process.on('exit', () => process.stderr.write(JSON.stringify(rejected)));`;

async function checkCodeCache(t: ExecutionContext, nodePath: string): Promise<void> {
  const {text} = await bundle;
  const cache = await codeCacheOf(text, nodePath);
  const again = await codeCacheOf(text, nodePath);
  t.true(again.compiled === cache.compiled, 'another recording is another code cache');
  const folder = mkdtempSync(path.join(tmpdir(), 'kube-harden-code-cache-'));
  const file = path.join(folder, 'kube-harden.cjs');
  writeFileSync(file, singleFileOf({source: text, codeCaches: [cache], packages: {}}));
  const preload = path.join(folder, 'probe.cjs');
  writeFileSync(preload, probe);
  const nodeOptions = ['--require', preload];
  const {stderr} = await execaNode(file, ['--version'], {nodePath, nodeOptions});
  t.is(stderr, '[false]');
}

test('the code cache for this Node is the same each time, and accepted', async t => {
  await checkCodeCache(t, process.execPath);
});

for (const node of nodes) {
  testWithRuntime(node)(
    `the code cache for ${nameOf(node)} is the same each time, and accepted`,
    async t => {
      await checkCodeCache(t, pathOf(node));
    },
  );
}
