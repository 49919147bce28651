import {cpSync, mkdtempSync, readFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import path from 'node:path';
import test from 'ava';
import {execa} from 'execa';
import {commandOf} from '../tools/executable.ts';
import {repository} from '../tools/tools.ts';

const page = readFileSync(path.join(repository, 'docs/diff.md'), 'utf8');

/** The commands of the page with what they print. */
const examples = [...page.matchAll(/^```console\n\$ kube-harden (.*)\n((?:.*\n)*?)```$/gm)].map(
  ([, command = '', output = '']) => ({command, output}),
);

test('docs/diff.md has examples', t => {
  t.true(examples.length > 1);
});

for (const {command, output} of examples) {
  test(`docs/diff.md: kube-harden ${command}`, async t => {
    const cwd = mkdtempSync(path.join(tmpdir(), 'kube-harden-docs-'));
    cpSync(path.join(repository, 'test/docs/diff'), cwd, {recursive: true});
    const {stdout, stderr, exitCode} = await execa(...commandOf(command.split(' ')), {
      cwd,
      reject: false,
    });
    t.is(`${stdout}\n`, output, stderr);
    t.is(exitCode, command.startsWith('diff') ? 1 : 0);
  });
}
