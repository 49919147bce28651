import {type Finding, isOpen, titleOf} from '../findings/finding.ts';
import {type Element, xmlDocument} from '../text/xml.ts';
import {filePlaceOf} from './place.ts';
import {type Report, tool, type Unjudged} from './report.ts';
import {byObject, type Findings} from './table/groups.ts';
import {approvalText, placeText, textOf} from './text.ts';

/**
 * The report as JUnit XML, which CI systems show as tests: a suite for each object, and a case for each finding. What is
 * open fails, what is excepted or known is skipped, what is fixed passes, and what could not be checked is an error. There
 * is no standard; the elements are those that Jenkins and GitLab read:
 * https://github.com/jenkinsci/xunit-plugin, https://docs.gitlab.com/ci/testing/unit_test_reports/.
 */
export function toJUnit(report: Report): string {
  const {skipped = [], failed = []} = report;
  const unjudged = [...failed, ...skipped];
  const suites = [
    ...(unjudged.length === 0 ? [] : [suite('not checked', unjudged.map(errorOf))]),
    ...byObject(report.findings).map(findings => suiteOf(findings, report)),
  ];
  // A file without cases is an error to most CI systems.
  const all = suites.length === 0 ? [suite(tool.name, [testCase('no findings', {})])] : suites;
  return xmlDocument({
    name: 'testsuites',
    attributes: {name: tool.name, ...totals(all.map(({counts}) => counts))},
    content: all.map(({element}) => element),
  });
}

interface Counts {
  readonly tests: number;
  readonly failures: number;
  readonly errors: number;
}

interface Suite {
  readonly counts: Counts;
  readonly element: Element;
}

const totals = (all: readonly Counts[]): Counts => ({
  tests: all.reduce((sum, {tests}) => sum + tests, 0),
  failures: all.reduce((sum, {failures}) => sum + failures, 0),
  errors: all.reduce((sum, {errors}) => sum + errors, 0),
});

function suite(name: string, content: readonly Element[]): Suite {
  const having = (outcome: string) =>
    content.filter(each => Array.isArray(each.content) && each.content[0]?.name === outcome).length;
  const counts = {tests: content.length, failures: having('failure'), errors: having('error')};
  return {
    counts,
    element: {
      name: 'testsuite',
      attributes: {name, ...counts, skipped: having('skipped')},
      content,
    },
  };
}

const suiteOf = (findings: Findings, report: Report): Suite =>
  suite(
    titleOf(findings[0]),
    findings.map(finding => caseOf(finding, report)),
  );

function caseOf(finding: Finding, {workingDirectory}: Report): Element {
  const {rule, severity, container, path, remedy, reason, source} = finding;
  const {file, line} = filePlaceOf(source, workingDirectory);
  const name = [rule, ...(container === undefined ? [] : [container]), path].join(' ');
  const place = {classname: titleOf(finding), file, line};
  if (isOpen(finding)) {
    const text = `${textOf(finding)}${placeText(finding)}\n${remedy}`;
    const attributes = {message: finding.message, type: severity};
    return testCase(name, place, {name: 'failure', attributes, content: text});
  }
  if (finding.status === 'fixed') return testCase(name, place);
  const message = reason === undefined ? 'known' : approvalText({...finding, reason});
  return testCase(name, place, {name: 'skipped', attributes: {message}});
}

const errorOf = ({file, reason}: Unjudged): Element =>
  testCase(
    'not checked',
    {classname: file, file},
    {name: 'error', attributes: {message: reason, type: 'not-checked'}},
  );

const testCase = (
  name: string,
  place: NonNullable<Element['attributes']>,
  outcome?: Element,
): Element => ({
  name: 'testcase',
  attributes: {name, classname: tool.name, ...place},
  content: outcome === undefined ? [] : [outcome],
});
