import {readFileSync} from 'node:fs';
import test from 'ava';
import {resolvePolicy} from '../../src/config/resolve.ts';
import type {Finding} from '../../src/findings/finding.ts';
import {auditStream, harden} from '../../src/harden.ts';
import type {Report} from '../../src/report/report.ts';
import {toSarif} from '../../src/report/sarif.ts';
import {rules} from '../../src/rules/index.ts';
import {readStream} from '../../src/stream/manifest-stream.ts';
import {charts, renderedFile} from '../fixtures/charts.ts';
import {testWithPackages} from '../tools/with-tools.ts';
import {mistakesIn, sarifPackage} from './sarif-schema.ts';

function auditOf(chart: string, profile = 'audit'): Report {
  const policy = resolvePolicy({profiles: [profile]});
  const stream = readStream(readFileSync(renderedFile(chart), 'utf8'), `${chart}.yaml`);
  return {...auditStream(stream, policy, '2030-01-01'), policy, skipped: []};
}

const logOf = (report: Report) => JSON.parse(toSarif(report));

testWithPackages(sarifPackage)('every log fits the schema', t => {
  const policy = resolvePolicy({profiles: ['strict']});
  const hardened = harden(readFileSync(renderedFile('unsafe'), 'utf8'), 'a.yaml', policy);
  const reports: readonly Report[] = [
    ...charts.map(chart => auditOf(chart)),
    {...hardened, policy},
    {...auditOf('shop'), skipped: [{file: 'oci://h/web', reason: 'no'}], failed: []},
  ];
  for (const report of reports) t.deepEqual(mistakesIn(logOf(report)), []);
  t.true(mistakesIn({version: '2.1.0', runs: [{}]}).length > 0);
});

test('each rule has a name, help in Markdown and a page, and the driver its version', t => {
  const {driver} = logOf(auditOf('unsafe')).runs[0].tool;
  t.regex(driver.version, /^\d+\.\d+\.\d+/);
  t.is(driver.rules.length, rules.length);
  for (const rule of driver.rules) {
    t.regex(rule.name, /^[A-Z][A-Za-z]*$/);
    t.regex(rule.help.markdown, /^\*\*How to fix it\.\*\* .+\n\n\*\*Why it matters\.\*\* /);
    t.regex(rule.helpUri, /^https:\/\/kubernetes\.io\//);
    t.true(rule.properties.tags.length <= 20);
  }
});

test('no uri is absolute, whatever the target', t => {
  const [first] = auditOf('unsafe').findings as readonly [Finding];
  const rendering = {isRendering: true, template: 'web/templates/a.yaml'} as const;
  const places: readonly (readonly [string, string])[] = [
    ['oci://h/web:1', 'web/templates/a.yaml'],
    ['https://h/web.tgz', 'web/templates/a.yaml'],
    ['charts/my web', 'charts/my%20web/templates/a.yaml'],
    ['/repo/charts/web', 'charts/web/templates/a.yaml'],
    ['/elsewhere/web', 'elsewhere/web/templates/a.yaml'],
  ];
  for (const [file, uri] of places) {
    const finding: Finding = {...first, source: {...first.source, ...rendering, file, fileLine: 9}};
    const report = {...auditOf('unsafe'), findings: [finding], workingDirectory: '/repo'};
    const {artifactLocation, region} =
      logOf(report).runs[0].results[0].locations[0].physicalLocation;
    t.is(artifactLocation.uri, uri);
    t.deepEqual(region, {startLine: uri.startsWith('web/') ? 1 : 9, startColumn: 1});
  }
});

test('a result is recognized by what GitHub compares', t => {
  const {results} = logOf(auditOf('unsafe')).runs[0];
  const hashes = results.map(
    (result: {partialFingerprints: {primaryLocationLineHash: string}}) =>
      result.partialFingerprints.primaryLocationLineHash,
  );
  t.is(new Set(hashes).size, results.length);
});

test('no more results than GitHub accepts, the most severe, and a count of the others', t => {
  const report = auditOf('unsafe');
  const findings = Array.from({length: 3000}, () => report.findings).flat();
  t.true(findings.length > 25_000);
  const [run] = logOf({...report, findings}).runs;
  t.is(run.results.length, 25_000);
  const levels = new Set(run.results.map(({level}: {level: string}) => level));
  t.deepEqual([...levels], ['error']);
  const [{message}] = run.invocations[0].toolExecutionNotifications;
  const left = (findings.length - 25_000).toLocaleString('en');
  t.is(message.text, `${left} less severe findings are left out: a file has room for 25,000`);
});
