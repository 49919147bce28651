import {mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import path from 'node:path';
import test from 'ava';
import {execa} from 'execa';
import {layers} from '../../scripts/layers/layers.ts';
import {lintSettings} from '../../scripts/layers/lint.ts';
import {withLayerTable} from '../../scripts/layers/table.ts';
import {repository} from '../tools/tools.ts';

const read = (file: string): string => readFileSync(path.join(repository, file), 'utf8');

test('ARCHITECTURE.md and biome.layers.json say what the layers say: else run `npm run layers`', t => {
  t.is(withLayerTable(read('ARCHITECTURE.md')), read('ARCHITECTURE.md'));
  t.is(read('biome.layers.json'), lintSettings());
});

test('every file of src lies in a layer', t => {
  const places = layers.flatMap(layer => layer.places);
  const files = readdirSync(path.join(repository, 'src'), {recursive: true, encoding: 'utf8'});
  const homeless = files.filter(
    file => file.endsWith('.ts') && !places.some(place => file.startsWith(place)),
  );
  t.deepEqual(homeless, []);
});

/** The output of Biome for a tree with only `files`. */
async function lint(files: Readonly<Record<string, string>>): Promise<string> {
  // Inside the repository, so that only our settings are found.
  const folder = mkdtempSync(path.join(repository, 'dist', 'layers-'));
  try {
    for (const file of ['biome.json', 'biome.layers.json']) {
      writeFileSync(path.join(folder, file), read(file));
    }
    for (const [file, text] of Object.entries(files)) {
      mkdirSync(path.join(folder, path.dirname(file)), {recursive: true});
      writeFileSync(path.join(folder, file), text);
    }
    const biome = path.join(repository, 'node_modules/.bin/biome');
    const call = ['lint', '--vcs-enabled=false', '--error-on-warnings', 'src'];
    const {all} = await execa(biome, call, {cwd: folder, reject: false, all: true});
    return all;
  } finally {
    rmSync(folder, {recursive: true});
  }
}

const rule = 'src/rules/rule.ts';

for (const [says, upward] of [
  ['a rule that imports a report', {[rule]: "export * from '../report/json.ts';\n"}],
  ['a type counts', {[rule]: "export type {Finding} from '../findings/finding.ts';\n"}],
  [
    'from a folder within a folder',
    {'src/network/needs/a.ts': "export * from '../policies/plan.ts';\n"},
  ],
  ['to the folder around', {'src/guard/checks/a.ts': "export * from '../guard.ts';\n"}],
  ['by a call', {[rule]: "export const lazy = () => import('../harden.ts');\n"}],
  ['to a file of the top', {'src/report/json.ts': "export * from '../cli.ts';\n"}],
  [
    'a circle of files, by types alone',
    {
      'src/text/a.ts': "import type {B} from './b.ts';\nexport type A = B;\n",
      'src/text/b.ts': "import type {A} from './a.ts';\nexport type B = A;\n",
    },
  ],
  ['a rule that reads files', {[rule]: "export * from 'node:fs';\n"}],
] as const) {
  test(`the linter refuses: ${says}`, async t => {
    t.regex(await lint(upward), /noRestrictedImports|noImportCycles/);
  });
}

test('the linter lets a folder import of one beside it, further down', async t => {
  const downward = {
    'src/guard/checks/a.ts': "export * from '../language/check.ts';\n",
    'src/guard/language/check.ts': 'export type Check = string;\n',
  };
  t.notRegex(await lint(downward), /noRestrictedImports|Found \d+ error/);
});

test('the linter lets imports run down', async t => {
  const downward = {
    [rule]: "export type {Json} from '../json.ts';\n",
    'src/json.ts': 'export type Json = string;\n',
  };
  t.notRegex(await lint(downward), /noRestrictedImports|noImportCycles|Found \d+ error/);
});
