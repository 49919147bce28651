import {appendFileSync, cpSync, mkdtempSync, readFileSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import path from 'node:path';
import test from 'ava';
import {execa} from 'execa';
import {checkRepository} from '../../scripts/release/checks.ts';
import {writeVersions, wrongVersions} from '../../scripts/release/versions.ts';
import {repository} from '../tools/tools.ts';

const files = [
  'docs/install.md',
  'package.json',
  'packaging/helm/harden/plugin.yaml',
  'plugin.yaml',
  'src/version.ts',
];

/** A git repository with the files that contain the version. */
async function copyOfRepository() {
  const cwd = mkdtempSync(path.join(tmpdir(), 'kube-harden-release-'));
  for (const file of files) cpSync(path.join(repository, file), path.join(cwd, file));
  const author = ['-c', 'user.name=test', '-c', 'user.email=test@example.com'];
  const git = (...args: readonly string[]) => execa('git', [...author, ...args], {cwd});
  const commit = async () => {
    await git('add', '.');
    await git('commit', '--quiet', '--message', 'a commit');
    return (await git('rev-parse', 'HEAD')).stdout;
  };
  await git('init', '--quiet');
  return {cwd, git, commit};
}

function setVersion(folder: string, version: string): void {
  const file = path.join(folder, 'package.json');
  writeFileSync(file, JSON.stringify({...JSON.parse(readFileSync(file, 'utf8')), version}));
}

test('this repository says one version', t => {
  t.deepEqual(wrongVersions(repository), []);
});

test('a new version must be everywhere', async t => {
  const {cwd, commit} = await copyOfRepository();
  setVersion(cwd, '7.8.9');
  await commit();
  const {message} = await t.throwsAsync(checkRepository(cwd));
  for (const file of files.filter(each => each !== 'package.json')) {
    t.true(message.includes(`${file} says `), file);
  }
  writeVersions(cwd);
  const hash = await commit();
  t.is(await checkRepository(cwd), hash);
  t.regex(
    readFileSync(path.join(cwd, 'docs/install.md'), 'utf8'),
    /npm install --global \.\/kube-harden-7\.8\.9\.tgz/,
  );
});

test('what is not committed is not released', async t => {
  const {cwd, commit} = await copyOfRepository();
  await commit();
  appendFileSync(path.join(cwd, 'plugin.yaml'), '# changed\n');
  await t.throwsAsync(checkRepository(cwd), {message: /commit or remove .*\n.*plugin\.yaml/});
});

test('the tag of a version is one commit', async t => {
  const {cwd, commit, git} = await copyOfRepository();
  setVersion(cwd, '7.8.9');
  writeVersions(cwd);
  const first = await commit();
  await git('tag', '--annotate', 'v7.8.9', '--message', 'a release');
  t.is(await checkRepository(cwd), first);
  appendFileSync(path.join(cwd, 'plugin.yaml'), '# changed\n');
  await commit();
  await t.throwsAsync(checkRepository(cwd), {message: /the tag v7\.8\.9 is another commit/});
});

const wrongCalls: readonly (readonly [script: string, args: readonly string[], message: RegExp])[] =
  [
    ['release', [], /^error: .*--url/],
    ['release', ['--nonsense'], /^error: .*--nonsense/],
    ['krew', [], /^error: .*--url/],
    ['executables', ['--target', 'amiga'], /^error: .*amiga/],
    ['package-helm-plugins', ['--helm', '/not/there'], /^error: .*\/not\/there/],
  ];
for (const [script, args, message] of wrongCalls) {
  test(`a wrong call is told in a line: ${[script, ...args].join(' ')}`, async t => {
    const file = path.join(repository, `dist/scripts/${script}.js`);
    const {exitCode, stderr} = await execa(process.execPath, [file, ...args], {reject: false});
    t.is(exitCode, 1);
    t.regex(stderr, message);
    t.notRegex(stderr, /\n/);
  });
}
