import test from 'ava';
import {resolvePolicy} from '../../src/config/resolve.ts';
import type {Finding, Source} from '../../src/findings/finding.ts';
import {auditStream} from '../../src/harden.ts';
import {formats} from '../../src/report/formats.ts';
import {filePlaceOf} from '../../src/report/place.ts';
import type {Report} from '../../src/report/report.ts';
import {readStream} from '../../src/stream/manifest-stream.ts';
import {commandsIn} from './workflow-commands.ts';

function auditOf(text: string, file = 'manifests/all.yaml'): Report {
  const policy = resolvePolicy({profiles: ['audit']});
  return {...auditStream(readStream(text, file), policy, '2030-01-01'), policy, skipped: []};
}

const pod = (name: string, more = '') => `apiVersion: v1
kind: Pod
metadata: {name: ${name}, labels: {app: a}}
spec:
  hostPID: true
  ${more}
  containers: [{name: a, image: a}]
`;

const write = (format: string, report: Report) => formats[format]?.(report) ?? '';

interface Violation {
  readonly description: string;
  readonly check_name: string;
  readonly fingerprint: string;
  readonly severity: string;
  readonly location: {readonly path: string; readonly lines: {readonly begin: number}};
}

const violationsOf = (report: Report): readonly Violation[] => JSON.parse(write('gitlab', report));

test('github: one annotation per finding, at its line, the most severe first', t => {
  const report = auditOf(pod('web'));
  const commands = commandsIn(write('github', report));
  t.is(commands.length, report.findings.length);
  const annotation = commands.find(({properties}) => properties['title'] === 'no-host-pid (high)');
  t.like(annotation, {
    name: 'error',
    properties: {file: 'manifests/all.yaml', line: '5', col: '3'},
  });
  const [message, remedy] = annotation?.data.split('\n') ?? [];
  const finding = report.findings.find(({rule}) => rule === 'no-host-pid');
  t.is(message, `Pod/web: ${finding?.message}`);
  t.is(remedy, finding?.remedy);
  const order = commands.map(({name}) => ['error', 'warning', 'notice'].indexOf(name));
  t.deepEqual(
    order,
    order.toSorted((a, b) => a - b),
  );
});

test('github: a note says that only ten of a kind are shown', t => {
  const one = write('github', auditOf(pod('web')));
  t.notRegex(one, /first 10/);
  const many = write(
    'github',
    auditOf(Array.from({length: 11}, (_, i) => pod(`p${i}`)).join('---\n')),
  );
  t.regex(
    many,
    /^note: GitHub shows only the first 10 errors, warnings.* All \d+ are in this log/m,
  );
});

test('gitlab: one violation per finding, each with its own fingerprint', t => {
  const report = auditOf(`${pod('web')}---\n${pod('web')}`);
  const violations = violationsOf(report);
  t.is(violations.length, report.findings.length);
  t.is(new Set(violations.map(({fingerprint}) => fingerprint)).size, violations.length);
  const first = violations.find(({check_name}) => check_name === 'no-host-pid');
  t.like(first, {
    severity: 'critical',
    location: {path: 'manifests/all.yaml', lines: {begin: 5}},
  });
  t.regex(first?.description ?? '', /^Pod\/web: .*\. Remove `hostPID/);
});

test('gitlab: a finding keeps its fingerprint when its line moves', t => {
  const fingerprints = (text: string) =>
    violationsOf(auditOf(text)).map(({fingerprint}) => fingerprint);
  t.deepEqual(fingerprints(`# a comment\n${pod('web')}`), fingerprints(pod('web')));
});

test('what is fixed or excepted is no annotation', t => {
  const report = auditOf(pod('web'));
  const settled = report.findings.map(
    (finding, index): Finding => ({...finding, status: index % 2 === 0 ? 'fixed' : 'excepted'}),
  );
  const told = {...report, findings: settled};
  t.deepEqual(commandsIn(write('github', told)), []);
  t.deepEqual(violationsOf(told), []);
});

test('what could not be checked is an error', t => {
  const unjudged = {
    skipped: [{file: 'a,b:c.yaml', reason: '50% of it\nis missing'}],
    failed: [{file: 'd.yaml', reason: 'no YAML'}],
  };
  const report = {...auditOf(pod('web')), findings: [], ...unjudged};
  t.deepEqual(
    commandsIn(write('github', report)).map(({name, properties, data}) => [
      name,
      properties['file'],
      data,
    ]),
    [
      ['error', 'd.yaml', 'not checked: no YAML'],
      ['error', 'a,b:c.yaml', 'not checked: 50% of it\\u000ais missing'],
    ],
  );
  t.deepEqual(
    violationsOf(report).map(({check_name, severity, location}) => [
      check_name,
      severity,
      location.path,
    ]),
    [
      ['not-checked', 'blocker', 'd.yaml'],
      ['not-checked', 'blocker', 'a,b:c.yaml'],
    ],
  );
});

const source = (more: Partial<Source>): Source => ({
  file: 'a.yaml',
  document: 1,
  line: 7,
  column: 3,
  ...more,
});

const rendering = {isRendering: true, templateLine: 2} as const;

test('a finding is shown in a file of the repository', t => {
  const places: readonly (readonly [Partial<Source>, string, number?])[] = [
    [{}, 'a.yaml', 7],
    [{file: './x/a.yaml'}, 'x/a.yaml', 7],
    [{file: '../a.yaml'}, '../a.yaml', 7],
    [{file: '<stdin>', template: 'web/templates/a.yaml'}, '<stdin>', 7],
    [{file: './web', template: 'web/templates/a.yaml', ...rendering}, 'web/templates/a.yaml'],
    [
      {file: './web', template: 'web/templates/a.yaml', fileLine: 4, ...rendering},
      'web/templates/a.yaml',
      4,
    ],
    [{file: '/repo/web', template: 'web/templates/a.yaml', ...rendering}, 'web/templates/a.yaml'],
    [{file: '/repo/a.yaml'}, 'a.yaml', 7],
    [{file: '/repository/a.yaml'}, '/repository/a.yaml', 7],
    [{file: '.', template: 'web/templates/a.yaml', ...rendering}, 'templates/a.yaml'],
    [{file: 'charts/x/', template: 'web/crds/a.yaml', ...rendering}, 'charts/x/crds/a.yaml'],
    [
      {file: 'x', template: 'web/charts/db/templates/a.yaml', ...rendering},
      'x/charts/db/templates/a.yaml',
    ],
    [{file: 'x', template: 'web/../../etc/a.yaml', ...rendering}, 'x/Chart.yaml'],
    [{file: 'x', template: 'web', ...rendering}, 'x/Chart.yaml'],
    [{file: 'x', template: 'web//a.yaml', ...rendering}, 'x/Chart.yaml'],
    [{file: 'x/', ...rendering}, 'x/Chart.yaml'],
    [{file: 'web.tgz', template: 'web/templates/a.yaml', ...rendering}, 'web.tgz'],
    [
      {file: 'oci://h/web:1.0.0', template: 'web/templates/a.yaml', ...rendering},
      'web/templates/a.yaml',
    ],
    [{file: 'oci://h/x/web:1.0.0', ...rendering}, 'web/Chart.yaml'],
    [{file: 'https://h/x/web-1.0.0.tgz?a=b', ...rendering}, 'web-1.0.0/Chart.yaml'],
    [{file: 'overlay/kustomization.yaml', isRendering: true}, 'overlay/kustomization.yaml'],
  ];
  for (const [from, file, line] of places) {
    t.deepEqual(filePlaceOf(source(from), '/repo'), line === undefined ? {file} : {file, line});
  }
});

test('what was rendered for the audit is told with its line there', t => {
  const report = auditOf(pod('web'));
  const findings = report.findings.map(each => ({
    ...each,
    source: source({file: 'web', template: 'web/templates/a.yaml', ...rendering}),
  }));
  const [command] = commandsIn(write('github', {...report, findings}));
  t.is(command?.properties['file'], 'web/templates/a.yaml');
  t.is(command?.properties['line'], undefined);
  t.regex(command?.data ?? '', / \(line 2 of the output of web\/templates\/a\.yaml\)\n/);
});
