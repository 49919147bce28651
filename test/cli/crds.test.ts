import {mkdirSync, mkdtempSync, readFileSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import path from 'node:path';
import test from 'ava';
import {execa} from 'execa';
import {executable} from '../tools/executable.ts';
import {repository} from '../tools/tools.ts';

const workFolder = mkdtempSync(path.join(tmpdir(), 'kube-harden-crds-'));

const run = (args: readonly string[], input = '') =>
  execa(executable, args, {input, cwd: workFolder, reject: false, stripFinalNewline: false});

const documents = readFileSync(
  path.join(repository, 'test/cases/defined-kinds/input.yaml'),
  'utf8',
).split('\n---\n');
const definition = documents[0] ?? '';
const object = documents[1] ?? '';

mkdirSync(path.join(workFolder, 'crds/more'), {recursive: true});
writeFileSync(path.join(workFolder, 'crds/more/fleet.yaml'), `${definition}\n`);
writeFileSync(path.join(workFolder, 'crds/values.yaml'), 'replicas: 1\n');
writeFileSync(path.join(workFolder, 'other.yaml'), object);
writeFileSync(path.join(workFolder, 'broken.yaml'), 'kind: CustomResourceDefinition\na: [\n');

test('an operator’s objects without its definitions are only flagged', async t => {
  const {stdout, stderr} = await run([], object);
  t.is(stdout, object);
  t.regex(stderr, /Fleet\/f: flagged known-workloads/);
});

for (const place of ['crds', 'crds/more/fleet.yaml']) {
  test(`definitions in ${place} show the pods`, async t => {
    const {exitCode, stdout} = await run([`--crds=${place}`], object);
    t.is(exitCode, 0);
    t.notRegex(stdout, /hostNetwork/);
    const audit = await run(['audit', 'other.yaml', '--crds', place]);
    t.regex(audit.stdout, /no-host-network/);
    t.regex(audit.stdout, new RegExp(`^Next: .*--crds=${place}`, 'm'));
  });
}

const refuses = test.macro(async (t, place: string, message: RegExp) => {
  const {exitCode, stdout, stderr} = await run([`--crds=${place}`], object);
  t.is(exitCode, 2);
  t.is(stdout, '');
  t.regex(stderr, message);
});

test('a folder that is not there', refuses, 'missing', /missing: .*does not exist/);
test('no definition', refuses, 'other.yaml', /other\.yaml: --crds must name/);
test('a broken definition', refuses, 'broken.yaml', /broken\.yaml, line 3, column \d+: /);
