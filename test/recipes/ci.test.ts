import {mkdirSync, readFileSync, symlinkSync, writeFileSync} from 'node:fs';
import path from 'node:path';
import test from 'ava';
import {execa} from 'execa';
import {chartFolder, renderedFile} from '../fixtures/charts.ts';
import {testWithTools} from '../tools/with-tools.ts';
import {recipe, scratch, withPrograms} from './programs.ts';

const check = (args: readonly string[], env: Record<string, string> = withPrograms()) =>
  execa(recipe('ci/check.sh'), args, {env, cwd: scratch(), reject: false, all: true});

test('the check passes a hardened stream, and fails on an unhardened one', async t => {
  t.is((await check(['cat', renderedFile('hardened')])).exitCode, 0);
  const {exitCode, stdout} = await check(['cat', renderedFile('unsafe')]);
  t.is(exitCode, 1);
  t.regex(stdout, /no-privileged/);
});

test('the check fails if the command fails or prints nothing', async t => {
  t.is((await check(['true'])).exitCode, 2);
  const {exitCode} = await check(['sh', '-c', `cat '${renderedFile('hardened')}'; exit 3`]);
  t.is(exitCode, 3);
});

testWithTools('helm3')('the check takes what Helm renders', async t => {
  const env = withPrograms({helm: 'helm3'});
  const call = (chart: string) => check(['helm', 'template', 'web', chartFolder(chart)], env);
  t.is((await call('hardened')).exitCode, 0);
  t.is((await call('unsafe')).exitCode, 1);
});

const git = async (cwd: string, ...args: readonly string[]): Promise<string> =>
  (await execa('git', args, {cwd})).stdout;

const user = ['-c', 'user.name=a', '-c', 'user.email=a@example.com'];

/** A checkout with one commit, and the bare repository that it pushes to. */
async function checkout() {
  const place = scratch();
  const remote = path.join(place, 'remote.git');
  const work = path.join(place, 'work');
  await git(place, 'init', '--quiet', '--bare', remote);
  await git(place, 'clone', '--quiet', remote, work);
  await git(work, 'config', 'user.name', 'CI');
  await git(work, 'config', 'user.email', 'ci@example.com');
  writeFileSync(path.join(work, 'README.md'), 'sources\n');
  await git(work, 'add', '.');
  await git(work, 'commit', '--quiet', '-m', 'sources');
  const publishTo = (folder: string, ...command: readonly string[]) =>
    execa(recipe('rendered-branch/publish.sh'), ['rendered/prod', folder, ...command], {
      cwd: work,
      env: withPrograms(),
      reject: false,
    });
  const publish = (...command: readonly string[]) => publishTo('shop', ...command);
  return {remote, work, publish, publishTo};
}

test('a rendered branch gets what is hardened, as one commit on the last one', async t => {
  const {remote, work, publish} = await checkout();
  const first = await publish('cat', recipe('argocd/build-options/app/deployment.yaml'));
  t.is(first.exitCode, 0, first.stderr);
  t.is(first.stdout, '');
  const manifests = await git(remote, 'show', 'rendered/prod:shop/manifests.yaml');
  t.regex(manifests, /allowPrivilegeEscalation: false/);
  t.notRegex(manifests, /hostPort/);
  const source = await git(work, 'rev-parse', 'HEAD');
  const log = () => git(remote, 'log', '--format=%s', 'rendered/prod');
  t.is(await log(), `shop of ${source}\nbegin rendered/prod`);

  const again = await publish('cat', recipe('argocd/build-options/app/deployment.yaml'));
  t.is(again.exitCode, 0);
  t.regex(again.stderr, /rendered\/prod is up to date/);
  t.is(await log(), `shop of ${source}\nbegin rendered/prod`);

  t.is((await publish('cat', renderedFile('hardened'))).exitCode, 0);
  t.is(await log(), `shop of ${source}\nshop of ${source}\nbegin rendered/prod`);
  t.is(await git(work, 'status', '--porcelain'), '');
  t.is((await git(work, 'worktree', 'list')).split('\n').length, 1);
});

test('a link in the rendered branch leads nowhere, and other folders stay', async t => {
  const {remote, work, publish} = await checkout();
  const outside = scratch();
  const file = path.join(outside, 'manifests.yaml');
  writeFileSync(file, 'kept');
  for (const [link, target] of [
    ['shop', outside],
    ['shop/manifests.yaml', file],
  ] as const) {
    const branch = scratch();
    await git(branch, 'clone', '--quiet', remote, '.');
    mkdirSync(path.dirname(path.join(branch, link)), {recursive: true});
    symlinkSync(target, path.join(branch, link));
    writeFileSync(path.join(branch, 'other'), 'kept');
    await git(branch, 'add', '.');
    await git(branch, ...user, 'commit', '--quiet', '-m', 'link');
    await git(branch, 'push', '--quiet', '--force', 'origin', 'HEAD:refs/heads/rendered/prod');
    const {exitCode, stderr} = await publish('cat', renderedFile('hardened'));
    t.is(exitCode, 0, stderr);
    t.is(readFileSync(file, 'utf8'), 'kept');
    const names = await git(
      remote,
      'ls-tree',
      '-r',
      '--format=%(objectmode) %(path)',
      'rendered/prod',
    );
    t.deepEqual(names.split('\n'), ['100644 other', '100644 shop/manifests.yaml']);
  }
  t.is(await git(work, 'status', '--porcelain'), '');
});

test('a folder is a name, not a pattern', async t => {
  const {remote, publishTo} = await checkout();
  for (const folder of ['a b', '*', ':!x', '-x', '$(touch pwned)']) {
    t.is((await publishTo(folder, 'cat', renderedFile('hardened'))).exitCode, 0);
    t.regex(await git(remote, 'show', `rendered/prod:${folder}/manifests.yaml`), /^kind: /m);
  }
  t.not((await publishTo('../x', 'cat', renderedFile('hardened'))).exitCode, 0);
});

test('nothing is pushed that fails', async t => {
  const {remote, publish} = await checkout();
  const unsafe = readFileSync(renderedFile('unsafe'), 'utf8');
  t.regex(unsafe, /privileged: true/);
  t.is((await publish('cat', renderedFile('unsafe'))).exitCode, 1);
  t.is((await publish('sh', '-c', `cat '${renderedFile('hardened')}'; exit 4`)).exitCode, 4);
  t.is((await publish('true')).exitCode, 2);
  t.is((await publish('echo', 'kind: [')).exitCode, 2);
  t.is(await git(remote, 'branch', '--list'), '');
});
