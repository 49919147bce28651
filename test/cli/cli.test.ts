import {execFileSync, spawnSync} from 'node:child_process';
import {
  closeSync,
  copyFileSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import {tmpdir} from 'node:os';
import path from 'node:path';
import test from 'ava';
import {execa} from 'execa';
import {version} from '../../src/version.ts';
import {renderedFile} from '../fixtures/charts.ts';
import {executable} from '../tools/executable.ts';
import {repository} from '../tools/tools.ts';

const workFolder = mkdtempSync(path.join(tmpdir(), 'kube-harden-test-'));

const run = (
  args: readonly string[],
  input: string | Uint8Array = '',
  env: Record<string, string> = {},
) =>
  execa(executable, args, {input, env, cwd: workFolder, reject: false, stripFinalNewline: false});

const pod = (spec: string) =>
  `apiVersion: v1
kind: Pod
metadata: {name: a, labels: {app: a}}
spec:
${spec}`;
const unsafe = pod('  hostNetwork: true\n  containers: [{name: a, image: a}]\n');

const refuses = test.macro(
  async (t, args: readonly string[], input: string | Uint8Array, message: RegExp) => {
    const {exitCode, stdout, stderr} = await run(args, input);
    t.is(exitCode, 2);
    t.is(stdout, '');
    t.regex(stderr, message);
  },
);

test('no YAML', refuses, [], 'kind: [', /document 1, line 1, column \d+: /);
test(
  'a fault in the second document',
  refuses,
  [],
  `${unsafe}---\na: b: c\n`,
  /document 2, line 8, column \d+/,
);
test('a truncated stream', refuses, [], 'kind: Pod\nspec: {containers: [', /document 1, line/);
test('binary input', refuses, [], Uint8Array.of(0x7f, 0x45, 0x4c, 0x46, 0, 1), /control character/);
test(
  'no UTF-8',
  refuses,
  [],
  Uint8Array.of(0x0a, 0x61, 0xff, 0xfe),
  /document 1, line 2, column 2: the input must be UTF-8/,
);
const resourceList = 'apiVersion: config.kubernetes.io/v1\nkind: ResourceList\n';
test(
  'results that are no list',
  refuses,
  [],
  `${resourceList}items: []\nresults: {}\n`,
  /line 4, column 1: the `results` of a ResourceList must be a list/,
);
test(
  'a document behind a ResourceList',
  refuses,
  [],
  `${resourceList}items: []
---
${unsafe}`,
  /must be the only document/,
);
test(
  'a document without a kind',
  refuses,
  [],
  'apiVersion: v1\nmetadata: {}\n',
  /must have a `kind`/,
);
test('a document that is a text', refuses, [], 'just text\n', /an object was expected/);
test('text after a separator', refuses, [], `${unsafe}--- x: y\n`, /separator/);
test('two documents in one', refuses, [], 'kind: Pod\u2028---\nx: y\n', /one document/);
test('an alias bomb', refuses, [], bomb(), /excessive aliasing/);
test(
  'a text that aliases repeat beyond what an API server accepts',
  refuses,
  [],
  `apiVersion: example.org/v1\nkind: Texts\nspec:\n  a: &a "${'x'.repeat(50_000)}"\n  b:\n${'  - {patch: *a}\n'.repeat(100)}`,
  /more than 4,000,000 characters of text, which no API server accepts/,
);
test('an unknown anchor', refuses, [], 'kind: *x\n', /line 1/i);
test('an unknown option', refuses, ['--nope'], unsafe, /nope/);
test('an unknown verb', refuses, ['nope'], '', /unknown command "nope"/);
test('an unknown profile', refuses, ['--profile', 'nope'], unsafe, /--profile must be one of/);
test('an unknown severity', refuses, ['--block-on', 'nope'], unsafe, /--block-on/);
test('a wrong version', refuses, ['--pod-security-version', '1.2'], unsafe, /v1\.34/);
test('an unknown decision', refuses, ['--undecided=ask'], unsafe, /one of wait, refuse, fix/);
test(
  'decisions that contradict',
  refuses,
  ['--undecided=wait', '--fix-all'],
  unsafe,
  /--fix-all means --undecided fix, and cannot be combined with --undecided wait/,
);
test('a policy that is not there', refuses, ['--config', 'nope.yaml'], unsafe, /does not exist/);
test('a target that is not there', refuses, ['audit', 'nope.yaml'], '', /does not exist/);
test('no target', refuses, ['audit'], '', /takes targets/);
test('an unknown rule', refuses, ['explain', 'nope'], '', /unknown rule "nope": the rules are no-/);
test('a misspelt rule', refuses, ['explain', 'no-host-prot'], '', /did you mean "no-host-port"/);
test(
  'an option of other commands',
  refuses,
  ['audit', '--block-on=high', 'a'],
  '',
  /audit has no `--block-on` \(it is an option of render, patches, and policy\): see `kube-harden help audit`$/m,
);
test(
  'an option of other commands, with a verb left out',
  refuses,
  ['--fail-on=high'],
  unsafe,
  /render has no `--fail-on` \(it is an option of audit, merge, diff, and policy\)/,
);
test('a misspelt --version', refuses, ['--versio'], '', /"--versio": did you mean "--version"\?/);
test('a version where there is none', refuses, ['render', '--version'], '', /"--version"(?!: did)/);
test(
  'a template that was not rendered',
  refuses,
  [],
  'kind: Pod\nmetadata:\n  name: {{ .Values.name }}\n',
  /line 3.*"\{\{" looks like a template: render it first, with `helm template` \(/,
);
test(
  'a template of Jinja for audit',
  refuses,
  ['audit', '-'],
  '{% if x %}\nkind: Pod\n{% endif %}\n',
  /"\{%" looks like a template: render it first \(/,
);
test(
  'a report file in no folder',
  refuses,
  ['--report-file=no/such/r.json'],
  unsafe,
  /no\/such\/r\.json: the report cannot be written: the folder does not exist$/m,
);
test(
  'a device for a policy',
  refuses,
  ['--config=/dev/null'],
  unsafe,
  /for the defaults, name an empty file/,
);
test('a misspelt option', refuses, ['--profil=x'], '', /"--profil": did you mean "--profile"\?/);
test('a misspelt profile', refuses, ['--profile=strct'], '', /did you mean "strict"\?/);
test('a misspelt verb', refuses, ['audti'], '', /did you mean "audit"\?/);
test('what is undecided refuses the stream, and what is decided passes', async t => {
  const probe = 'livenessProbe: {httpGet: {host: 127.0.0.1, port: 80}}';
  const agent = pod(`  hostNetwork: true\n  containers: [{name: a, image: a, ${probe}}]\n`);
  const refused = await run(['--undecided=refuse'], agent);
  t.is(refused.exitCode, 1);
  t.is(refused.stdout, '');
  t.regex(
    refused.stderr,
    /refused: no-host-network in Pod\/a waits for a decision\. To keep them, .*: exceptions: \[\{rules: \[no-host-network\], /,
  );
  t.is((await run(['--undecided=refuse'], unsafe)).exitCode, 0);
  t.is((await run(['--undecided=refuse', '--undecided=fix'], agent)).exitCode, 0);
});
test('a file for a verb', refuses, ['a/b.yaml'], '', /`kube-harden render FILE`/);
test(
  'a file for a verb, after an option',
  refuses,
  ['--fix-all', 'audit'],
  '',
  /audit takes targets/,
);
test('help on what is no verb', refuses, ['help', 'audti'], '', /did you mean "audit"\?/);
test('help on two verbs', refuses, ['help', 'audit', 'render'], '', /help takes one command/);
test(
  'a value for a flag',
  refuses,
  ['--no-annotate=false'],
  '',
  /^.*: --no-annotate takes no value/,
);
test('an option without its value', refuses, ['--config'], '', /`--config=VALUE`$/m);
test('an option for a value', refuses, ['--config', '--fix-all'], '', /--config must have a value/);
test('a value of Helm’s', refuses, ['audit', 'a', '--version', '1'], '', /use --chart-version/);
test('a word too many', refuses, ['rules', 'a\nb'], '', /unexpected argument "a$/m);
test('two files', refuses, ['render', 'a', 'b'], '', /render takes one file, or stdin/);
test(
  'a file that is a folder',
  refuses,
  ['render', '.'],
  '',
  /it is a folder: use `kustomize build \. \| kube-harden`, or `kube-harden audit \.`/,
);

for (const args of [['render'], ['audit', '-'], ['network', '-']]) {
  test(`stdin that cannot be read: ${args.join(' ')}`, async t => {
    for (const [file, flags, code] of [
      [workFolder, 'r', 'EISDIR'],
      ['/dev/null', 'w', 'EBADF'],
    ] as const) {
      const stdin = openSync(file, flags);
      const {status, stdout, stderr} = spawnSync(executable, args, {
        cwd: workFolder,
        stdio: [stdin, 'pipe', 'pipe'],
        encoding: 'utf8',
      });
      closeSync(stdin);
      t.is(status, 2);
      t.is(stdout, '');
      t.is(stderr, `kube-harden: <stdin>: it cannot be read (${code})\n`);
    }
  });
}

function bomb(): string {
  const lines = ['kind: Pod', 'a0: &a0 [x, x, x, x, x, x, x, x, x]'];
  for (let level = 1; level < 12; level++) {
    const aliases = Array.from({length: 9}, () => `*a${level - 1}`).join(', ');
    lines.push(`a${level}: &a${level} [${aliases}]`);
  }
  return `${lines.join('\n')}\n`;
}

test('a mistake in a policy names the key and the line', async t => {
  const file = path.join(workFolder, 'policy.yaml');
  writeFileSync(
    file,
    `profile: essential
rules:
  no-host-port: maybe
`,
  );
  const {exitCode, stderr, stdout} = await run(['--config', file], unsafe);
  t.is(exitCode, 2);
  t.is(stdout, '');
  t.regex(stderr, /line 3, column \d+: policy key `rules\.no-host-port`/);
});

const mistaken = test.macro(async (t, policy: string, message: RegExp) => {
  const file = path.join(mkdtempSync(path.join(workFolder, 'policy-')), 'policy.yaml');
  writeFileSync(file, policy);
  const {exitCode, stdout, stderr} = await run(['--config', file], unsafe);
  t.is(exitCode, 2);
  t.is(stdout, '');
  t.regex(stderr, message);
});

test(
  'a misspelt profile of a policy',
  mistaken,
  '\uFEFF# a\nprofile: esential\n',
  /line 2, column \d+: policy key `profile` must be one of audit, .*, not "esential": did you mean "essential"\?/,
);
test(
  'a misspelt profile of several',
  mistaken,
  'profile: [essential, strct]\n',
  /line 1, column \d+: policy key `profile\.1` must be one of .*did you mean "strict"\?/,
);
test(
  'a misspelt key of a policy',
  mistaken,
  'exceptons: []\n',
  /line 1, column \d+: policy key `exceptons`: .*did you mean "exceptions"\?/,
);
test(
  'a key that is left out',
  mistaken,
  `exceptions:
- rules: [no-host-port]
  match: {}
`,
  /line 2, column \d+: policy key `exceptions\.0\.reason` is missing$/m,
);
test(
  'rules in a list',
  mistaken,
  'rules: [no-host-port]\n',
  /line 1, column \d+: policy key `rules` must be a mapping, such as `no-host-port: flag`, not a list$/m,
);
test(
  'a version that is a number',
  mistaken,
  'podSecurityVersion: 1.34\n',
  /policy key `podSecurityVersion` must be "latest" or like "v1\.34"$/m,
);
test(
  'a policy that is a list',
  mistaken,
  '- a\n',
  /line 1, column \d+: a policy must be a mapping, not a list/,
);
test(
  'a policy of two documents',
  mistaken,
  `a: 1
---
b: 1
`,
  /must be a single document/,
);
test('an alias that means nothing', mistaken, 'profile: *x\n', /policy\.yaml: Unresolved alias/);

const refusesConfig = test.macro(async (t, config: string, message: RegExp) => {
  const list = `apiVersion: config.kubernetes.io/v1
kind: ResourceList
items: []
`;
  const {exitCode, stdout, stderr} = await run([], `${list}functionConfig:\n${config}`);
  t.is(exitCode, 2);
  t.is(stdout, '');
  t.regex(stderr, message);
});
const ours = '  apiVersion: kube-harden.io/v1alpha1\n  kind: Harden\n';

test(
  'a misspelt key of a functionConfig',
  refusesConfig,
  `${ours}  sepc: {profile: strict}\n`,
  /functionConfig, line 7, column \d+: key `sepc`: .*did you mean "spec"\?/,
);
test(
  'a mistake in the spec of a functionConfig',
  refusesConfig,
  `${ours}  spec:\n    profile: strct\n`,
  /functionConfig, line 8, column \d+: policy key `profile` must be .*did you mean "strict"\?/,
);
test(
  'a functionConfig of another kind',
  refusesConfig,
  `  apiVersion: v1
  kind: ConfigMap
  data: {profile: strict}
`,
  /line 5, column \d+: key `apiVersion` must be "kube-harden\.io\/v1alpha1", not "v1"/,
);

test('an empty policy is the nearest, and changes nothing', async t => {
  const folder = mkdtempSync(path.join(workFolder, 'outer-'));
  writeFileSync(path.join(folder, 'kube-harden.yaml'), 'profile: audit\n');
  mkdirSync(path.join(folder, 'inner'));
  writeFileSync(path.join(folder, 'inner/kube-harden.yaml'), '');
  const {stdout} = await execa(executable, [], {input: unsafe, cwd: path.join(folder, 'inner')});
  t.notRegex(stdout, /hostNetwork/);
});

test('a policy that is a folder is an error', async t => {
  mkdirSync(path.join(workFolder, 'folder.yaml'));
  const {exitCode, stderr} = await run(['--config', 'folder.yaml'], unsafe);
  t.is(exitCode, 2);
  t.regex(stderr, /folder\.yaml: a policy must be a file/);
});

test('a key that no policy has is an error', async t => {
  const file = path.join(workFolder, 'unknown.yaml');
  writeFileSync(
    file,
    `profile: essential
networkPolicy:
  egres: deny
`,
  );
  const {exitCode, stderr} = await run(['--config', file], unsafe);
  t.is(exitCode, 2);
  t.regex(stderr, /line 3, column \d+: policy key `networkPolicy\.egres`: unknown key/);
});

test('a policy that lies in a chart is not used', async t => {
  const chart = mkdtempSync(path.join(workFolder, 'chart-'));
  writeFileSync(path.join(chart, 'Chart.yaml'), 'name: a\n');
  writeFileSync(path.join(chart, 'kube-harden.yaml'), 'profile: audit\n');
  const input = {input: unsafe, cwd: chart};
  const {stdout, stderr} = await execa(executable, [], input);
  t.notRegex(stdout, /hostNetwork/);
  t.regex(stderr, /ignored, because it is inside a chart/);
});

test('what in a policy has no effect, or a wide one, is noted', async t => {
  const file = path.join(workFolder, 'effects.yaml');
  writeFileSync(
    file,
    `rules: {no-root-group: fix, no-host-port: fix}
exceptions: [{rules: [no-host-network], match: {}, reason: because}]
`,
  );
  const {stderr} = await run(['--config', file], unsafe);
  t.regex(stderr, /^note: `no-root-group: fix` in the policy only flags, because the rule has no/m);
  t.notRegex(stderr, /`no-host-port: fix`/);
  t.regex(stderr, /^note: `match: \{\}` of exceptions\.0 in the policy matches every object$/m);
});

test('what kube-harden has hardened is audited with one note', async t => {
  const {stdout} = await run([], `${unsafe}---\n${unsafe.replace('name: a,', 'name: b,')}`);
  const {stdout: report} = await run(['audit', '-'], stdout);
  const notes = report
    .split('\n')
    .filter(line => line.startsWith('note: ') && /kube-harden\.io\//.test(line));
  t.is(notes.length, 1);
  t.regex(
    notes[0] ?? '',
    /from an earlier run or from its author: it proves nothing, and is ignored$/,
  );
});

test('the summary of an audit says what render would fix', async t => {
  const {stdout} = await run(['audit', '-'], unsafe);
  t.regex(
    stdout,
    /: \d+ findings, \d+ high.*\nrender would fix [1-9]\d*.*\nNext: kube-harden \S+ /,
  );
  const {summary} = JSON.parse((await run(['audit', '-', '--format=json'], unsafe)).stdout);
  t.is(summary.fixed, 0);
  t.is(summary.remaining, summary.findings);
});

test('an exception is kept, and a stale one reported', async t => {
  const file = path.join(workFolder, 'exceptions.yaml');
  const match = 'match: {kind: Pod, name: "*"}';
  writeFileSync(
    file,
    `exceptions:
- {rules: [no-host-network], ${match}, reason: because}
- {rules: [no-host-port], ${match}, reason: long ago, expires: "2020-01-01"}
`,
  );
  const {stdout, stderr} = await run(['--config', file], unsafe);
  t.regex(stdout, /hostNetwork: true/);
  t.regex(stderr, /excepted no-host-network/);
  t.regex(
    stderr,
    /stale exception \(expired\): no-host-port, match \{kind: "Pod", name: "\*"\}: long ago/,
  );
});

test('nothing in is nothing out', async t => {
  for (const input of ['', '\n', '---\n', '# a comment\n']) {
    const {exitCode, stdout} = await run([], input);
    t.is(exitCode, 0);
    t.is(stdout, input);
  }
});

test('hardens stdin, and says what it did on stderr', async t => {
  const {exitCode, stdout, stderr} = await run(['render', '--no-annotate'], unsafe);
  t.is(exitCode, 0);
  t.true(
    stdout.startsWith(pod('  containers: [{"name"')) || stdout.includes('kind: NetworkPolicy'),
  );
  t.notRegex(stdout, /hostNetwork/);
  t.regex(stderr, /Pod\/a: fixed no-host-network/);
});

test('a JSON document stays one', async t => {
  const input = `{"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "a", "labels": {"app": "a"}},
    "spec": {"hostNetwork": true, "containers": [{"name": "a", "image": "a"}]}}`;
  const {stdout} = await run(['--no-annotate'], input);
  const [document] = stdout.split('---');
  const context = {allowPrivilegeEscalation: false};
  t.deepEqual(JSON.parse(document ?? '').spec, {
    containers: [{name: 'a', image: 'a', securityContext: context}],
  });
});

test('refuses a stream whose findings remain', async t => {
  const args = ['--profile', 'audit', '--block-on', 'high'];
  const {exitCode, stdout, stderr} = await run(args, unsafe);
  t.is(exitCode, 1);
  t.is(stdout, '');
  t.regex(stderr, /refused: no-host-network in Pod\/a/);
});

test('tells Helm 4 the reason by a separator that it refuses', async t => {
  const env = {HELM_PLUGIN_NAME: 'kube-harden'};
  const refused = await run(['--profile', 'audit', '--block-on', 'high'], unsafe, env);
  t.regex(
    refused.stdout,
    /^kind: X\n--- kube-harden refused this release because: no-host-network/,
  );
  const unread = await run([], 'kind: [', env);
  t.regex(unread.stdout, /^kind: X\n--- kube-harden refused this release because: .*line 1/);
});

test('audits files as JSON, and fails on what is severe', async t => {
  const {exitCode, stdout} = await run(['audit', renderedFile('unsafe'), '--format', 'json']);
  t.is(exitCode, 1);
  const report = JSON.parse(stdout);
  t.like(report, {schemaVersion: 1, tool: {name: 'kube-harden', version}, profile: 'essential'});
  t.is(report.summary.remaining, report.findings.length);
  t.true(report.findings.length > 5);
  const finding = report.findings.find(({rule}: {rule: string}) => rule === 'no-host-network');
  t.is(finding.path, '/spec/template/spec/hostNetwork');
  t.is(finding.source.template, 'unsafe/templates/agent.yaml');
  const lines = readFileSync(renderedFile('unsafe'), 'utf8').split('\n');
  t.regex(lines[finding.source.line - 1] ?? '', /hostNetwork: yes/);
  t.is((await run(['audit', renderedFile('unsafe'), '--fail-on', 'none'])).exitCode, 0);
});

test('writes the report file in the format of its ending', async t => {
  for (const [ending, expected] of [
    ['json', /"schemaVersion": 1/],
    ['md', /^# kube-harden report/],
    ['txt', /no-host-network/],
  ] as const) {
    const file = path.join(workFolder, `report.${ending}`);
    t.is((await run(['--report-file', file], unsafe)).exitCode, 0);
    t.regex(readFileSync(file, 'utf8'), expected);
  }
});

test('a report file that is a pipe, a device or a folder is refused, and kept', async t => {
  const folder = mkdtempSync(path.join(workFolder, 'report-'));
  execFileSync('mkfifo', [path.join(folder, 'pipe.json')]);
  symlinkSync('/dev/null', path.join(folder, 'device.json'));
  mkdirSync(path.join(folder, 'folder.json'));
  for (const name of ['pipe.json', 'device.json', 'folder.json']) {
    const file = path.join(folder, name);
    const {ino} = lstatSync(file);
    const {exitCode, stdout, stderr} = await run(['--report-file', file], unsafe);
    t.is(exitCode, 2);
    t.is(stdout, '');
    t.regex(stderr, /the report cannot be written: it is not a regular file$/m);
    t.is(lstatSync(file).ino, ino);
  }
  t.true(statSync('/dev/null').isCharacterDevice());
});

test('a hostile name reaches no terminal', async t => {
  const name = '\\e[2J\\u202eevil';
  const {stderr} = await run([], unsafe.replace('name: a,', `name: "${name}",`));
  t.false(stderr.includes('\u001b') || stderr.includes('\u202e'));
  t.regex(stderr, /\\u001b\[2J/);
});

test('hardens a file as it hardens stdin', async t => {
  writeFileSync(path.join(workFolder, 'unsafe.yaml'), unsafe);
  const fromFile = await run(['render', 'unsafe.yaml']);
  t.is(fromFile.exitCode, 0);
  t.is(fromFile.stdout, (await run([], unsafe)).stdout);
});

test('each verb has a page of help that names every option it takes', async t => {
  const {stdout} = await run(['--help']);
  const verbs = [...stdout.matchAll(/^ {2}kube-harden \[?([a-z]+)/gm)].map(([, verb = '']) => verb);
  t.true(verbs.includes('audit') && verbs.includes('render'));
  for (const verb of verbs) {
    const page = await run([verb, '--help']);
    t.is(page.exitCode, 0);
    t.true(page.stdout.startsWith('kube-harden'));
    for (const [option] of page.stdout.matchAll(/--[a-z][a-z-]*(?= )/g)) {
      const {stderr} = await run([verb, option, '--nope']);
      t.notRegex(stderr, new RegExp(`no option "${option}"`));
    }
  }
});

test('a verb after options, and help wherever it is asked for', async t => {
  writeFileSync(path.join(workFolder, 'after.yaml'), unsafe);
  const plain = await run(['render', 'after.yaml', '--no-annotate', '--profile', 'audit']);
  const args = ['--no-annotate', '--profile', 'audit', 'render', 'after.yaml'];
  t.is((await run(args)).stdout, plain.stdout);
  t.is(plain.stdout, unsafe);
  const page = (await run(['audit', '--help'])).stdout;
  for (const words of ['help audit', '-h audit', '--format json audit -h', 'audit x.yaml --help']) {
    t.is((await run(words.split(' '))).stdout, page, words);
  }
  t.is((await run(['help'])).stdout, (await run(['-h'])).stdout);
  for (const words of ['--version', '--fix-all --version']) {
    t.is((await run(words.split(' '))).stdout, `${version}\n`);
  }
});

test('a version that is newer than the rules is taken, with a note', async t => {
  const {exitCode, stderr} = await run(['--pod-security-version=v1.99'], unsafe);
  t.is(exitCode, 0);
  t.regex(
    stderr,
    /^note: v1\.99 of the Pod Security Standards is unknown; using v1\.\d+, the newest/m,
  );
  t.notRegex((await run(['--pod-security-version=v1.34'], unsafe)).stderr, /is not known/);
});

test('explains a rule and lists all', async t => {
  const page = readFileSync(path.join(repository, 'docs/rules/no-host-port.md'), 'utf8');
  t.is((await run(['explain', 'no-host-port'])).stdout, page);
  const {stdout} = await run(['rules', '--format', 'json']);
  t.true(JSON.parse(stdout).some(({id}: {id: string}) => id === 'require-network-policy'));
});

test('every place that states the version states the same', t => {
  const read = (file: string) => readFileSync(path.join(repository, file), 'utf8');
  t.is(JSON.parse(read('package.json')).version, version);
  t.regex(read('plugin.yaml'), new RegExp(`^version: ${version.replaceAll('.', '\\.')}$`, 'm'));
});

test('runs in a folder of ES modules, under a name without an ending', async t => {
  const folder = mkdtempSync(path.join(workFolder, 'modules-'));
  writeFileSync(path.join(folder, 'package.json'), '{"type": "module"}');
  copyFileSync(executable, path.join(folder, 'kube-harden'));
  const {stdout, exitCode} = await execa(path.join(folder, 'kube-harden'), ['--no-annotate'], {
    input: unsafe,
    cwd: folder,
  });
  t.is(exitCode, 0);
  t.notRegex(stdout, /hostNetwork/);
});

test("takes the functionConfig of kustomize's folder for the policy that it holds", async t => {
  const folder = mkdtempSync(path.join(workFolder, 'overlay-'));
  writeFileSync(
    path.join(folder, 'kube-harden.yaml'),
    `apiVersion: kube-harden.io/v1alpha1
kind: Harden
spec:
  rules: {no-host-network: off}
`,
  );
  const {stdout, stderr} = await execa(executable, [], {input: unsafe, cwd: folder});
  t.regex(stdout, /hostNetwork: true/);
  t.regex(stderr, /^policy: kube-harden.yaml$/m);
});

test('a report holds no pod for the NetworkPolicy that is added beside it', async t => {
  const {stderr} = await run(['--format=json', '--fix-all'], unsafe);
  const {findings} = JSON.parse(stderr) as {findings: readonly {rule: string}[]};
  const added = findings.find(({rule}) => rule === 'require-network-policy');
  t.like(added, {status: 'fixed', path: '/spec'});
  t.false(Object.hasOwn(added ?? {}, 'before') || Object.hasOwn(added ?? {}, 'after'));
});
