import {mkdirSync, mkdtempSync, readFileSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import path from 'node:path';
import test from 'ava';
import {loadFile} from '../../src/config/load.ts';
import {requireLocked} from '../../src/config/locks.ts';
import {repository} from '../tools/tools.ts';

const page = readFileSync(path.join(repository, 'docs/policy.md'), 'utf8');

/** The examples of the page; the first line of one may name its file. */
const examples = [...page.matchAll(/^```yaml\n(.*?)^```/gms)].map(([, text = ''], index) => ({
  file: /^# (\S+\.yaml)$/m.exec(text.split('\n', 1)[0] ?? '')?.[1] ?? `example-${index + 1}.yaml`,
  text,
}));

const folder = mkdtempSync(path.join(tmpdir(), 'kube-harden-docs-policy-'));
for (const {file, text} of examples) {
  mkdirSync(path.join(folder, path.dirname(file)), {recursive: true});
  writeFileSync(path.join(folder, file), text);
}

for (const {file} of examples) {
  test(`the example ${file} is a valid policy`, async t => {
    const {layers} = await loadFile(path.join(folder, file));
    t.notThrows(() => requireLocked(layers));
    t.not(layers.length, 0);
  });
}

test('the policies of the organisation and of a team are layers', async t => {
  const {files} = await loadFile(path.join(folder, 'shop/kube-harden.yaml'));
  t.is(files.length, 2);
});
