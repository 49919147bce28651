import {mkdtempSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import path from 'node:path';
import test from 'ava';
import {execa} from 'execa';
import {release, replaced} from '../drift/release.ts';
import {commandOf} from '../tools/executable.ts';

const call = (cwd: string, ...args: readonly string[]) =>
  execa(...commandOf(args), {cwd, reject: false, stripFinalNewline: false, input: ''});

const withPid = replaced(release, 'serviceAccountName: shop-web\n', 'hostPID: true\n');
const withPorts = replaced(withPid, 'containerPort: 8080', 'containerPort: 8080, hostPort: 8080');

/** A folder with the lock file of a release with a known finding, and the release with a new one. */
async function folder(): Promise<string> {
  const cwd = mkdtempSync(path.join(tmpdir(), 'kube-harden-baseline-'));
  writeFileSync(path.join(cwd, 'a.yaml'), withPid);
  const renamed = replaced(withPorts, 'shop-web', 'prod-web');
  const moved = `\n# moved\n${replaced(renamed, 'instance: shop', 'instance: prod')}`;
  writeFileSync(path.join(cwd, 'b.yaml'), moved);
  await call(cwd, 'baseline', 'a.yaml', '-o', 'a.lock');
  return cwd;
}

test('only what is new counts, and the rest is told as known', async t => {
  const cwd = await folder();
  const options = ['--profile=audit', '--baseline=a.lock'];
  t.is((await call(cwd, 'audit', 'a.yaml', '--profile=audit')).exitCode, 1);
  const known = await call(cwd, 'audit', 'a.yaml', ...options);
  t.is(known.exitCode, 0, known.stdout);
  t.regex(known.stdout, /^ {2}high +known +no-host-pid /m);
  t.notRegex(known.stdout, /How to fix/);
  t.regex(known.stdout, /: \d+ findings, none open, \d+ known\n$/);
  const more = await call(cwd, 'audit', 'b.yaml', ...options, '--format=json');
  t.is(more.exitCode, 1);
  const {findings, summary} = JSON.parse(more.stdout);
  const fresh = findings.filter((finding: {known?: true}) => finding.known === undefined);
  t.deepEqual(
    fresh.map(({rule}: {rule: string}) => rule),
    ['no-host-port'],
  );
  t.is(summary.known, findings.length - 1);
});

test('what may not be excepted is not known', async t => {
  const cwd = await folder();
  writeFileSync(path.join(cwd, 'kube-harden.yaml'), 'locked: [exceptions.no-host-pid]\n');
  const {exitCode, stdout, stderr} = await call(
    cwd,
    'audit',
    'a.yaml',
    '--profile=audit',
    '--baseline=a.lock',
  );
  t.is(exitCode, 1);
  t.regex(stdout, /^ {2}high +flagged +no-host-pid /m);
  t.regex(
    stderr,
    /^note: no-host-pid counts, although the baseline has it: `exceptions\.no-host-pid` is locked in kube-harden\.yaml:1$/m,
  );
});

test('a rule that the profile had not asked is known, too', async t => {
  const cwd = await folder();
  const {exitCode} = await call(cwd, 'audit', 'a.yaml', '--baseline=a.lock', '--profile=strict');
  t.is(exitCode, 0);
});

test('formats for forges have only what is new; SARIF tells both', async t => {
  const cwd = await folder();
  const print = async (format: string) =>
    (
      await call(
        cwd,
        'audit',
        'b.yaml',
        '--profile=audit',
        '--baseline=a.lock',
        `--format=${format}`,
      )
    ).stdout;
  t.deepEqual((await print('github')).match(/^::\w+ .*$/gm)?.length, 1);
  t.is(JSON.parse(await print('gitlab')).length, 1);
  t.regex(await print('markdown'), /^\| known \| high \| no-host-pid \|/m);
  const results = JSON.parse(await print('sarif')).runs[0].results;
  const states = results.map(({baselineState}: {baselineState: string}) => baselineState);
  t.is(states.filter((state: string) => state === 'new').length, 1);
  t.is(states.filter((state: string) => state === 'unchanged').length, results.length - 1);
});

test('what an exception allowed is not known once it has expired', async t => {
  const cwd = mkdtempSync(path.join(tmpdir(), 'kube-harden-baseline-'));
  writeFileSync(path.join(cwd, 'a.yaml'), withPid);
  const entry = (expires: string) =>
    `exceptions: [{rules: [no-host-pid], match: {}, reason: a, expires: "${expires}"}]\n`;
  writeFileSync(path.join(cwd, 'kube-harden.yaml'), entry('2999-01-01'));
  await call(cwd, 'baseline', 'a.yaml', '-o', 'a.lock');
  const audit = ['audit', 'a.yaml', '--profile=audit', '--baseline=a.lock'];
  t.is((await call(cwd, ...audit)).exitCode, 0);
  writeFileSync(path.join(cwd, 'kube-harden.yaml'), entry('2001-01-01'));
  t.is((await call(cwd, ...audit)).exitCode, 1);
});

test('a finding that has become more severe is not known', async t => {
  const cwd = mkdtempSync(path.join(tmpdir(), 'kube-harden-baseline-'));
  const tagged = replaced(release, `@sha256:${'0'.repeat(64)}`, '');
  writeFileSync(path.join(cwd, 'a.yaml'), tagged);
  writeFileSync(path.join(cwd, 'b.yaml'), replaced(tagged, 'web:1.0', 'web:latest'));
  await call(cwd, 'baseline', 'a.yaml', '-o', 'a.lock');
  for (const [file, code] of [
    ['a.yaml', 0],
    ['b.yaml', 1],
  ] as const) {
    const options = ['--profile=audit', '--baseline=a.lock', '--fail-on=low'];
    t.is((await call(cwd, 'audit', file, ...options)).exitCode, code, file);
  }
});

test('a baseline that is none is an error', async t => {
  const cwd = await folder();
  for (const [file, expected] of [
    ['nowhere.lock', /nowhere\.lock: the lock file does not exist/],
    ['a.yaml', /a\.yaml, line \d+, column \d+: the lock file must/],
  ] as const) {
    const {exitCode, stdout, stderr} = await call(cwd, 'audit', 'a.yaml', `--baseline=${file}`);
    t.is(exitCode, 2);
    t.is(stdout, '');
    t.regex(stderr, expected);
  }
});
