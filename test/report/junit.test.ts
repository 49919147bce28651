import {readFileSync} from 'node:fs';
import path from 'node:path';
import test from 'ava';
import {validateXML} from 'xmllint-wasm';
import {resolvePolicy} from '../../src/config/resolve.ts';
import {harden} from '../../src/harden.ts';
import {toJUnit} from '../../src/report/junit.ts';
import type {Report} from '../../src/report/report.ts';
import {charts, renderedFile} from '../fixtures/charts.ts';
import {hostile, manifestOf} from '../security/hostile.ts';
import {repository} from '../tools/tools.ts';

function reportOn(text: string, profile = 'audit'): Report {
  const policy = resolvePolicy({
    profiles: [profile],
    exceptions: [{rules: ['no-privileged'], match: {}, reason: 'a <b> & "c"'}],
  });
  const {text: _, ...result} = harden(text, 'in.yaml', policy, '2030-01-01');
  return {...result, policy};
}

const schema = readFileSync(path.join(repository, 'test/report/junit.xsd'), 'utf8');

/** What is wrong with a report, according to the schema. */
async function mistakesIn(contents: string): Promise<readonly string[]> {
  const {errors} = await validateXML({
    xml: {fileName: 'report.xml', contents},
    schema: {fileName: 'junit.xsd', contents: schema},
  });
  return errors.map(({rawMessage}) => rawMessage);
}

test('a report is valid, whatever is in it', async t => {
  const texts = [
    '',
    ...charts.map(chart => readFileSync(renderedFile(chart), 'utf8')),
    ...[...hostile, ']]>', '\ufffe\uffff', '\u0000', '&#0;'].map(manifestOf),
  ];
  for (const text of texts) {
    for (const profile of ['audit', 'essential']) {
      t.deepEqual(await mistakesIn(toJUnit(reportOn(text, profile))), []);
    }
  }
  t.true((await mistakesIn('<testsuites/>')).length > 0);
});

test('what is open fails, what is excepted is skipped, what is fixed passes', t => {
  const report = reportOn(readFileSync(renderedFile('unsafe'), 'utf8'), 'essential');
  const xml = toJUnit(report);
  const count = (pattern: RegExp) => xml.match(pattern)?.length ?? 0;
  const {findings, remaining, excepted} = report.summary;
  t.is(count(/<testcase /g), findings);
  t.is(count(/<failure /g), remaining);
  t.is(count(/<skipped /g), excepted);
  t.true(excepted > 0 && remaining > 0 && findings > excepted + remaining);
  t.regex(
    xml,
    new RegExp(
      `^<testsuites name="kube-harden" tests="${findings}" failures="${remaining}" errors="0">`,
      'm',
    ),
  );
  t.regex(
    xml,
    /<testcase name="no-host-network[^"]*" classname="DaemonSet\/agent" file="in\.yaml" line="\d+"/,
  );
});

test('what was not checked is an error', t => {
  const xml = toJUnit({
    ...reportOn(''),
    skipped: [{file: 'a.yaml', reason: 'no YAML'}],
    failed: [],
  });
  t.regex(xml, /<error message="no YAML" type="not-checked"\/>/);
  t.regex(xml, /tests="1" failures="0" errors="1"/);
});
