import {
  chmodSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import {createServer} from 'node:http';
import type {AddressInfo} from 'node:net';
import {tmpdir} from 'node:os';
import path from 'node:path';
import test from 'ava';
import {execa} from 'execa';
import {buildKustomization} from '../../src/host/build-kustomization.ts';
import {commandOf} from '../tools/executable.ts';
import {repository, toolPath} from '../tools/tools.ts';
import {testWithTools} from '../tools/with-tools.ts';

const scratch = () => mkdtempSync(path.join(tmpdir(), 'kube-harden-kustomize-'));

/** A folder with these files, by their paths. */
function folderOf(files: Readonly<Record<string, string>>): string {
  const folder = scratch();
  for (const [name, text] of Object.entries(files)) {
    const file = path.join(folder, name);
    mkdirSync(path.dirname(file), {recursive: true});
    writeFileSync(file, text);
  }
  return folder;
}

/** A folder with the given shell script as a program. */
function fake(name: string, script: string): string {
  const folder = scratch();
  writeFileSync(path.join(folder, name), `#!/bin/sh\n${script}\n`);
  chmodSync(path.join(folder, name), 0o755);
  return folder;
}

const testWithKustomize = testWithTools('kustomize');

/** A folder with the real kustomize. */
function realKustomize(): string {
  const bin = scratch();
  symlinkSync(toolPath('kustomize'), path.join(bin, 'kustomize'));
  return bin;
}

interface Told {
  readonly rule: string;
  readonly resource: {readonly name: string};
  readonly source: {readonly file: string; readonly isRendering?: true};
}

interface Unjudged {
  readonly file: string;
  readonly reason: string;
}

/** The JSON report of an audit with `bin` as the whole PATH. */
async function audited(cwd: string, bin: string, args: readonly string[] = ['.']) {
  const {exitCode, stdout, stderr} = await execa(
    ...commandOf(['audit', ...args, '--format', 'json']),
    {cwd, env: {PATH: bin}, reject: false},
  );
  const report: {
    readonly findings: readonly Told[];
    readonly skipped: readonly Unjudged[];
    readonly failed: readonly Unjudged[];
  } = stdout === '' ? {findings: [], skipped: [], failed: []} : JSON.parse(stdout);
  const found = report.findings.map(
    ({rule, resource: {name}, source: {file}}) => `${file}: ${name}: ${rule}`,
  );
  return {exitCode, stderr, report, found: [...new Set(found)]};
}

const pod = (name = 'web') =>
  `apiVersion: v1\nkind: Pod\nmetadata: {name: ${name}}\nspec: {hostNetwork: true, containers: [{name: a, image: a}]}\n`;

const unsafe = (found: readonly string[]) =>
  found.filter(each => each.endsWith('no-host-network')).map(each => each.slice(0, -17));

testWithKustomize('a folder of kustomizations, patches, templates and a broken file', async t => {
  const bin = realKustomize();
  const cwd = path.join(repository, 'test/fixtures/folder-of-kustomize');
  const {exitCode, stderr, report, found} = await audited(cwd, bin);
  t.is(exitCode, 2, stderr);
  t.deepEqual(found, [
    'overlay/kustomization.yaml: api: require-network-policy',
    'overlay/flux.yaml: flux: readable',
    'overlay/flux.yaml: flux: require-network-policy',
  ]);
  t.true(report.findings[0]?.source.isRendering);
  t.deepEqual(report.skipped, [
    {
      file: 'broken.yaml',
      reason: 'document 1, line 2, column 1: a tab must not indent a plain scalar',
    },
  ]);
  const said = stderr.split('\n');
  for (const line of [
    'overlay/kustomization.yaml uses it as a patch: overlay/harden.yaml',
    'overlay/kustomization.yaml uses it as a patch: overlay/six.yaml',
    'it is a patch: overlay/delete.yaml',
    'it is a template: chart-like/templates/pod.yaml',
    'it contains no manifest: values.yaml',
  ]) {
    t.true(said.includes(`skipped, because ${line}`), line);
  }
});

test('kubectl builds where there is no kustomize, and kustomize goes first', async t => {
  const cwd = folderOf({'kustomization.yaml': 'resources: [pod.yaml]\n', 'pod.yaml': pod('raw')});
  const print = (name: string) => `echo "$@" >&2; printf '%s' '${pod(name)}'`;
  const kubectl = fake('kubectl', print('kubectl'));
  const kustomize = fake('kustomize', print('kustomize'));
  const one = await audited(cwd, kubectl);
  t.deepEqual(unsafe(one.found), ['kustomization.yaml: kubectl']);
  t.regex(one.stderr, /^kubectl: kustomize \/\S+$/m);
  const two = await audited(cwd, [kubectl, kustomize].join(path.delimiter));
  t.deepEqual(unsafe(two.found), ['kustomization.yaml: kustomize']);
  t.regex(two.stderr, /^kustomize: build \/\S+$/m);
});

test('without either the kustomization is an error, and the rest is judged', async t => {
  const cwd = folderOf({
    'app/kustomization.yml': 'resources: [pod.yaml]\n',
    'app/pod.yaml': pod('app'),
    'plain.yaml': pod('plain'),
  });
  const {exitCode, report, found} = await audited(cwd, scratch());
  t.is(exitCode, 2);
  t.deepEqual(unsafe(found), ['plain.yaml: plain']);
  t.is(report.skipped[0]?.file, 'app/kustomization.yml');
  t.regex(report.skipped[0]?.reason ?? '', /needs `kustomize` or `kubectl`.*install one/);
  const relative = await audited(cwd, '.');
  t.is(relative.report.skipped.length, 1, 'a relative folder of the PATH does not count');
});

testWithKustomize('only what no other kustomization includes is built by itself', async t => {
  const bin = realKustomize();
  const cwd = folderOf({
    'base/kustomization.yaml': 'resources: [pod.yaml]\n',
    'base/pod.yaml': pod('web'),
    'one/kustomization.yaml': 'namePrefix: one-\nresources: [../base]\ncomponents: [../part]\n',
    'two/Kustomization': 'namePrefix: two-\nbases: [../base]\n',
    'part/kustomization.yaml':
      'apiVersion: kustomize.config.k8s.io/v1alpha1\nkind: Component\nresources: [pod.yaml]\n',
    'part/pod.yaml': pod('part'),
    'alone/kustomization.yaml':
      'apiVersion: kustomize.config.k8s.io/v1alpha1\nkind: Component\nresources: [pod.yaml]\n',
    'alone/pod.yaml': pod('alone'),
  });
  const {exitCode, stderr, found} = await audited(cwd, bin);
  t.is(exitCode, 1, stderr);
  t.deepEqual(unsafe(found).toSorted(), [
    'alone/kustomization.yaml: alone',
    'one/kustomization.yaml: one-part',
    'one/kustomization.yaml: one-web',
    'two/Kustomization: two-web',
  ]);
});

testWithKustomize('where an overlay cannot be built, its base is', async t => {
  const bin = realKustomize();
  const cwd = folderOf({
    'base/kustomization.yaml': 'resources: [pod.yaml]\n',
    'base/pod.yaml': pod('web'),
    'overlay/kustomization.yaml': 'resources: [../base]\nnoSuchField: 1\n',
    'remote/kustomization.yaml': 'resources: [../base, "https://example.com/x.yaml"]\n',
  });
  const {exitCode, report, found} = await audited(cwd, bin);
  t.is(exitCode, 2);
  t.deepEqual(unsafe(found), ['base/kustomization.yaml: web']);
  t.deepEqual(report.skipped.map(({file}) => file).toSorted(), [
    'overlay/kustomization.yaml',
    'remote/kustomization.yaml',
  ]);
});

testWithKustomize(
  'a kustomization is judged by itself, as the manifests beside it are',
  async t => {
    const bin = realKustomize();
    const cwd = folderOf({
      'kustomization.yaml': 'namespace: shop\nresources: [pod.yaml]\n',
      'pod.yaml': pod('web'),
      'other.yaml': pod('other'),
    });
    const {report, found} = await audited(cwd, bin);
    t.deepEqual(unsafe(found), ['kustomization.yaml: web', 'other.yaml: other']);
    t.is(report.findings[0]?.source.isRendering, true);
    const named = await audited(path.dirname(cwd), bin, [
      path.join(path.basename(cwd), 'kustomization.yaml'),
    ]);
    t.deepEqual(unsafe(named.found), [`${path.basename(cwd)}/kustomization.yaml: web`]);
  },
);

testWithKustomize('network and decide build kustomizations', async t => {
  const bin = realKustomize();
  const cwd = folderOf({'a/kustomization.yaml': 'resources: [pod.yaml]\n', 'a/pod.yaml': pod()});
  for (const args of [
    ['network', '.'],
    ['decide', '.', '--print'],
  ]) {
    const {exitCode, stderr} = await execa(...commandOf([...args]), {
      cwd,
      env: {PATH: bin},
      reject: false,
    });
    t.is(exitCode, 0, stderr);
    t.notRegex(stderr, /not judged/);
  }
});

/** Kustomizations that are refused before kustomize is started, by what is in the folder `bad`. */
const refused: Readonly<Record<string, readonly [Readonly<Record<string, string>>, RegExp]>> = {
  'a base at an address': [
    {'kustomization.yaml': 'resources: ["https://example.com/base?ref=v1"]\n'},
    /`resources` names "https:\/\/example\.com\/base\?ref=v1", which kustomize might download/,
  ],
  'a base in a repository': [
    {'kustomization.yaml': 'resources: [github.com/org/repo//base]\n'},
    /which kustomize might download/,
  ],
  'a folder that is named like a repository': [
    {
      'kustomization.yaml': 'resources: [github.com/org/repo]\n',
      'github.com/org/repo/kustomization.yaml': 'resources: []\n',
    },
    /which kustomize might download/,
  ],
  'a base by ssh': [{'kustomization.yaml': 'bases: ["git@example.com:a/b"]\n'}, /might download/],
  'a file of the system by git': [
    {'kustomization.yaml': 'components: ["file:///etc"]\n'},
    /might download/,
  ],
  'a field in other letters': [
    {'kustomization.yaml': 're\u017fources: ["http://example.com/x"]\n'},
    /`resources` names/,
  ],
  'a patch at an address': [
    {'kustomization.yaml': 'patches: [{path: "http://example.com/x"}]\n'},
    /`patches` names/,
  ],
  'a patch at an address, as older kustomizations name it': [
    {'kustomization.yaml': 'patchesStrategicMerge: ["HTTP://example.com/x"]\n'},
    /might download/,
  ],
  'the content of a ConfigMap at an address': [
    {'kustomization.yaml': 'configMapGenerator: [{name: a, files: ["k=https://example.com/x"]}]\n'},
    /`configMapGenerator` names "https/,
  ],
  'variables at an address': [
    {'kustomization.yaml': 'secretGenerator: [{name: a, Envs: ["https://example.com/x"]}]\n'},
    /`secretGenerator` names/,
  ],
  'a schema at an address': [
    {'kustomization.yaml': 'openapi: {path: "https://example.com/x"}\n'},
    /`openapi` names/,
  ],
  'a replacement at an address': [
    {'kustomization.yaml': 'replacements: [{path: "https://example.com/x"}]\n'},
    /`replacements` names/,
  ],
  'a function': [
    {
      'kustomization.yaml': 'transformers: [t.yaml]\n',
      't.yaml':
        'apiVersion: example.com/v1\nkind: Evil\nmetadata:\n  name: x\n  annotations: {config.kubernetes.io/function: "exec: {path: ./x.sh}"}\n',
    },
    /`transformers` names "t\.yaml", whose kind "Evil" is not built into kustomize/,
  ],
  'a function, written down': [
    {
      'kustomization.yaml':
        'generators:\n- |\n  apiVersion: example.com/v1\n  kind: Evil\n  metadata: {name: x}\n',
    },
    /`generators` contains a plugin, whose kind "Evil"/,
  ],
  'a builtin that fetches': [
    {
      'kustomization.yaml': 'transformers: [t.yaml]\n',
      't.yaml':
        'apiVersion: builtin\nkind: PatchTransformer\nmetadata: {name: x}\npath: https://example.com/x\n',
    },
    /`transformers` names "t\.yaml", where `path` names "https:\/\/example\.com\/x", which/,
  ],
  'a chart': [
    {'kustomization.yaml': 'helmCharts: [{name: a, repo: "https://example.com"}]\n'},
    /`helmCharts` makes kustomize run helm/,
  ],
  'a base that is not there': [
    {'kustomization.yaml': 'resources: [../nowhere]\n'},
    /names "\.\.\/nowhere", which does not exist/,
  ],
  'a folder without a kustomization': [
    {'kustomization.yaml': 'resources: [sub]\n', 'sub/a.txt': ''},
    /it includes a kustomization that cannot be built: bad\/sub: the folder contains no kustomization/,
  ],
  'a base outside of the folder': [
    {'kustomization.yaml': 'resources: [../../x]\n'},
    /names "\.\.\/\.\.\/x", which is outside the audited folder/,
  ],
  'an absolute path': [{'kustomization.yaml': 'resources: [/etc]\n'}, /is outside/],
  'a character that no path has': [
    {'kustomization.yaml': 'resources: ["a\\0b"]\n'},
    /which does not exist/,
  ],
  'broken YAML': [{'kustomization.yaml': 'resources: [\n'}, /^line 2, column 1: /],
  'a list': [{'kustomization.yaml': '- a\n'}, /line 1, column 1: a mapping was expected/],
  'two documents': [{'kustomization.yaml': 'a: 1\n---\nb: 1\n'}, /must be one mapping/],
  nothing: [{'kustomization.yaml': ''}, /must be one mapping/],
  'one that only seems to be of another group': [
    {
      'kustomization.yaml':
        'apiVersion: v1\napiver\u017fion: kustomize.config.k8s.io/v1beta1\nresources: ["https://example.com/x"]\n',
    },
    /`resources` names "https/,
  ],
  'two kustomizations': [
    {'kustomization.yaml': 'resources: []\n', Kustomization: 'resources: []\n'},
    /is next to it, and kustomize accepts only one/,
  ],
  'a circle': [
    {
      'kustomization.yaml': 'resources: [sub]\n',
      'sub/kustomization.yaml': 'resources: [../../bad]\n',
    },
    /include each other in a circle/,
  ],
  itself: [{'kustomization.yaml': 'resources: [.]\n'}, /in a circle/],
};

for (const [what, [files, message]] of Object.entries(refused)) {
  test(`refused before kustomize is asked: ${what}`, async t => {
    const cwd = folderOf({
      ...Object.fromEntries(Object.entries(files).map(([name, text]) => [`bad/${name}`, text])),
      'plain.yaml': pod('plain'),
    });
    const ran = scratch();
    const {exitCode, stderr, report, found} = await audited(
      cwd,
      fake('kustomize', `: > ${ran}/"$(/usr/bin/basename "$2")"`),
    );
    t.is(exitCode, 2, stderr);
    t.deepEqual(unsafe(found), ['plain.yaml: plain']);
    const bad = report.skipped.filter(({file}) => path.dirname(file) === 'bad');
    t.regex(bad[0]?.reason ?? '', message);
    t.false(readdirSync(ran).includes('bad'), 'kustomize was started');
  });
}

test('no report says that a built line is one of the kustomization', async t => {
  const cwd = folderOf({'kustomization.yaml': 'resources: [pod.yaml]\n', 'pod.yaml': pod()});
  const bin = fake('kustomize', `printf '\n\n%s' '${pod()}'`);
  const reportIn = async (format: string) => {
    const command = commandOf(['audit', '.', '--format', format]);
    return (await execa(...command, {cwd, env: {PATH: bin}, reject: false})).stdout;
  };
  t.regex(await reportIn('markdown'), /\| kustomization\.yaml:6 \(line in its output\) \|/);
  const [first] = JSON.parse(await reportIn('sarif')).runs[0].results;
  t.deepEqual(first.locations[0].physicalLocation, {
    artifactLocation: {uri: 'kustomization.yaml'},
    region: {startLine: 1, startColumn: 1},
  });
});

test('what has the name of a kustomization and is none of kustomize’s is a manifest', async t => {
  const flux =
    'apiVersion: kustomize.toolkit.fluxcd.io/v1\nkind: Kustomization\nmetadata: {name: a}\n';
  const cwd = folderOf({
    'flux/kustomization.yaml': `${flux}---\n${pod('beside')}`,
    'pod.yaml': pod('web'),
  });
  const {exitCode, stderr, found} = await audited(cwd, scratch());
  t.is(exitCode, 1, stderr);
  t.deepEqual(unsafe(found), ['flux/kustomization.yaml: beside', 'pod.yaml: web']);
  const named = await audited(cwd, scratch(), ['flux/kustomization.yaml']);
  t.deepEqual(unsafe(named.found), ['flux/kustomization.yaml: beside']);
});

test('the files of a kustomization that is refused are no manifests', async t => {
  const harden = 'apiVersion: kube-harden.io/v1\nkind: Harden\nmetadata: {name: harden}\n';
  const cwd = folderOf({
    'kustomization.yaml': 'resources: [pod.yaml]\ntransformers: [harden.yaml]\n',
    'pod.yaml': pod('web'),
    'harden.yaml': harden,
    'plain.yaml': pod('plain'),
  });
  const {exitCode, stderr, report, found} = await audited(cwd, scratch());
  t.is(exitCode, 2);
  t.deepEqual(unsafe(found), ['plain.yaml: plain']);
  t.regex(
    report.failed[0]?.reason ?? '',
    /`transformers` names "harden\.yaml", whose kind "Harden"/,
  );
  t.regex(stderr, /^skipped, because kustomization\.yaml uses it as a transformer: harden\.yaml$/m);
});

testWithKustomize('an overlay is built from bases beside it, in the working directory', async t => {
  const cwd = folderOf({
    'base/kustomization.yaml': 'resources: [pod.yaml]\n',
    'base/pod.yaml': pod('shared'),
    'overlays/prod/kustomization.yaml': 'resources: [../../base]\nnamePrefix: prod-\n',
  });
  const bin = realKustomize();
  for (const target of ['overlays/prod', 'overlays/prod/kustomization.yaml']) {
    const {found, report} = await audited(cwd, bin, [target]);
    t.deepEqual(unsafe(found), ['overlays/prod/kustomization.yaml: prod-shared'], target);
    t.deepEqual(report.failed, []);
  }
  const {exitCode, report} = await audited(path.join(cwd, 'overlays/prod'), bin);
  t.is(exitCode, 2);
  t.deepEqual(report.findings, []);
});

test('links out of the folder are not followed', async t => {
  const outside = folderOf({
    'kustomization.yaml': 'resources: [pod.yaml]\n',
    'pod.yaml': pod('outside'),
  });
  const cwd = folderOf({
    'a/kustomization.yaml': 'resources: [base]\n',
    'b/kustomization.yaml': 'resources: [pod.yaml]\n',
    'd/kustomization.yaml': 'resources: [../c]\n',
    'c/a.txt': '',
    'plain.yaml': pod('plain'),
  });
  symlinkSync(outside, path.join(cwd, 'a/base'));
  symlinkSync(path.join(outside, 'pod.yaml'), path.join(cwd, 'b/pod.yaml'));
  symlinkSync(path.join(outside, 'kustomization.yaml'), path.join(cwd, 'c/kustomization.yaml'));
  const {exitCode, report, found} = await audited(cwd, fake('kustomize', 'echo built >&2; exit 1'));
  t.is(exitCode, 2);
  t.deepEqual(unsafe(found), ['plain.yaml: plain']);
  for (const {reason} of report.skipped) {
    t.regex(reason, /is outside the audited folder|a link that points outside (?:the|its) folder/);
  }
  t.is(report.skipped.length, 6);
});

test('a kustomization that is a pipe is no reason to wait', async t => {
  const cwd = folderOf({
    'a/kustomization.yaml': 'resources: [../b, pipe.yaml]\n',
    'b/a.txt': '',
    'plain.yaml': pod('plain'),
  });
  await execa('mkfifo', [path.join(cwd, 'b/kustomization.yaml'), path.join(cwd, 'a/pipe.yaml')]);
  const {exitCode, found} = await audited(cwd, scratch());
  t.is(exitCode, 2);
  t.deepEqual(unsafe(found), ['plain.yaml: plain']);
});

testWithKustomize('nothing is fetched, though kustomize would', async t => {
  const bin = realKustomize();
  let calls = 0;
  const server = createServer((_, response) => {
    calls++;
    response.end(pod('fetched'));
  });
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}/x.yaml`;
  const cwd = folderOf({'kustomization.yaml': `Resources: ["${address}"]\n`});
  const {exitCode} = await audited(cwd, bin);
  t.is(exitCode, 2);
  t.is(calls, 0);
  const {stdout} = await execa(path.join(bin, 'kustomize'), ['build', cwd]);
  t.regex(stdout, /name: fetched/);
  t.is(calls, 1);
  server.close();
});

testWithKustomize('names that a terminal or an option would obey are names', async t => {
  const bin = realKustomize();
  const cwd = folderOf({
    '--help/kustomization.yaml': 'resources: [pod.yaml]\n',
    '--help/pod.yaml': pod('option'),
    '\u001b[2J\n/kustomization.yaml': 'resources: ["\\e[2J\\n"]\n',
    'a b;$(id)/kustomization.yaml': 'resources: [pod.yaml]\n',
    'a b;$(id)/pod.yaml': pod('blank'),
    'github.com/org/repo/kustomization.yaml': 'resources: [pod.yaml]\n',
    'github.com/org/repo/pod.yaml': pod('repo'),
  });
  const {exitCode, stderr, found} = await audited(cwd, bin);
  t.is(exitCode, 2);
  t.deepEqual(unsafe(found), [
    '--help/kustomization.yaml: option',
    'a b;$(id)/kustomization.yaml: blank',
    'github.com/org/repo/kustomization.yaml: repo',
  ]);
  t.false(stderr.includes('\u001b'));
});

test('what kustomize says is told, and kustomize is told nothing of the environment', async t => {
  const cwd = folderOf({'kustomization.yaml': 'resources: []\n'});
  const failing = await audited(
    cwd,
    fake('kustomize', 'printf "Error: no\\033[2J\\n" >&2; exit 1'),
  );
  t.is(failing.exitCode, 2);
  t.regex(
    failing.stderr,
    /^kube-harden: kustomization\.yaml: kustomize could not build it: Error: no\\u001b\[2J$/m,
  );
  const env = fake('kustomize', '/usr/bin/env >&2');
  const {stderr} = await execa(...commandOf(['audit', '.']), {
    cwd,
    env: {
      PATH: env,
      KUSTOMIZE_PLUGIN_HOME: '/evil',
      GIT_SSH_COMMAND: 'evil',
      HTTPS_PROXY: 'http://evil',
    },
    reject: false,
  });
  t.notRegex(stderr, /evil/i);
  t.regex(stderr, /GIT_ALLOW_PROTOCOL=none/);
});

test('a build that takes too long, or prints too much, is ended', async t => {
  const kept = process.env['PATH'];
  t.teardown(() => {
    process.env['PATH'] = kept;
  });
  process.env['PATH'] = fake('kustomize', 'exec /bin/sleep 60');
  await t.throwsAsync(buildKustomization('/nowhere', 'k.yaml', 100), {
    message: /could not build it: kustomize takes more than 0\.1 s/,
  });
  process.env['PATH'] = fake('kustomize', 'exec /usr/bin/yes');
  await t.throwsAsync(buildKustomization('/nowhere', 'k.yaml'), {
    message: /could not build it: kustomize prints more than 200 MB/,
  });
});

test('bases that double at each level are refused', async t => {
  const files: Record<string, string> = {'plain.yaml': pod('plain')};
  for (let level = 0; level < 40; level++) {
    const next = level === 39 ? [] : [`../../${level + 1}/a`, `../../${level + 1}/b`];
    for (const side of ['a', 'b']) {
      files[`${level}/${side}/kustomization.yaml`] =
        `namePrefix: ${side}-\nresources: [${next.join()}]\n`;
    }
  }
  const {exitCode, report, found} = await audited(folderOf(files), fake('kustomize', ''));
  t.is(exitCode, 2);
  t.deepEqual(unsafe(found), ['plain.yaml: plain']);
  t.regex(JSON.stringify(report.skipped), /more than 10000 kustomizations/);
});

testWithKustomize('the whole of a real layout is built as kustomize builds it', async t => {
  const bin = realKustomize();
  const cwd = scratch();
  cpSync(path.join(repository, 'test/fixtures/folder-of-kustomize'), cwd, {recursive: true});
  const {stdout} = await execa(path.join(bin, 'kustomize'), ['build', 'overlay'], {cwd});
  const piped = await execa(...commandOf(['audit', '-', '--format', 'json']), {
    cwd,
    input: stdout,
    reject: false,
  });
  const places = (
    findings: readonly {readonly rule: string; readonly source: {readonly line: number}}[],
  ) => findings.map(({rule, source: {line}}) => `${rule} ${line}`);
  const {report} = await audited(cwd, bin);
  const built = report.findings.filter(({source}) => source.isRendering);
  t.deepEqual(places(built as never), places(JSON.parse(piped.stdout).findings));
});
