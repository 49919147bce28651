import {mkdirSync, mkdtempSync, symlinkSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import path from 'node:path';
import test from 'ava';
import {execa} from 'execa';
import {commandOf, executable} from '../tools/executable.ts';

/** A folder with these files, by their paths. */
function folderOf(files: Readonly<Record<string, string>>): string {
  const folder = mkdtempSync(path.join(tmpdir(), 'kube-harden-folder-'));
  for (const [name, text] of Object.entries(files)) {
    const file = path.join(folder, name);
    mkdirSync(path.dirname(file), {recursive: true});
    writeFileSync(file, text);
  }
  return folder;
}

interface Told {
  readonly rule: string;
  readonly message: string;
  readonly source: {
    readonly file: string;
    readonly document: number;
    readonly line: number;
    readonly column: number;
  };
}

interface Judged {
  readonly exitCode: number | undefined;
  readonly stdout: string;
  readonly stderr: string;
  readonly report: {
    readonly findings: readonly Told[];
    readonly notes: readonly Told[];
    readonly summary: {readonly resources: number};
    readonly skipped: readonly {readonly file: string; readonly reason: string}[];
    readonly failed: readonly {readonly file: string; readonly reason: string}[];
  };
}

/** The JSON report of an audit of targets in a folder with `files`. */
async function audited(
  files: Readonly<Record<string, string>>,
  targets: readonly string[] = ['.'],
): Promise<Judged> {
  const args = ['audit', ...targets, '--format', 'json'];
  const {exitCode, stdout, stderr} = await execa(...commandOf([...args]), {
    cwd: folderOf(files),
    reject: false,
  });
  return {exitCode, stdout, stderr, report: JSON.parse(stdout === '' ? '{}' : stdout)};
}

const safeContainers = `containers:
        - name: web
          image: example.com/web:1
          ports: [{containerPort: 8080}]
          securityContext: {allowPrivilegeEscalation: false}`;

const deployment = (name = 'web') => `apiVersion: apps/v1
kind: Deployment
metadata: {name: ${name}}
spec:
  selector: {matchLabels: {app: ${name}}}
  template:
    metadata: {labels: {app: ${name}}}
    spec:
      ${safeContainers}
`;

const policy = (name = 'web') => `apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: ${name}}
spec:
  podSelector: {matchLabels: {app: ${name}}}
  ingress: [{from: [{podSelector: {matchLabels: {app: front}}}], ports: [{port: 8080}]}]
`;

test('a NetworkPolicy counts for the pods of another file', async t => {
  const alone = await audited({'web.yaml': deployment()});
  t.deepEqual(
    alone.report.findings.map(({rule}) => rule),
    ['require-network-policy'],
  );
  for (const files of [
    {'a/policy.yaml': policy(), 'web.yaml': deployment()},
    {'web.yaml': deployment(), 'z/policy.json': policy()},
  ]) {
    const {report, exitCode, stderr} = await audited(files);
    t.is(exitCode, 0, stderr);
    t.deepEqual(report.findings, []);
    t.is(report.summary.resources, 2);
  }
});

test('files that are named one by one are streams of their own', async t => {
  const {report} = await audited({'policy.yaml': policy(), 'web.yaml': deployment()}, [
    'policy.yaml',
    'web.yaml',
  ]);
  t.deepEqual(
    report.findings.map(({rule}) => rule),
    ['require-network-policy'],
  );
});

test('a Service of another file is what shows that a host port is needed', async t => {
  const pod = `apiVersion: v1
kind: Pod
metadata: {name: web, labels: {app: web}}
spec:
  containers:
    - name: web
      image: example.com/web:1
      ports: [{containerPort: 8080, hostPort: 8080}]
      securityContext: {allowPrivilegeEscalation: false}
`;
  const service = `apiVersion: v1
kind: Service
metadata: {name: web}
spec: {selector: {app: web}, ports: [{port: 80, targetPort: 8080}]}
`;
  const together = await audited({'all.yaml': `${pod}---\n${service}`});
  const apart = await audited({'pod.yaml': pod, 'service.yaml': service});
  const told = ({report}: Judged) =>
    report.findings.map(({source: _, ...finding}) => finding as object);
  t.true(together.report.findings.length > 0);
  t.deepEqual(told(apart), told(together));
});

test('each finding and each note names its own file, document, line and column', async t => {
  const hostile = (name: string) =>
    deployment(name).replace('spec:\n      c', 'spec:\n      hostNetwork: true\n      c');
  const {report} = await audited({
    'a.yaml': `# nothing\n---\n${hostile('one')}---\n${hostile('two')}`,
    'b/c.yaml': `\n\n${hostile('three')}`,
    'd.yaml': `kind: List\napiVersion: v1\nitems: []\n---\n${hostile('four')}`,
  });
  const places = report.findings
    .filter(({rule}) => rule === 'no-host-network')
    .map(({source: {file, document, line, column}}) => `${file} ${document} ${line}:${column}`);
  t.deepEqual(places, ['a.yaml 2 11:7', 'a.yaml 3 26:7', 'b/c.yaml 1 11:7', 'd.yaml 2 13:7']);
});

test('a comment that gives a reason is found in its own file', async t => {
  const reason = deployment('b').replace(
    'spec:\n      c',
    'spec:\n      # required by the agent to see the node\n      hostNetwork: true\n      c',
  );
  const {report} = await audited({'a.yaml': `# one\n# two\n${deployment('a')}`, 'b.yaml': reason});
  const [found] = report.findings.filter(({rule}) => rule === 'no-host-network');
  t.regex(JSON.stringify(found), /required by the agent to see the node/);
});

test('an object that stands in two files is noted, and both are judged', async t => {
  const {report, exitCode, stderr} = await audited({
    'dev/web.yaml': `${deployment()}---\n${policy()}`,
    'prod/web.yaml': `${deployment()}---\n${policy()}`,
  });
  t.is(exitCode, 0, stderr);
  t.deepEqual(report.findings, []);
  const notes = report.notes.filter(({message}) => message.includes('already in another file'));
  t.deepEqual(
    notes.map(({source: {file, document}}) => `${file} ${document}`),
    ['prod/web.yaml 1', 'prod/web.yaml 2'],
  );
});

test('an object that stands twice in one file of a folder is a finding', async t => {
  const {report} = await audited({
    'a.yaml': policy(),
    'web.yaml': `${policy()}---\n${policy()}`,
  });
  t.deepEqual(
    report.findings.map(({rule, source}) => `${rule} ${source.document}`),
    ['readable 2'],
  );
});

test('a broken file, a missing target and a broken target hide nothing', async t => {
  const files = {
    'all/web.yaml': deployment(),
    'all/broken.yaml': 'a: 1\n\tb: 2\n',
    'broken.yaml': 'kind: [',
  };
  const {report, exitCode, stderr} = await audited(files, ['nope.yaml', 'all', 'broken.yaml']);
  t.is(exitCode, 2);
  t.is(report.findings.length, 1);
  t.deepEqual(
    report.skipped.map(({file}) => file),
    ['all/broken.yaml'],
  );
  t.deepEqual(
    report.failed.map(({file, reason}) => `${file}: ${reason}`),
    [
      'nope.yaml: the target does not exist',
      'broken.yaml: document 1, line 1, column 8: a value was expected',
    ],
  );
  t.regex(stderr, /^kube-harden: nope\.yaml: the target does not exist$/m);
  t.regex(stderr, /^skipped, not checked: all\/broken\.yaml: document 1, line 2/m);
  const named = await audited(files, ['all', 'nope.yaml', '--allow-skipped']);
  t.is(named.exitCode, 2, 'what was named must be there');
});

test('a part of a folder that cannot be read hides nothing', async t => {
  const cwd = folderOf({'a/web.yaml': deployment(), 'b/web.yaml': deployment('b')});
  symlinkSync('itself.yaml', path.join(cwd, 'a/itself.yaml'));
  symlinkSync('itself', path.join(cwd, 'a/itself'));
  const {exitCode, stdout} = await execa(...commandOf(['audit', '.', '--format', 'json']), {
    cwd,
    reject: false,
  });
  t.is(exitCode, 2);
  const {findings, skipped} = JSON.parse(stdout);
  t.is(findings.length, 2);
  t.deepEqual(skipped, [{file: 'a/itself.yaml', reason: 'it is a broken link'}]);
});

test('targets of which none can be judged give no report', async t => {
  const {exitCode, stdout, stderr} = await audited({'broken.yaml': 'kind: ['}, [
    'a',
    'broken.yaml',
  ]);
  t.is(exitCode, 2);
  t.is(stdout, '');
  t.is(stderr.split('\n').filter(line => line.startsWith('kube-harden: ')).length, 2);
});

test('templates and patches are named, and counted for nothing', async t => {
  const {report, exitCode, stderr} = await audited({
    'policy.yaml': policy(),
    'templates/if.yaml': '{{- if .Values.x }}\napiVersion: v1\nkind: Pod\n{{- end }}\n',
    'templates/name.yaml': 'apiVersion: v1\nkind: Pod\nmetadata:\n  name: {{ .Values.name }}\n',
    'templates/jinja.yaml': '# Jinja\n{% if x %}\nkind: Pod\n{% endif %}\n',
    'patches/delete.yaml': '$patch: delete\napiVersion: v1\nkind: Pod\nmetadata: {name: old}\n',
    'patches/six.yaml': '- op: remove\n  path: /spec/replicas\n',
  });
  t.is(exitCode, 0, stderr);
  t.deepEqual(report.skipped, []);
  for (const [file, reason] of [
    ['templates/if.yaml', 'it is a template'],
    ['templates/name.yaml', 'it is a template'],
    ['templates/jinja.yaml', 'it is a template'],
    ['patches/delete.yaml', 'it is a patch'],
    ['patches/six.yaml', 'it contains no manifest'],
  ]) {
    t.true(stderr.split('\n').includes(`skipped, because ${reason}: ${file}`), file);
  }
});

test('what only looks like a template or a patch is judged, or fails the audit', async t => {
  const pod = 'apiVersion: v1\nkind: Pod\nmetadata: {name: web}\n';
  const spec = 'spec: {hostNetwork: true, containers: [{name: a, image: a}]}\n';
  for (const text of [
    `${pod}${spec}---\na: {{ .x }}\n`,
    `# {{ x }}\n${pod}${spec}--- {a: b}\n`,
    `# {{ x }}\n${pod}a: "{{ \\q }}"\n`,
    `${pod}a: '{{ \u0001 }}'\n`,
  ]) {
    const {report, exitCode} = await audited({'a.yaml': policy(), 'b.yaml': text});
    t.is(exitCode, 2, text);
    t.is(report.skipped[0]?.file, 'b.yaml', text);
  }
  const {report} = await audited({'b.yaml': `$patch: delete\n${pod}${spec}`});
  t.true(report.findings.some(({rule}) => rule === 'no-host-network'));
});

test('the network of a folder is that of all its files', async t => {
  const cwd = folderOf({
    'policy.yaml': policy(),
    'web.yaml': deployment(),
    'x.yaml': deployment('front'),
  });
  const {stdout, exitCode} = await execa(executable, ['network', '.', '--format', 'json'], {cwd});
  t.is(exitCode, 0);
  const why = JSON.stringify(JSON.parse(stdout).before);
  t.regex(why, /"file":"policy\.yaml","document":1,"line":6/);
});
