import {counts, type Source} from '../findings/finding.ts';
import {audit as auditStream, type Told} from '../harden.ts';
import {helmCallOptions, helmChoices} from '../host/helm-options.ts';
import {
  parseCall,
  policyOf,
  requireOneOf,
  requireReportFile,
  sharedOptions,
  thresholdOf,
  today,
  writeReportFile,
} from '../host/options.ts';
import {writeReport} from '../host/standard-streams.ts';
import {
  exitCodeOf,
  fromTargets,
  requireTargets,
  type Target,
  targetOptions,
} from '../host/targets.ts';
import type {Policy} from '../policy/policy.ts';
import {formats} from '../report/formats.ts';

/**
 * Reports what is wrong with manifests and charts, and rewrites nothing.
 *
 * @throws {UsageError} where a target, the policy or the call cannot be used
 */
export async function audit(args: readonly string[]): Promise<number> {
  const {values, positionals} = parseCall({
    args: [...args],
    allowPositionals: true,
    options: {...sharedOptions, 'fail-on': {type: 'string'}, ...helmCallOptions, ...targetOptions},
  });
  requireTargets('audit', positionals);
  const format = requireOneOf('--format', values.format ?? 'table', Object.keys(formats));
  const reportFile = requireReportFile(values['report-file']);
  const failOn = thresholdOf('--fail-on', values['fail-on']);
  const policy = await policyOf(values, failOn === undefined ? {} : {failOn});
  const helm = helmChoices(values);
  const {results, skipped} = await fromTargets(positionals, helm, (text, target) =>
    check(text, target, policy),
  );
  const report = {...merged(results), policy, skipped};
  writeReportFile(reportFile, report);
  await writeReport(formats[format]?.(report) ?? '');
  const code = report.findings.some(finding => counts(finding, policy.failOn)) ? 1 : 0;
  return exitCodeOf(skipped, values['allow-skipped'], code);
}

function check(text: string, {file, origin}: Target, policy: Policy): Told {
  const result = auditStream(text, file, policy, today());
  if (origin !== 'rendered') return result;
  const {findings, notes} = result;
  return {...result, findings: findings.map(asRendered), notes: notes.map(asRendered)};
}

const asRendered = <Placed extends {readonly source: Source}>(placed: Placed): Placed => ({
  ...placed,
  source: {...placed.source, isRendering: true},
});

function merged(results: readonly Told[]): Told {
  const total = (key: keyof Told['summary']) =>
    results.reduce((sum, {summary}) => sum + summary[key], 0);
  const [first, ...others] = results.map(({staleExceptions}) => staleExceptions);
  return {
    findings: results.flatMap(({findings}) => findings),
    notes: results.flatMap(({notes}) => notes),
    summary: {
      documents: total('documents'),
      resources: total('resources'),
      findings: total('findings'),
      fixed: total('fixed'),
      remaining: total('remaining'),
      excepted: total('excepted'),
      undecided: total('undecided'),
    },
    // Stale is what is of no use in any target.
    staleExceptions: (first ?? []).filter(({exception}) =>
      others.every(stale => stale.some(each => each.exception === exception)),
    ),
  };
}
