import {spawn} from 'node:child_process';
import {once} from 'node:events';
import {
  appendFileSync,
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import {setTimeout} from 'node:timers/promises';
import test from 'ava';
import {formatByEnding} from '../../src/report/files.ts';
import {auditWith, podTemplate, scratch, writeChart} from '../tools/charts.ts';
import {commandOf} from '../tools/executable.ts';
import {toolPath} from '../tools/tools.ts';
import {testWithTools} from '../tools/with-tools.ts';

const count = 5;

/** Charts, one that does not render, manifests, and a policy with an exception that is used and one that is not. */
function catalogue(): string {
  const cwd = scratch();
  for (let index = 0; index < count; index++) {
    writeChart(cwd, `all/chart-${index}`, {
      'templates/other.yaml':
        index % 2 === 0 ? podTemplate.replaceAll('.Chart.Name', '.Release.Name') : '',
    });
  }
  writeChart(cwd, 'all/needy', {'templates/pod.yaml': '{{ required "set a name" .Values.name }}'});
  writeFileSync(
    path.join(cwd, 'all/plain.yaml'),
    'apiVersion: v1\nkind: Pod\nmetadata: {name: a}\nspec: {hostPID: true, containers: [{name: a, image: a}]}\n',
  );
  writeFileSync(
    path.join(cwd, 'kube-harden.yaml'),
    'exceptions:\n  - {rules: [no-host-network], match: {name: "*-chart-4"}, reason: used}\n  - {rules: [no-host-network], match: {name: nobody}, reason: not}\n',
  );
  return cwd;
}

/** A folder with a Helm that notes each call in a file, and does what `script` says before. */
function countingHelm(script = ''): {readonly helm: string; readonly calls: () => number} {
  const helm = scratch();
  const log = path.join(helm, 'log');
  writeFileSync(log, '');
  writeFileSync(
    path.join(helm, 'helm'),
    `#!/bin/sh\nfor last; do :; done\necho "$last" >> '${log}'\n${script}\nexec '${toolPath('helm3')}' "$@"\n`,
    {mode: 0o755},
  );
  return {helm, calls: () => readFileSync(log, 'utf8').split('\n').length - 1};
}

const json = ['--format=json', '--allow-skipped'];

const withoutProgress = (text: string): string => text.replace(/^audited .*\n/gm, '');

testWithTools('helm3')(
  'processes and shards make the report of one run, byte for byte',
  async t => {
    const cwd = catalogue();
    const {helm} = countingHelm();
    for (const more of [[], ['--framework=cis,nsa']]) {
      const call = ['all', ...json, '--no-cache', ...more];
      const whole = await auditWith(call, {cwd, helm});
      t.is(whole.exitCode, 1, whole.stderr);
      const {findings, skipped, staleExceptions} = JSON.parse(whole.stdout);
      t.true(findings.length > count);
      t.is(skipped.length, 1);
      t.is(staleExceptions.length, 1);
      const parallel = await auditWith([...call, '--jobs=3'], {cwd, helm});
      t.is(parallel.stdout, whole.stdout);
      t.is(withoutProgress(parallel.stderr), withoutProgress(whole.stderr));
      const of = 4;
      const files = await Promise.all(
        Array.from({length: of}, async (_, index) => {
          const {stdout, stderr} = await auditWith([...call, `--shard=${index + 1}/${of}`], {
            cwd,
            helm,
          });
          t.not(stdout, '', stderr);
          const file = path.join(cwd, `shard-${index}.json`);
          writeFileSync(file, `${stdout}\n`);
          return file;
        }),
      );
      const merged = await auditWith([...files.toReversed(), ...json], {cwd, helm, verb: 'merge'});
      t.is(merged.stdout, whole.stdout, merged.stderr);
      t.is(merged.exitCode, 1);
      const loose = await auditWith([...files, ...json, '--fail-on=none'], {
        cwd,
        helm,
        verb: 'merge',
      });
      t.is(loose.exitCode, 0);
      const strict = await auditWith([...files, '--format=json'], {cwd, helm, verb: 'merge'});
      t.is(strict.exitCode, 2);
    }
  },
);

testWithTools('helm3')(
  'more shards than targets, and the shard of a pod of an Indexed Job',
  async t => {
    const cwd = scratch();
    const {helm} = countingHelm();
    for (const name of ['one', 'two']) writeChart(cwd, name);
    const whole = await auditWith(['one', 'two', ...json], {cwd, helm});
    for (let index = 0; index < 5; index++) {
      const {stdout, exitCode} = await auditWith(
        ['one', 'two', ...json, '--fail-on=none', '--shard=job/5'],
        {cwd, helm, env: {JOB_COMPLETION_INDEX: `${index}`}},
      );
      t.is(exitCode, 0);
      writeFileSync(path.join(cwd, `${index}.json`), stdout);
    }
    const files = [0, 1, 2, 3, 4].map(index => `${index}.json`);
    const merged = await auditWith([...files, ...json], {cwd, helm, verb: 'merge'});
    t.is(merged.stdout, whole.stdout, merged.stderr);
  },
);

testWithTools('helm3')(
  'what has been audited is not rendered again, unless it has changed',
  async t => {
    const cwd = catalogue();
    const {helm, calls} = countingHelm();
    const env = {XDG_CACHE_HOME: scratch()};
    const run = (...more: readonly string[]) =>
      auditWith(['all', ...json, '--jobs=2', ...more], {cwd, helm, env});
    const first = await run();
    t.is(calls(), count + 1);
    const again = await run();
    t.is(again.stdout, first.stdout);
    t.is(withoutProgress(again.stderr), withoutProgress(first.stderr));
    // A chart that does not render is tried again.
    t.is(calls(), count + 2);
    appendFileSync(path.join(cwd, 'all/chart-1/values.yaml'), '# changed\n');
    await run();
    t.is(calls(), count + 4);
    await run('--set=a=1');
    t.is(calls(), 2 * count + 5);
    await run('--profile=strict', '--no-cache');
    t.is(calls(), 3 * count + 6);
    writeFileSync(path.join(cwd, 'values.yaml'), 'a: 1\n');
    const values = async () => {
      await run('--values=values.yaml');
      return calls();
    };
    const before = await values();
    t.is(await values(), before + 1);
    writeFileSync(path.join(cwd, 'values.yaml'), 'a: 2\n');
    t.is(await values(), before + count + 2);
  },
);

testWithTools('helm3')(
  'entries of the cache that are none, and a folder that is not ours',
  async t => {
    const cwd = catalogue();
    const {helm, calls} = countingHelm();
    const env = {XDG_CACHE_HOME: scratch()};
    const folder = path.join(env.XDG_CACHE_HOME, 'kube-harden/audits');
    const run = () => auditWith(['all', ...json], {cwd, helm, env});
    const first = await run();
    const files = readdirSync(folder).map(name => path.join(folder, name));
    t.is(files.length, count);
    const [one = '', other = ''] = files;
    const entry = JSON.parse(readFileSync(one, 'utf8'));
    const poisons = [
      '',
      'null',
      '{"key": 1}',
      readFileSync(other, 'utf8'),
      JSON.stringify({...entry, audit: {...entry.audit, told: [{findings: 1}]}}),
      JSON.stringify({
        ...entry,
        audit: {...entry.audit, told: [{...entry.audit.told[0], notes: [{}]}]},
      }),
      JSON.stringify({...entry, audit: {...entry.audit, said: {}}}),
    ];
    for (const poison of poisons) {
      writeFileSync(one, poison);
      const before = calls();
      const {stdout, stderr} = await run();
      t.is(stdout, first.stdout, stderr);
      t.is(calls(), before + 2, poison.slice(0, 60));
    }
    chmodSync(folder, 0o777);
    const open = await run();
    t.is(open.stdout, first.stdout);
    t.regex(
      open.stderr,
      /note: audits are not kept: .*audits is no folder that only you can write to/,
    );
    const linked = scratch();
    mkdirSync(path.join(linked, 'kube-harden'));
    symlinkSync(folder, path.join(linked, 'kube-harden/audits'));
    const link = await auditWith(['all', ...json], {cwd, helm, env: {XDG_CACHE_HOME: linked}});
    t.regex(link.stderr, /note: audits are not kept/);
    const relative = await auditWith(['all', ...json], {cwd, helm, env: {XDG_CACHE_HOME: 'cache'}});
    t.is(relative.stdout, first.stdout);
    t.false(existsSync(path.join(cwd, 'cache')));
  },
);

testWithTools('helm3')('an audit that was stopped goes on where it was', async t => {
  const cwd = catalogue();
  const env = {XDG_CACHE_HOME: scratch()};
  const {helm, calls} = countingHelm('case "$last" in */chart-4) [ -e go ] || sleep 60;; esac');
  const child = spawn(...commandOf(['audit', 'all', ...json, '--jobs=2']), {
    cwd,
    env: {PATH: `${helm}:/usr/bin:/bin`, HOME: cwd, ...env},
    stdio: 'ignore',
  });
  const ended = once(child, 'exit');
  const folder = path.join(env.XDG_CACHE_HOME, 'kube-harden/audits');
  const kept = () => (existsSync(folder) ? readdirSync(folder).length : 0);
  while (kept() < count - 1) await setTimeout(50);
  child.kill('SIGTERM');
  t.deepEqual(await ended, [143, null]);
  const before = calls();
  writeFileSync(path.join(cwd, 'go'), '');
  const {exitCode, stdout, stderr} = await auditWith(['all', ...json], {cwd, helm, env});
  t.is(exitCode, 1, stderr);
  t.true(calls() <= before + 2, stderr);
  const whole = await auditWith(['all', ...json, '--no-cache'], {cwd, helm});
  t.is(stdout, whole.stdout, stderr);
});

testWithTools('helm3')('a process that ends unexpectedly fails its own chart', async t => {
  const cwd = catalogue();
  const {helm} = countingHelm('case "$last" in */chart-3) kill -9 $PPID; sleep 1;; esac');
  const call = ['all', '--format=json', '--no-cache', '--jobs=2'];
  const {stdout, exitCode} = await auditWith(call, {cwd, helm});
  t.is(exitCode, 2);
  const {skipped, findings} = JSON.parse(stdout);
  t.deepEqual(skipped[0], {
    file: 'all/chart-3',
    reason: 'the process that audited it ended unexpectedly (SIGKILL)',
  });
  const files = new Set(findings.map(({source}: {source: {file: string}}) => source.file));
  t.is(files.size, count);
});

for (const [args, message] of [
  [['--shard=0/0'], /--shard must be like 2\/5 with at most 10000 shards, or job\/5, not "0\/0"/],
  [['--shard=3/2'], /--shard must be like/],
  [['--shard=1/99999'], /--shard must be like/],
  [['--shard=-1/2'], /--shard must be like/],
  [['--shard=job/2'], /needs JOB_COMPLETION_INDEX/],
  [['--jobs=0'], /--jobs must be auto or a number from 1 to 256, not "0"/],
  [['--jobs=many'], /--jobs must be auto/],
] as const) {
  test(`${args} is refused`, async t => {
    const {exitCode, stdout, stderr} = await auditWith(['a.yaml', ...args], {helm: scratch()});
    t.is(exitCode, 2);
    t.is(stdout, '');
    t.regex(stderr, message);
  });
}

const manifest = (name: string, more = '') =>
  `apiVersion: v1\nkind: Pod\nmetadata: {name: ${name}}\nspec: {hostPID: true, containers: [{name: a, image: a}${more}]}\n`;

/** Two files of manifests, and the reports of two shards. */
async function twoShards() {
  const cwd = scratch();
  const helm = scratch();
  writeFileSync(path.join(cwd, 'a.yaml'), manifest('"a<script>alert(1)</script>"'));
  writeFileSync(path.join(cwd, 'b.yaml'), manifest('"b\\u001b[2J"'));
  const call = async (verb: string, ...args: readonly string[]) =>
    auditWith([...args, ...json, '--fail-on=none'], {cwd, helm, verb});
  for (const index of [1, 2]) {
    const {stdout} = await call('audit', 'a.yaml', 'b.yaml', `--shard=${index}/2`);
    writeFileSync(path.join(cwd, `${index}.json`), stdout);
  }
  return {cwd, helm, call, one: readFileSync(path.join(cwd, '1.json'), 'utf8')};
}

test('reports that do not belong together are not merged', async t => {
  const {cwd, call, one} = await twoShards();
  const write = (name: string, text: string) => writeFileSync(path.join(cwd, name), text);
  const report = JSON.parse(one);
  write('version.json', one.replace('"version": "0.1.0"', '"version": "9.0.0"'));
  write('edited.json', one.replace('"critical"', '"low"').replace('"high"', '"low"'));
  write('marked.json', JSON.stringify({...report, shard: {...report.shard, index: 2}}));
  write('other.json', (await call('audit', 'a.yaml', '--shard=2/2')).stdout);
  write('whole.json', (await call('audit', 'a.yaml')).stdout);
  write(
    'policy.json',
    (await call('audit', 'a.yaml', 'b.yaml', '--shard=2/2', '--skip-rule=no-host-pid')).stdout,
  );
  write('profile.json', (await call('audit', 'a.yaml', '--profile=strict')).stdout);
  write('none.json', '{');
  write('list.json', '[]');
  write(
    'fields.json',
    JSON.stringify({...JSON.parse((await call('audit', 'a.yaml')).stdout), findings: [{rule: {}}]}),
  );
  for (const [files, message] of [
    [['1.json'], /the reports of these shards of 2 are missing: 2/],
    [['1.json', '1.json', '2.json'], /1\.json: it is of shard 1, as 1\.json is/],
    [['version.json', '2.json'], /version\.json: it is a report of version "9\.0\.0", and this is/],
    [['edited.json', '2.json'], /edited\.json: it was changed after it was written/],
    [['marked.json', '1.json'], /marked\.json: it was changed after it was written/],
    [['1.json', 'other.json'], /other\.json: it is of another audit than 1\.json/],
    [['1.json', 'whole.json'], /whole\.json: it cannot be merged with reports of shards/],
    [['1.json', 'policy.json'], /policy\.json: it was made with another policy/],
    [['whole.json', 'profile.json'], /profile\.json: its profile is "strict \(latest\)"/],
    [['none.json'], /none\.json: it is no JSON report of an audit/],
    [['list.json'], /list\.json: it is no JSON report of an audit/],
    [['fields.json'], /fields\.json: it is no JSON report of an audit: .* at "findings\.0\./],
    [['gone.json'], /gone\.json: the target does not exist/],
    [['/dev/zero'], /it is not a regular file/],
    [[], /merge takes JSON reports of audits/],
  ] as const) {
    const {exitCode, stdout, stderr} = await call('merge', ...files);
    t.is(exitCode, 2, stderr);
    t.is(stdout, '');
    t.regex(stderr, message);
    t.notRegex(stderr, /internal error/);
  }
});

test('separators of lines in texts and names divide nothing that processes tell each other', async t => {
  const cwd = scratch();
  const separators = '\u2028\u2029';
  const names = [`a${separators}.yaml`, 'b.yaml'];
  for (const name of names) {
    const image = `, {name: c, image: "a${separators}", securityContext: {privileged: true}}`;
    writeFileSync(path.join(cwd, name), manifest('a', image));
  }
  const call = [...names, '--profile=strict', '--format=json'];
  const whole = await auditWith(call, {cwd, helm: scratch()});
  t.true(whole.stdout.includes('a\\u2028\\u2029'), whole.stderr);
  const parallel = await auditWith([...call, '--jobs=2'], {cwd, helm: scratch()});
  t.is(parallel.stdout, whole.stdout, parallel.stderr);
});

test('merged reports have every format, and their names are as harmless', async t => {
  const {cwd, helm, call} = await twoShards();
  const files = Object.keys(formatByEnding).map(ending => `report${ending}`);
  const options = files.map(file => `--report-file=${file}`);
  const merged = await call('merge', '1.json', '2.json', ...options);
  t.is(merged.exitCode, 0, merged.stderr);
  const of = (name: string) => readFileSync(path.join(cwd, name), 'utf8');
  const texts = files.map(of);
  await call('audit', 'a.yaml', 'b.yaml', ...options);
  for (const [index, file] of files.entries()) {
    const text = texts[index] ?? '';
    // Reports contain no manifests, from which a page of an audit shows changes and connections.
    if (file.endsWith('.html')) {
      t.regex(text, /no-privilege-escalation/);
      t.notRegex(text, /<script>alert/);
    } else t.is(of(file), text, file);
  }
  for (const format of ['github', 'gitlab', 'markdown']) {
    const args = ['1.json', '2.json', `--format=${format}`, '--fail-on=none'];
    const {stdout, stderr} = await auditWith(args, {cwd, helm, verb: 'merge'});
    const whole = await auditWith(['a.yaml', 'b.yaml', ...args.slice(2)], {cwd, helm});
    t.is(stdout, whole.stdout, stderr);
    t.false(stdout.includes('\u001b'));
  }
});

test('reports of different targets become one, in their order', async t => {
  const {cwd, call} = await twoShards();
  for (const name of ['a', 'b']) {
    writeFileSync(path.join(cwd, `${name}.json`), (await call('audit', `${name}.yaml`)).stdout);
  }
  const whole = await call('audit', 'b.yaml', 'a.yaml');
  t.is((await call('merge', 'b.json', 'a.json')).stdout, whole.stdout);
});

test('10,000 findings in one object', async t => {
  const cwd = scratch();
  const containers = Array.from(
    {length: 2500},
    (_, at) => `, {name: c${at}, image: a, securityContext: {privileged: true}}`,
  );
  writeFileSync(path.join(cwd, 'a.yaml'), manifest('a', containers.join('')));
  const call = (verb: string, ...args: readonly string[]) =>
    auditWith([...args, '--format=json', '--fail-on=none'], {cwd, helm: scratch(), verb});
  const {stdout, exitCode, stderr} = await call('audit', 'a.yaml', '--profile=strict');
  t.is(exitCode, 0, stderr);
  t.true(JSON.parse(stdout).findings.length >= 10_000);
  writeFileSync(path.join(cwd, 'a.json'), stdout);
  t.is((await call('merge', 'a.json', '--profile=strict')).stdout, stdout);
});
