import {readFileSync} from 'node:fs';
import test from 'ava';
import {profiles} from '../../src/config/profiles.ts';
import {type PolicyChoices, resolvePolicy} from '../../src/config/resolve.ts';
import type {Finding} from '../../src/findings/finding.ts';
import {audit, harden} from '../../src/harden.ts';
import {undecidedChoices} from '../../src/policy/policy.ts';
import {charts, renderedFile} from '../fixtures/charts.ts';

/** The identity of a finding, with its outcome in render. */
const said = ({rule, path, container, resource, source}: Finding, outcome: string): string =>
  [resource.kind, resource.name, source.document, rule, path, container, outcome].join(' ');

/** The outcome of a finding in render. */
function outcomeOf({status, waits}: Finding): string {
  if (status !== 'flagged') return status === 'fixed' ? 'would-fix' : status;
  return waits === true ? 'waits' : 'flag-only';
}

const exceptions: PolicyChoices['exceptions'] = [
  {rules: ['no-host-network', 'no-privilege-escalation'], match: {}, reason: 'a test'},
];
const policies: readonly PolicyChoices[] = [
  ...Object.keys(profiles).map(profile => ({profiles: [profile]})),
  ...undecidedChoices.map(undecided => ({profiles: ['essential', 'restricted'], undecided})),
  {exceptions},
];

test('an audit says of each finding what render makes of it', t => {
  const seen = new Set<string>();
  for (const chart of charts) {
    const text = readFileSync(renderedFile(chart), 'utf8');
    for (const choices of policies) {
      const policy = resolvePolicy(choices);
      const told = audit(text, 'in', policy);
      const rendered = harden(text, 'in', policy);
      t.deepEqual(
        told.findings.map(finding => said(finding, finding.disposition)),
        rendered.findings.map(finding => said(finding, outcomeOf(finding))),
      );
      for (const {disposition, status, after} of told.findings) {
        seen.add(disposition);
        t.is(status, disposition === 'excepted' ? 'excepted' : 'flagged');
        t.is(after, undefined);
      }
      for (const {disposition, status} of rendered.findings) {
        t.is(disposition === 'fixed', status === 'fixed');
      }
      t.is(told.summary.fixed, 0);
      t.is(told.summary.remaining, rendered.summary.remaining + rendered.summary.fixed);
      t.is(told.summary.undecided, rendered.summary.undecided);
    }
  }
  t.deepEqual([...seen].sort(), ['excepted', 'flag-only', 'waits', 'would-fix']);
});
