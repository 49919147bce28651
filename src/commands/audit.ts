import {concernOf} from '../check/concern.ts';
import {counts} from '../findings/finding.ts';
import {numberedAnew} from '../findings/fingerprints.ts';
import {auditStream, type Told} from '../harden.ts';
import {helmCallOptions, helmChoices} from '../host/helm-options.ts';
import {
  parseCall,
  policyOf,
  requireOneOf,
  requireReportFiles,
  sharedOptions,
  thresholdOf,
  today,
  writeReportFiles,
} from '../host/options.ts';
import {writeReport} from '../host/standard-streams.ts';
import {exitCodeOf, fromTargets, requireTargets, targetOptions} from '../host/targets.ts';
import {formats} from '../report/formats.ts';

/**
 * Reports what is wrong with manifests and charts, and rewrites nothing.
 *
 * @throws {UsageError} if a target, the policy or the command line is invalid
 */
export async function audit(args: readonly string[]): Promise<number> {
  const {values, positionals} = parseCall({
    args: [...args],
    allowPositionals: true,
    options: {...sharedOptions, 'fail-on': {type: 'string'}, ...helmCallOptions, ...targetOptions},
  });
  requireTargets('audit', positionals);
  const format = requireOneOf('--format', values.format ?? 'table', Object.keys(formats));
  const reportFiles = requireReportFiles(values['report-file']);
  const failOn = thresholdOf('--fail-on', values['fail-on']);
  const policy = await policyOf(values, failOn === undefined ? {} : {failOn});
  const helm = helmChoices(values);
  const outcome = await fromTargets(positionals, helm, concernOf(policy), stream =>
    auditStream(stream, policy, today()),
  );
  const {results, skipped, failed} = outcome;
  const report = {...merged(results), policy, skipped, failed};
  writeReportFiles(reportFiles, report);
  await writeReport(formats[format]?.(report) ?? '');
  const code = report.findings.some(finding => counts(finding, policy.failOn)) ? 1 : 0;
  return exitCodeOf(outcome, values['allow-skipped'], code);
}

function merged(results: readonly Told[]): Told {
  const total = (key: keyof Told['summary']) =>
    results.reduce((sum, {summary}) => sum + summary[key], 0);
  const [first, ...others] = results.map(({staleExceptions}) => staleExceptions);
  return {
    findings: numberedAnew(results.flatMap(({findings}) => findings)),
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
    // An entry is stale if it is of no use in any target.
    staleExceptions: (first ?? []).filter(({exception}) =>
      others.every(stale => stale.some(each => each.exception === exception)),
    ),
  };
}
