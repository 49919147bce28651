import {UsageError} from '../errors.ts';
import {failsAudit} from '../findings/finding.ts';
import {mergedTold} from '../host/merged.ts';
import {
  judgingOptions,
  layeredPolicy,
  parseCall,
  policyOptions,
  requireOneOf,
} from '../host/options.ts';
import {readReports} from '../host/read-reports.ts';
import {reportFileOptions, reportFilesOf, writeReportFiles} from '../host/report-files.ts';
import {reportLabels} from '../host/report-labels.ts';
import {writeReport} from '../host/standard-streams.ts';
import {exitCodeOf, targetOptions, tellSkipped} from '../host/targets.ts';
import {tableOptions, tableStyle} from '../host/terminal.ts';
import {auditFormats} from '../report/formats.ts';
import {toText} from '../report/table/table.ts';

/**
 * Makes one report of the JSON reports of audits. Those of all shards of an audit become, byte for byte, the report of
 * one run.
 *
 * @throws {UsageError} if a file is no report, the reports do not belong together, or the call is invalid
 */
export async function merge(args: readonly string[]): Promise<number> {
  const {values, positionals} = parseCall({
    args: [...args],
    allowPositionals: true,
    options: {
      ...policyOptions,
      ...judgingOptions,
      ...targetOptions,
      'fail-on': {type: 'string'},
      format: {type: 'string'},
      ...reportFileOptions,
      'report-label': {type: 'string', multiple: true},
      ...tableOptions,
    },
  });
  if (positionals.length === 0) throw new UsageError('merge takes JSON reports of audits');
  const format = requireOneOf('--format', values.format ?? 'table', Object.keys(auditFormats));
  const style = await tableStyle(values, format);
  const labels = reportLabels(values['report-label']);
  const reportFiles = reportFilesOf(values);
  const {policy} = await layeredPolicy(values, {isAudit: true});
  const reports = readReports(positionals, policy);
  const told = mergedTold(reports.map(each => each.told));
  const skipped = reports.flatMap(each => each.skipped);
  const failed = reports.flatMap(each => each.failed);
  const names = reports[0]?.frameworks ?? [];
  const grouping = names.length === 0 ? undefined : await groupingBy(names, format);
  for (const {judged} of reports) grouping?.add(judged);
  const report = {
    ...told,
    policy,
    skipped,
    failed,
    labels,
    workingDirectory: process.cwd(),
    ...grouping?.of(told.findings, policy, skipped.length + failed.length === 0),
    ignoredPolicies: reports[0]?.ignoredPolicies ?? [],
  };
  await writeReportFiles(reportFiles, report);
  const shown = format === 'table' ? toText(report, style) : auditFormats[format]?.(report);
  await writeReport(shown ?? '');
  await tellSkipped(skipped);
  return exitCodeOf({skipped, failed}, values['allow-skipped'], failsAudit(report, policy) ? 1 : 0);
}

async function groupingBy(names: readonly string[], format: string) {
  return (await import('../host/framework-option.ts')).groupingBy(names, format);
}
