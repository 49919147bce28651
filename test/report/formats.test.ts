import {readFileSync} from 'node:fs';
import path from 'node:path';
import {Ajv2020} from 'ajv/dist/2020.js';
import test from 'ava';
import {type PolicyChoices, resolvePolicy} from '../../src/config/resolve.ts';
import type {Finding} from '../../src/findings/finding.ts';
import {harden} from '../../src/harden.ts';
import {formats} from '../../src/report/formats.ts';
import type {Report} from '../../src/report/report.ts';
import {charts, renderedFile} from '../fixtures/charts.ts';
import {repository} from '../tools/tools.ts';

function reportOn(text: string, choices: PolicyChoices = {}, file = 'in.yaml'): Report {
  const policy = resolvePolicy(choices);
  const {text: _, ...result} = harden(text, file, policy, '2030-01-01');
  return {...result, policy};
}

const fixture = (chart: string) => readFileSync(renderedFile(chart), 'utf8');
const write = (format: string, report: Report) => formats[format]?.(report) ?? '';

const pod = (name: string) =>
  `apiVersion: v1
kind: Pod
metadata: {name: ${name}, labels: {app: a}}
spec: {hostNetwork: true, containers: [{name: a, image: a}]}
`;
const balancer = `apiVersion: v1
kind: Service
metadata: {name: b}
spec: {type: LoadBalancer, selector: {app: a}, ports: [{port: 1}]}
`;
const allowed: PolicyChoices = {
  exceptions: [
    {rules: ['no-host-network'], match: {kind: 'Pod'}, reason: 'it *is* | the node'},
    {rules: ['no-host-port'], match: {}, reason: 'long ago', expires: '2020-01-01'},
  ],
};

test('every JSON report fits the schema in docs', t => {
  const schema = readFileSync(path.join(repository, 'docs/report.schema.json'), 'utf8');
  const validate = new Ajv2020({allowMatchingProperties: true}).compile(JSON.parse(schema));
  const reports = [
    ...charts.flatMap(chart =>
      ['audit', 'essential', 'strict'].map(name => reportOn(fixture(chart), {profiles: [name]})),
    ),
    reportOn(pod('a'), allowed),
    {...reportOn(pod('a')), refusal: 'no-host-network in Pod/a'},
    reportOn(`${pod('a').replace('hostNetwork: true, ', '')}---\n${balancer}`),
    reportOn(''),
  ];
  t.true(reports.some(({notes}) => notes.some(({disposition}) => disposition === 'cut')));
  for (const report of reports) {
    t.true(validate(JSON.parse(write('json', report))), JSON.stringify(validate.errors));
  }
  t.false(validate({...JSON.parse(write('json', reportOn(''))), summary: {}}));
});

test('SARIF: a result a finding, each with its rule, level and place', t => {
  const report = reportOn(fixture('unsafe'), {profiles: ['audit']}, 'my charts/unsafe.yaml');
  const {version, runs} = JSON.parse(write('sarif', report));
  t.is(version, '2.1.0');
  const [{tool, results}] = runs;
  t.is(results.length, report.findings.length);
  const at = report.findings.findIndex(({rule}) => rule === 'no-host-network');
  const finding = report.findings[at];
  t.like(results[at], {
    ruleId: 'no-host-network',
    kind: 'fail',
    level: 'error',
    properties: {status: 'flagged', template: 'unsafe/templates/agent.yaml'},
  });
  t.true(results[at].message.text.startsWith(`${finding?.message} (evidence of need: `));
  t.like(results[at].locations[0], {
    physicalLocation: {
      artifactLocation: {uri: 'my%20charts/unsafe.yaml'},
      region: {startLine: finding?.source.line, startColumn: finding?.source.column},
    },
    logicalLocations: [{fullyQualifiedName: 'DaemonSet//agent'}],
  });
  for (const {ruleId, ruleIndex} of results) t.is(tool.driver.rules[ruleIndex].id, ruleId);
});

test('SARIF: what was rewritten is no failure, what is excepted is suppressed', t => {
  const [run] = JSON.parse(write('sarif', reportOn(pod('a'), allowed))).runs;
  const of = (rule: string) => run.results.find(({ruleId}: {ruleId: string}) => ruleId === rule);
  t.like(of('no-privilege-escalation'), {kind: 'informational', level: 'none'});
  t.deepEqual(of('no-host-network').suppressions, [
    {kind: 'external', status: 'accepted', justification: 'it *is* | the node'},
  ]);
});

test('table and Markdown say why a finding is allowed, and what is stale', t => {
  const report = reportOn(pod('a'), allowed);
  t.regex(
    write('table', report),
    / excepted {3}no-host-network .*\n(?: .*\n)* +allowed: it \*is\* \| the node\n/,
  );
  t.regex(
    write('table', report),
    /stale exception \(expired\): no-host-port, match \{\}: long ago/,
  );
  t.regex(write('markdown', report), /\(allowed: it `\*is\*` \\\| the node\)/);
  t.regex(write('markdown', report), /stale exception \(expired\)/);
});

test('of the reason of a stale entry, as much is told as shows which it is', t => {
  const long = {
    ...allowed,
    exceptions: [{rules: ['no-root'], match: {}, reason: 'very long '.repeat(90)}],
  };
  t.regex(
    write('table', reportOn(pod('a'), long)),
    /^stale exception \(matches nothing\): no-root, match \{\}: (?:very long ){7}very long…$/m,
  );
});

test('what nobody sees is escaped in every format, and JSON loses nothing', t => {
  const unseen = [
    '\u0085',
    '\u009b',
    '\u00ad',
    '\u061c',
    '\u200b',
    '\u202e',
    '\u2028',
    '\u2066',
    '\u3164',
    '\ufe0f',
    '\ufeff',
    '\u{e0041}',
  ];
  const name = `a${unseen.join('')}b`;
  const yaml = pod(JSON.stringify(name).replace(/[^ -~]/gu, escapeForYaml));
  const report = reportOn(yaml, {profiles: ['audit']});
  t.is(report.findings[0]?.resource.name, name);
  for (const format of Object.keys(formats)) {
    const text = write(format, report);
    t.regex(text, /u202e/);
    for (const character of unseen) t.false(text.includes(character), format);
  }
  t.is(JSON.parse(write('json', report)).findings[0].resource.name, name);
  t.true(write('sarif', report).includes('\\udb40\\udc41'));
});

const escapeForYaml = (character: string): string =>
  `\\U${(character.codePointAt(0) ?? 0).toString(16).padStart(8, '0')}`;

test('objects of one name in two documents are two objects', t => {
  const headings = write('table', reportOn(`${pod('a')}---\n${pod('a')}`)).match(/^Pod\/a {2}/gm);
  t.is(headings?.length, 2);
});

test('a table tells the file in which it counts lines, and the template', t => {
  t.regex(
    write('table', reportOn(fixture('unsafe'), {}, 'all.yaml')),
    /^DaemonSet\/agent {2}\(all\.yaml, from unsafe\/templates\/agent\.yaml\)$/m,
  );
});

test('one of a thing is no plural', t => {
  t.regex(write('table', reportOn(pod('a'))), /^1 document, 1 resource: \d+ findings, /m);
  const one = {rules: {'no-host-network': 'flag'} as const, profiles: ['baseline']};
  t.regex(write('markdown', reportOn(pod('a'), one)), /^1 finding: /m);
});

test('findings without number overflow no stack', t => {
  const one = reportOn(pod('a'), {profiles: ['audit']});
  const report = {
    ...one,
    findings: Array.from({length: 150_000}, () => one.findings[0] as Finding),
  };
  for (const format of Object.keys(formats)) {
    const text = write(format, report);
    // A table says once what findings share.
    if (format === 'table') t.true(text.includes(' ×150000'));
    else t.true(text.length > report.findings.length);
  }
});
