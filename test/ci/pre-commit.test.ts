import {cpSync, mkdirSync, mkdtempSync, readFileSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import path from 'node:path';
import test from 'ava';
import {execa} from 'execa';
import {parse} from 'yaml';
import {renderedFile} from '../fixtures/charts.ts';
import {bundle, executable} from '../tools/executable.ts';
import {putNpm} from '../tools/programs.ts';
import {repository} from '../tools/tools.ts';

interface Hook {
  readonly id: string;
  readonly entry: string;
  readonly language: string;
  readonly files: string;
  readonly pass_filenames: boolean;
}

const hooks = parse(
  readFileSync(path.join(repository, '.pre-commit-hooks.yaml'), 'utf8'),
) as readonly Hook[];

const script = 'packaging/pre-commit.sh';

/** A clone of this repository, as far as hooks need it. */
function clone(hasBundle: boolean): string {
  const place = mkdtempSync(path.join(tmpdir(), 'kube-harden-pre-commit-'));
  cpSync(path.join(repository, script), path.join(place, script));
  if (hasBundle) cpSync(bundle, path.join(place, 'dist/kube-harden.cjs'));
  return place;
}

/** Runs a hook as pre-commit runs `language: script`: its entry, from the clone, in the user's repository. */
async function run(id: string, args: readonly string[], {place = clone(true), PATH = ''} = {}) {
  const [program = '', ...own] = hooks.find(hook => hook.id === id)?.entry.split(' ') ?? [];
  const cwd = mkdtempSync(path.join(tmpdir(), 'kube-harden-pre-commit-'));
  for (const name of ['unsafe', 'hardened']) {
    mkdirSync(path.join(cwd, name));
    cpSync(renderedFile(name), path.join(cwd, name, 'all.yaml'));
  }
  const env = {PATH: `${PATH}:${process.env['PATH']}`};
  await execa(executable, ['patches', 'unsafe', '--output', 'hardening'], {cwd});
  return execa(path.join(place, program), [...own, ...args], {cwd, env, reject: false});
}

test('hooks read whole folders, whenever a manifest changes', t => {
  t.deepEqual(
    hooks.map(({id}) => id),
    ['kube-harden', 'kube-harden-patches'],
  );
  for (const {language, files, pass_filenames} of hooks) {
    t.is(language, 'script');
    t.false(pass_filenames);
    for (const file of ['a/b.yaml', 'b.yml', 'web.json', 'charts/web/templates/_a.tpl']) {
      t.regex(file, new RegExp(files));
    }
    t.notRegex('README.md', new RegExp(files));
  }
});

test('the audit hook fails on unsafe manifests, and passes on hardened ones', async t => {
  const unsafe = await run('kube-harden', ['.']);
  t.is(unsafe.exitCode, 1, unsafe.stderr);
  t.regex(unsafe.stdout, /unsafe\/all\.yaml/);
  t.is((await run('kube-harden', ['hardened'])).exitCode, 0);
});

test('the patches hook fails if patches are out of date', async t => {
  t.is((await run('kube-harden-patches', ['unsafe', '--check', 'hardening'])).exitCode, 0);
  t.is((await run('kube-harden-patches', ['hardened', '--check', 'hardening'])).exitCode, 1);
});

test('the first run builds the clone, and prints nothing of it on stdout', async t => {
  const PATH = mkdtempSync(path.join(tmpdir(), 'kube-harden-pre-commit-'));
  putNpm(PATH);
  const place = clone(false);
  const first = await run('kube-harden', ['hardened'], {place, PATH});
  t.is(first.exitCode, 0);
  t.deepEqual(first.stderr.match(/^npm .*/gm), [
    'npm ci --ignore-scripts --no-audit --no-fund',
    'npm run build',
  ]);
  t.notRegex(first.stdout, /npm/);
  t.notRegex((await run('kube-harden', ['hardened'], {place, PATH})).stderr, /npm/);
  writeFileSync(path.join(PATH, 'npm'), '#!/bin/sh\nexit 3\n');
  t.is((await run('kube-harden', ['hardened'], {place: clone(false), PATH})).exitCode, 3);
});
