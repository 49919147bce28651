import {spawn} from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import {setTimeout} from 'node:timers/promises';
import type {ExecutionContext} from 'ava';
import {execa} from 'execa';
import {auditWith, pathOfHelm, podTemplate, scratch, serve, writeChart} from '../tools/charts.ts';
import {toolPath} from '../tools/tools.ts';
import {testWithTools} from '../tools/with-tools.ts';

const helms = ['helm3', 'helm4'] as const;

/** A repository with the charts `web` in two versions, `api`, and one that needs a value. */
async function repository(t: ExecutionContext): Promise<string> {
  const folder = scratch();
  const packageOf = (name: string, files: Record<string, string> = {}) =>
    execa(toolPath('helm3'), ['package', writeChart(scratch(), name, files)], {cwd: folder});
  const chart = (name: string, version: string) =>
    `apiVersion: v2\nname: ${name}\nversion: ${version}\n`;
  await packageOf('web', {'Chart.yaml': chart('web', '1.0.0')});
  await packageOf('web', {'Chart.yaml': chart('web', '1.10.0')});
  await packageOf('web', {'Chart.yaml': chart('web', '2.0.0-rc.1')});
  await packageOf('api');
  await packageOf('needy', {'templates/pod.yaml': '{{ required "set a name" .Values.name }}'});
  await packageOf('library', {
    'Chart.yaml': `${chart('library', '1.0.0')}type: library\n`,
    'templates/pod.yaml': '',
  });
  await execa(toolPath('helm3'), ['repo', 'index', '.'], {cwd: folder});
  return serve(t, ({url = ''}, response) => {
    const file = path.join(folder, path.basename(url));
    if (!existsSync(file)) response.writeHead(404);
    response.end(existsSync(file) ? readFileSync(file) : 'no');
  });
}

const filesIn = (stdout: string): readonly string[] => [
  ...new Set<string>(
    JSON.parse(stdout).findings.map(({source}: {source: {file: string}}) => source.file),
  ),
];

for (const tool of helms) {
  testWithTools('helm3', 'helm4')(`${tool}: charts of a repository, by name and all`, async t => {
    const repo = await repository(t);
    const helm = pathOfHelm(tool);
    const named = await auditWith(['--repo', repo, 'web', 'api', '--format=json'], {helm});
    t.deepEqual(filesIn(named.stdout), [`${repo}/web`, `${repo}/api`], named.stderr);
    t.is(named.exitCode, 1);
    const all = await auditWith(['--repo', `${repo}/`, '--format=json'], {helm});
    t.is(all.exitCode, 2);
    t.deepEqual(filesIn(all.stdout), [`${repo}/api@1.0.0`, `${repo}/web@1.10.0`]);
    const [skipped, more] = JSON.parse(all.stdout).skipped;
    t.is(skipped.file, `${repo}/needy@1.0.0`);
    t.regex(skipped.reason, /^helm could not render the chart: .*set a name/s);
    t.is(more, undefined);
    t.regex(all.stderr, /a library chart renders nothing: .*library@1\.0\.0/);
    const old = ['--repo', repo, 'web', '--chart-version=1.0.0', '--format=json'];
    t.is((await auditWith(old, {helm})).exitCode, 1);
    const gone = await auditWith(['--repo', repo, 'nope'], {helm});
    t.is(gone.exitCode, 2);
    t.regex(gone.stderr, /\/nope: helm could not fetch the chart: Error: chart "nope"/);
    const direct = await auditWith([`${repo}/web-1.0.0.tgz`, '--format=json'], {helm});
    t.deepEqual(filesIn(direct.stdout), [`${repo}/web-1.0.0.tgz`]);
  });

  testWithTools('helm3', 'helm4')(`${tool}: a chart of the user’s own repositories`, async t => {
    const repo = await repository(t);
    const helm = pathOfHelm(tool);
    const config = scratch();
    const env = {HELM_CONFIG_HOME: config, HELM_CACHE_HOME: scratch(), HELM_DATA_HOME: scratch()};
    await execa(toolPath(tool), ['repo', 'add', 'mine', repo], {env});
    for (const more of [[], ['--helm-config']]) {
      const {stdout, stderr} = await auditWith(['mine/api', '--format=json', ...more], {helm, env});
      t.deepEqual(filesIn(stdout || '{"findings":[]}'), ['mine/api'], stderr);
    }
    const file = path.join(config, 'repositories.yaml');
    writeFileSync(file, readFileSync(file, 'utf8').replace('username: ""', 'username: me'));
    const login = await auditWith(['mine/api'], {helm, env});
    t.is(login.exitCode, 2);
    t.regex(login.stderr, /mine\/api: the repository needs .*`username`, .*--helm-config/);
    const other = await auditWith(['other/api'], {helm, env});
    t.regex(other.stderr, /other\/api: the target does not exist/);
  });

  testWithTools(
    'helm3',
    'helm4',
    'crane',
  )(`${tool}: a chart of an OCI registry`, async t => {
    const registry = spawn(toolPath('crane'), ['registry', 'serve', '--address', '127.0.0.1:0']);
    t.teardown(() => registry.kill());
    let said = '';
    for (const stream of [registry.stdout, registry.stderr]) {
      stream.on('data', chunk => {
        said += chunk;
      });
    }
    let port: string | undefined;
    while (port === undefined) {
      await setTimeout(20);
      port = /127\.0\.0\.1:(\d+)|port (\d+)/.exec(said)?.slice(1).find(Boolean);
    }
    const cwd = scratch();
    await execa(toolPath('helm3'), ['package', writeChart(scratch(), 'web')], {cwd});
    const place = `oci://127.0.0.1:${port}/charts`;
    await execa(toolPath('helm3'), ['push', '--plain-http', 'web-1.0.0.tgz', place], {cwd});
    const helm = pathOfHelm(tool);
    const args = [`${place}/web`, '--plain-http', '--format=json', '--chart-version=>0.9'];
    const {stdout, stderr} = await auditWith(args, {helm});
    t.deepEqual(filesIn(stdout || '{"findings":[]}'), [`${place}/web`], stderr);
    registry.kill();
    const gone = await auditWith(args, {helm});
    t.is(gone.exitCode, 2);
    t.regex(gone.stderr, /helm could not fetch the chart: .*refused/);
  });

  testWithTools('helm3', 'helm4')(`${tool}: missing dependencies, when asked`, async t => {
    const repo = await repository(t);
    const helm = pathOfHelm(tool);
    const cwd = scratch();
    const dependencies = [
      `{name: web, version: ">=1", repository: "${repo}"}`,
      '{name: beside, version: 1.0.0, repository: "file://../beside"}',
    ];
    const chart = writeChart(cwd, 'parent', {
      'Chart.yaml': `apiVersion: v2\nname: parent\nversion: 1.0.0\ndependencies: [${dependencies}]\n`,
    });
    writeChart(cwd, 'beside');
    const before = readdirSync(chart);
    const without = await auditWith(['parent'], {cwd, helm});
    t.is(without.exitCode, 2);
    t.regex(without.stderr, /missing in charts\/ directory: .*; --dependency-update fetches them/);
    const args = ['parent', '--dependency-update', '--format=json'];
    const pods = async (target: readonly string[]) => {
      const {stdout, stderr} = await auditWith(target, {cwd, helm});
      t.not(stdout, '', stderr);
      return [
        ...new Set(
          JSON.parse(stdout).findings.map(
            ({resource}: {resource: {name: string}}) => resource.name,
          ),
        ),
      ].sort();
    };
    const all = ['beside', 'parent', 'web'].map(name => `release-name-${name}`);
    t.deepEqual(await pods(args), all);
    t.deepEqual(readdirSync(chart), before);

    await execa(toolPath(tool), ['dependency', 'update', 'parent'], {cwd});
    rmSync(path.join(chart, 'charts'), {recursive: true});
    t.true(existsSync(path.join(chart, 'Chart.lock')));
    t.deepEqual(await pods(args), all);

    writeFileSync(
      path.join(chart, 'Chart.yaml'),
      `apiVersion: v2\nname: parent\nversion: 1.0.0\ndependencies: [${dependencies[0]}]\n`,
    );
    rmSync(path.join(chart, 'Chart.lock'));
    await execa('tar', ['-czf', 'parent.tgz', 'parent'], {cwd});
    t.deepEqual(await pods(['parent.tgz', ...args.slice(1)]), all.slice(1));
  });
}

testWithTools('helm3')('values from files and JSON', async t => {
  const cwd = scratch();
  writeChart(cwd, 'web', {
    'templates/pod.yaml':
      'apiVersion: v1\nkind: Pod\nmetadata: {name: {{ .Values.name | trim }}-{{ len .Values.list }}}\nspec: {hostNetwork: true}\n',
  });
  writeFileSync(path.join(cwd, 'name'), 'told');
  const args = ['web', '--set-file=name=name', '--set-json=list=[1,2]', '--format=json'];
  const {stdout, stderr} = await auditWith([...args, '--profile=strict'], {
    cwd,
    helm: pathOfHelm('helm3'),
  });
  t.regex(stdout, /"name": "told-2"/, stderr);
});

testWithTools('helm3')('Helm has no cluster, no login and no plugin, unless lent', async t => {
  const cwd = scratch();
  writeFileSync(path.join(cwd, 'a.tgz'), '');
  const helm = scratch();
  const print = 'env > "$OUT"; printf "apiVersion: v1\\nkind: ConfigMap\\nmetadata: {name: a}\\n"';
  const out = path.join(cwd, 'env');
  writeFileSync(path.join(helm, 'helm'), `#!/bin/sh\n${print.replace('$OUT', out)}\n`, {
    mode: 0o755,
  });
  const env = {
    AWS_SECRET_ACCESS_KEY: 'secret',
    KUBECONFIG: '/secret/config',
    HELM_PLUGINS: '/secret/plugins',
    HELM_KUBETOKEN: 'secret',
    HELM_REGISTRY_CONFIG: '/secret/registry',
    DOCKER_CONFIG: '/secret',
    HTTPS_PROXY: 'http://proxy.example.com',
  };
  t.is((await auditWith(['a.tgz'], {cwd, helm, env})).exitCode, 0);
  const own = readFileSync(out, 'utf8');
  t.notRegex(own, /secret/);
  t.regex(own, /^HTTPS_PROXY=http:\/\/proxy\.example\.com$/m);
  await auditWith(['a.tgz', '--helm-config'], {cwd, helm, env});
  const lent = readFileSync(out, 'utf8');
  t.regex(lent, /^HELM_PLUGINS=\/secret\/plugins$/m);
  t.notRegex(lent, /^KUBECONFIG=\/secret/m);
});

testWithTools('helm3', 'helm4')(
  'a chart that loops, fills the memory or prints without end',
  async t => {
    for (const tool of helms) {
      const cwd = scratch();
      const many =
        '{{ range $a := until 5000 }}{{ range $b := until 50000 }}{{ range until 50000 }}';
      writeChart(cwd, 'all/loops', {'templates/pod.yaml': `${many}{{ end }}{{ end }}{{ end }}`});
      writeChart(cwd, 'all/fills', {'templates/pod.yaml': '{{ range until 900000000 }}{{ end }}'});
      writeChart(cwd, 'all/prints', {'templates/pod.yaml': '# {{ repeat 1000000000 "a" }}'});
      writeChart(cwd, 'all/recurses', {
        'templates/pod.yaml': '{{ define "a" }}{{ include "a" . }}{{ end }}{{ include "a" . }}',
      });
      writeChart(cwd, 'all/web');
      const limits = ['--helm-timeout=8', '--helm-memory=400'];
      const {stdout, exitCode} = await auditWith(['all', ...limits, '--format=json'], {
        cwd,
        helm: pathOfHelm(tool),
      });
      t.is(exitCode, 2);
      t.deepEqual(filesIn(stdout), ['all/web']);
      const told = Object.fromEntries(
        JSON.parse(stdout).skipped.map(({file, reason}: {file: string; reason: string}) => [
          path.basename(file),
          reason,
        ]),
      );
      t.regex(told['loops'], /helm takes more than 8 s/);
      t.regex(told['fills'], /helm takes more than 400 MB of memory|helm takes more than 8 s/);
      t.regex(told['prints'], /helm takes more than 400 MB of memory|prints more than 200 MB/);
      t.regex(
        told['recurses'],
        /rendering template has a nested reference name|nested|stack|recurs/i,
      );
    }
  },
);

testWithTools('helm3')('what a helm has started ends with it', async t => {
  const cwd = scratch();
  writeFileSync(path.join(cwd, 'a.tgz'), '');
  const helm = scratch();
  writeFileSync(
    path.join(helm, 'helm'),
    `#!/bin/sh\nfor i in 1 2 3; do sleep 60 >/dev/null 2>&1 & echo $! >> '${cwd}/pids'; done\nwait\n`,
    {mode: 0o755},
  );
  const {stderr} = await auditWith(['a.tgz', '--helm-timeout=1'], {cwd, helm});
  t.regex(stderr, /helm takes more than 1 s/);
  const pids = readFileSync(path.join(cwd, 'pids'), 'utf8').trim().split('\n').map(Number);
  await setTimeout(100);
  for (const pid of pids) t.false(isRunning(pid), `${pid}`);
});

/** A process that has ended and that nobody has asked about is none that runs. */
function isRunning(pid: number): boolean {
  try {
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return false;
  }
}

testWithTools('helm3', 'helm4')('a registry that answers nonsense, or never', async t => {
  const answers: Record<string, (response: import('node:http').ServerResponse) => void> = {
    '/nonsense/index.yaml': response => response.end('<html>\u001b[2J</html>'),
    '/array/index.yaml': response => response.end('[1, 2]'),
    '/empty/index.yaml': response => response.end('apiVersion: v1\nentries: {}\n'),
    '/loop/index.yaml': response => response.writeHead(302, {location: '/loop/index.yaml'}).end(),
    '/file/index.yaml': response => response.writeHead(302, {location: 'file:///etc/passwd'}).end(),
    '/elsewhere/index.yaml': response =>
      response.end(
        'apiVersion: v1\nentries:\n  a: [{apiVersion: v2, name: a, version: 1.0.0, urls: ["file:///etc/passwd"]}]\n' +
          '  b: [{apiVersion: v2, name: b, version: 1.0.0, urls: ["/etc/passwd"]}]\n' +
          '  c: [{apiVersion: v2, name: c, version: 1.0.0, urls: ["--help"]}]\n',
      ),
    '/endless/index.yaml': response => {
      const line = Buffer.alloc(1 << 16, 'a');
      const write = () => {
        while (!response.destroyed && response.write(line));
        if (!response.destroyed) response.once('drain', write);
      };
      write();
    },
    '/silent/index.yaml': () => undefined,
  };
  const address = await serve(t, ({url = ''}, response) => {
    const answer = answers[url];
    if (answer === undefined) response.writeHead(404).end();
    else answer(response);
  });
  for (const tool of helms) {
    const helm = pathOfHelm(tool);
    for (const name of [
      'nonsense',
      'array',
      'loop',
      'file',
      'none',
      'endless',
      'silent',
      'empty',
    ]) {
      const limits = ['--helm-timeout=4', '--helm-memory=300'];
      const {exitCode, stdout, stderr} = await auditWith(
        ['--repo', `${address}/${name}`, ...limits],
        {helm},
      );
      t.is(exitCode, 2, name);
      t.is(stdout, '', name);
      t.regex(stderr, /^kube-harden: http:.*index\.yaml: /, name);
      t.false(stderr.includes('\u001b') || stderr.includes('root:'), name);
    }
    const elsewhere = await auditWith(['--repo', `${address}/elsewhere`, '--format=json'], {helm});
    t.is(elsewhere.exitCode, 2);
    t.notRegex(elsewhere.stdout + elsewhere.stderr, /root:/);
    t.is([...elsewhere.stderr.matchAll(/could not fetch/g)].length, 3, elsewhere.stderr);
  }
  const nobody = await auditWith(['--repo', 'http://127.0.0.1:1'], {helm: pathOfHelm('helm3')});
  t.regex(nobody.stderr, /helm could not read the repository: .*refused/);
});

testWithTools('helm3')('archives that lead out, unpack without end or are damaged', async t => {
  const cwd = scratch();
  const helm = pathOfHelm('helm3');
  const parent = {
    'Chart.yaml':
      'apiVersion: v2\nname: web\nversion: 1.0.0\ndependencies: [{name: a, version: 1.0.0, repository: "http://127.0.0.1:1"}]\n',
  };
  writeChart(cwd, 'web', parent);
  const tar = (file: string, ...args: readonly string[]) =>
    execa('tar', ['-czf', file, ...args], {cwd});
  writeFileSync(path.join(cwd, 'evil.yaml'), 'evil: true\n');
  await tar('out.tgz', '--transform=s,^evil,web/../../evil,', 'web', 'evil.yaml');
  await tar('root.tgz', '-P', '--transform=s,^evil,/tmp/kube-harden-evil,', 'web', 'evil.yaml');
  writeFileSync(path.join(cwd, 'damaged.tgz'), Uint8Array.of(0x1f, 0x8b, 8, 0, 1, 2, 3));
  mkdirSync(path.join(cwd, 'bomb/templates'), {recursive: true});
  cpSync(path.join(cwd, 'web/Chart.yaml'), path.join(cwd, 'bomb/Chart.yaml'));
  writeFileSync(path.join(cwd, 'bomb/templates/a.yaml'), '');
  truncateSync(path.join(cwd, 'bomb/templates/a.yaml'), 300_000_000);
  await tar('bomb.tgz', 'bomb');
  rmSync(path.join(cwd, 'bomb'), {recursive: true});
  await execa('ln', ['-s', '/etc/passwd', 'web/templates/link.yaml'], {cwd});
  await tar('link.tgz', 'web');
  for (const more of [[], ['--dependency-update'], ['--values-matrix=ci']]) {
    for (const name of ['out', 'root', 'damaged', 'bomb', 'link']) {
      const {exitCode, stdout, stderr} = await auditWith([`${name}.tgz`, ...more], {cwd, helm});
      t.is(exitCode, 2, `${name} ${stderr}`);
      t.is(stdout, '');
      t.regex(stderr, new RegExp(`^kube-harden: ${name}\\.tgz: `), name);
      t.notRegex(stderr, /internal error|root:/, name);
    }
  }
  t.false(existsSync('/tmp/kube-harden-evil.yaml'));
  t.false(existsSync(path.join(path.dirname(cwd), 'evil.yaml')));
});

testWithTools('helm3')('limits and repositories that are none', async t => {
  const helm = pathOfHelm('helm3');
  for (const [args, message] of [
    [['a', '--helm-timeout=0'], /--helm-timeout must be a number of seconds from 1 to 1000000/],
    [['a', '--helm-memory=1e3'], /--helm-memory must be a number of megabytes/],
    [['--repo=charts'], /--repo must be an http:\/\/ or https:\/\/ address, not "charts"/],
    [['--repo=oci://a/b', 'c'], /: a chart in an OCI registry is a target itself/],
    [['--repo=file:///etc', 'c'], /--repo must be/],
  ] as const) {
    const {exitCode, stderr} = await auditWith(args, {helm});
    t.is(exitCode, 2);
    t.regex(stderr, message);
  }
});

testWithTools('helm3', 'helm4')(
  'a matrix of values tells under which a finding appears',
  async t => {
    const cwd = scratch();
    const chart = writeChart(cwd, 'web', {
      'templates/pod.yaml': podTemplate.replace('| default true', ''),
      'values.yaml': 'hostNetwork: false\n',
      'ci/a,b.yaml': 'hostNetwork: true\n',
      'ci/fails.yaml': 'hostNetwork: [\n',
      'ci/notes.txt': 'nothing',
    });
    writeFileSync(path.join(cwd, 'prod.yaml'), 'hostNetwork: true\n');
    symlinkSync('a,b.yaml', path.join(chart, 'ci/link.yaml'));
    await execa('tar', ['-czf', 'web.tgz', 'web'], {cwd});
    const matrix = ['--values-matrix=ci', '--values-matrix=prod.yaml', '--format=json'];
    for (const tool of helms) {
      for (const target of ['web', 'web.tgz']) {
        const {stdout, stderr, exitCode} = await auditWith([target, ...matrix], {
          cwd,
          helm: pathOfHelm(tool),
        });
        t.is(exitCode, 2);
        const {findings, failed, summary} = JSON.parse(stdout || '{}');
        const of = (rule: string) => findings.filter((each: {rule: string}) => each.rule === rule);
        const [network, more] = of('no-host-network');
        t.deepEqual(network.underValues, ['ci/a,b.yaml', 'prod.yaml'], stderr);
        t.regex(network.message, /\(with the values ci\/a,b\.yaml, prod\.yaml\)$/);
        t.is(more, undefined);
        const [escalation] = of('no-privilege-escalation');
        t.deepEqual(escalation.underValues, ['default', 'ci/a,b.yaml', 'prod.yaml']);
        t.false(escalation.message.includes('with the values'));
        t.is(summary.findings, findings.length);
        t.is(summary.resources, 3);
        t.is(failed.length, 1);
        t.regex(
          failed[0].reason,
          /^with the values ci\/fails\.yaml: helm could not render the chart/,
        );
      }
    }
    for (const [file, message] of [
      ['gone.yaml', /gone\.yaml: the target does not exist/],
      ['web', /web: --values-matrix takes files of values, or the word ci/],
    ] as const) {
      const call = ['web', `--values-matrix=${file}`];
      t.regex((await auditWith(call, {cwd, helm: pathOfHelm('helm3')})).stderr, message);
    }
  },
);
