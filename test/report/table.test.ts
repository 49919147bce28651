import {readFileSync} from 'node:fs';
import test from 'ava';
import {resolvePolicy} from '../../src/config/resolve.ts';
import type {Finding} from '../../src/findings/finding.ts';
import {auditStream} from '../../src/harden.ts';
import type {Report} from '../../src/report/report.ts';
import {plainStyle, type TableStyle} from '../../src/report/table/style.ts';
import {toText} from '../../src/report/table/table.ts';
import {severities} from '../../src/severity.ts';
import {readStream} from '../../src/stream/manifest-stream.ts';
import {charts, renderedFile} from '../fixtures/charts.ts';

function auditOf(text: string, profile = 'audit'): Report {
  const policy = resolvePolicy({profiles: [profile]});
  return {...auditStream(readStream(text, 'in.yaml'), policy, '2030-01-01'), policy, skipped: []};
}

const shown = (report: Report, style: Partial<TableStyle> = {}) =>
  toText(report, {...plainStyle, ...style});

const container = (name: string, more = '') =>
  `    - {name: ${name}, image: a, securityContext: {privileged: true}${more}}\n`;

const pod = (name: string, ...containers: readonly string[]) => `apiVersion: v1
kind: Pod
metadata: {name: ${name}, labels: {app: a}}
spec:
  containers:
${containers.join('')}`;

const two = `${pod('one', container('a'), container('b'))}---
${pod('two', container('a', ', ports: [{containerPort: 1, hostPort: 1}]'))}`;

test('findings of one rule share a line, with their containers and lines', t => {
  const text = shown(auditOf(two));
  t.regex(text, /^ {2}critical {2}flagged {4}no-privileged ×2: a, b \(lines 6, 7\)$/m);
  t.regex(text, /^ {2}critical {2}flagged {4}no-privileged: a \(line 14\)$/m);
});

test('no sentence is said twice', t => {
  for (const chart of charts) {
    for (const profile of ['audit', 'essential', 'strict']) {
      const report = auditOf(readFileSync(renderedFile(chart), 'utf8'), profile);
      const sentences = shown(report)
        .split('\n')
        .filter(line => /^ {23}[^-]/.test(line) && !/evidence of need|unknown: /.test(line));
      t.deepEqual(sentences, [...new Set(sentences)], chart);
    }
  }
});

test('what is special about a finding is told, however many share the rest', t => {
  const text = shown(auditOf(readFileSync(renderedFile('unsafe'), 'utf8')));
  t.regex(text, / no-sys-admin ×2: mounter "cap_sys_admin", "SYS_ADMIN" \(lines 167, 168\)$/m);
  t.regex(text, /^ {23}the capability … gives the container CAP_SYS_ADMIN: control over/m);
  t.regex(text, /^ {23}- "docker" is the host folder "\/var\/run\/docker\.sock" \(line 181\)$/m);
  t.regex(text, /^ {23}the volume …: its content outlives the pod and is not private to it$/m);
});

const volume = (name: string, folder: string) => `{name: ${name}, hostPath: {path: ${folder}}}`;

test('sentences are not joined in one line, and names are, by container', t => {
  const text = shown(
    auditOf(
      `${pod('one', container('a'), container('b'))}  volumes: [${volume('u', '/opt/u')}, ${volume('v', '/opt/v')}]\n`,
    ),
  );
  t.regex(
    text,
    /no-host-path ×2\n {23}- "u" is the host folder "\/opt\/u" \(line 8\)\n {23}- "v" is the host folder "\/opt\/v" \(line 8\)\n/,
  );
  t.regex(text, /require-limits ×4: `limits\.cpu`, `limits\.memory` in a, b \(lines 6, 7\)$/m);
  t.regex(
    text,
    /require-requests ×6: `requests\.cpu`, `requests\.memory`, `limits\.ephemeral-storage` in a, b \(lines 6, 7\)\n {23}… of the container must be set\n/,
  );
  const different = shown(
    auditOf(pod('one', container('a', ', resources: {limits: {cpu: 1}}'), container('b'))),
  );
  t.regex(different, /require-limits ×3: a `limits\.memory`; b `limits\.cpu`, `limits\.memory` \(/);
});

test('every finding is counted in the table, and shown by --verbose', t => {
  for (const chart of charts) {
    const report = auditOf(readFileSync(renderedFile(chart), 'utf8'), 'essential');
    const rows = shown(report).match(/^ {2}(?:low|medium|high|critical) .*$/gm) ?? [];
    const counts = rows.map(row => Number(/^ {2}\S+ +\S+ +\S+ ×(\d+)/.exec(row)?.[1] ?? 1));
    t.is(
      counts.reduce((sum, count) => sum + count, 0),
      report.findings.length,
    );
    const verbose = shown(report, {detail: 'verbose'});
    t.is(
      (verbose.match(/^ {2}(?:low|medium|high|critical) .*$/gm) ?? []).length,
      report.findings.length,
    );
    for (const {message} of report.findings) t.true(verbose.includes(message), message);
  }
});

test('the worst comes first', t => {
  const report = auditOf(readFileSync(renderedFile('unsafe'), 'utf8'));
  const blocks = shown(report)
    .split('\n\n')
    .filter(block => /^\w+\/\S+ {2}\(/.test(block));
  const ranks = blocks.map(block =>
    [...block.matchAll(/^ {2}(low|medium|high|critical) /gm)].map(([, severity]) =>
      severities.indexOf(severity as (typeof severities)[number]),
    ),
  );
  t.true(ranks.length > 5);
  for (const each of ranks)
    t.deepEqual(
      each,
      each.toSorted((a, b) => b - a),
    );
  const worst = ranks.map(each => each[0] ?? -1);
  t.deepEqual(
    worst,
    worst.toSorted((a, b) => b - a),
  );
});

test('the last lines count what render would do', t => {
  const report = auditOf(readFileSync(renderedFile('shop'), 'utf8'), 'essential');
  const [totals, outcome, next] = shown(report, {next: 'kube-harden x'})
    .trimEnd()
    .split('\n')
    .slice(-3);
  t.is(totals, '35 documents, 35 resources: 32 findings, 2 critical, 16 high, 14 medium');
  t.is(outcome, 'render would fix 29, 1 waits for your decision, 2 are for you to mend');
  t.is(next, 'Next: kube-harden x');
  t.is(shown(report, {detail: 'quiet'}), `${totals}\n${outcome}\n`);
  t.is(shown(auditOf('')), '0 documents, 0 resources: no findings\n');
});

test('no line is wider than the terminal, unless one word is', t => {
  for (const chart of charts) {
    const report = auditOf(readFileSync(renderedFile(chart), 'utf8'));
    for (const width of [40, 80, 160]) {
      const lines = shown(report, {width}).split('\n');
      const wide = lines.filter(line => line.length > width && line.trim().includes(' '));
      const isOneWord = (line: string) => /^(?: {2}\S+ +\S+ +| *(?:- )?|\S+ +)\S+$/.test(line);
      t.deepEqual(
        wide.filter(line => !isOneWord(line)),
        [],
      );
    }
  }
});

test('colors change nothing but colors', t => {
  const report = auditOf(two, 'essential');
  for (const width of [60, 80, Number.POSITIVE_INFINITY]) {
    const colored = shown(report, {width, isColored: true});
    t.true(colored.includes('\u001b[1;31mcritical'));
    t.is(colored.replace(sgr, ''), shown(report, {width}));
  }
});

test('many findings of one object stay a few lines', t => {
  const report = auditOf(
    pod('many', ...Array.from({length: 2000}, (_, at) => container(`c${at}`))),
  );
  t.true(report.findings.length > 10_000);
  const text = shown(report);
  t.true(text.length < 20_000, `${text.length}`);
  t.regex(text, /no-privileged ×2000: c0, .* and 1990 more \(lines 6, .* and 1990 more\)/);
});

test('a name that begins a command never begins a line', t => {
  const [first] = auditOf(two).findings as readonly [Finding];
  const hostile = ['a ::error::x', '::error::b', 'x ::stop-commands::y'];
  const findings = hostile.map(
    (message): Finding => ({...first, rule: 'team/x', message, evidence: [message], waits: true}),
  );
  for (const width of [20, 40, Number.POSITIVE_INFINITY]) {
    const text = shown({...auditOf(two), findings}, {width});
    t.true(text.includes('::error'));
    t.notRegex(text, /^\s*::/m);
  }
});

// biome-ignore lint/suspicious/noControlCharactersInRegex: SGR begins with one
const sgr = /\u001b\[[\d;]*m/g;
