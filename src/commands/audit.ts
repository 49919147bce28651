import {concernOf} from '../check/concern.ts';
import type {PolicyLayer} from '../config/layers.ts';
import {markedKnown} from '../drift/known.ts';
import type {Posture} from '../drift/posture.ts';
import {UsageError} from '../errors.ts';
import {type Finding, failsAudit} from '../findings/finding.ts';
import type {Told} from '../harden.ts';
import {
  type AuditCall,
  type Audited,
  auditCall,
  auditTargets,
  judgeBy,
  marked,
} from '../host/audit-call.ts';
import type {DetailedAudit} from '../host/audit-details.ts';
import type {Auditor} from '../host/audit-unit.ts';
import type {ClusterChoices} from '../host/cluster.ts';
import {clusterChoices} from '../host/cluster-options.ts';
import {helmChoices} from '../host/helm-options.ts';
import {mergedTold} from '../host/merged.ts';
import {nextCommand} from '../host/next-command.ts';
import {layeredPolicy, requireOneOf, today} from '../host/options.ts';
import {reportFilesOf, writeReportFiles} from '../host/report-files.ts';
import {reportLabels} from '../host/report-labels.ts';
import {writeReport, writeStderr} from '../host/standard-streams.ts';
import type {Advised} from '../host/suggest-values.ts';
import {exitCodeOf, fromTargets, requireTargets} from '../host/targets.ts';
import {tableStyle} from '../host/terminal.ts';
import type {Policy} from '../policy/policy.ts';
import {auditFormats} from '../report/formats.ts';
import type {Report} from '../report/report.ts';
import {toText} from '../report/table/table.ts';
import {safeText} from '../text/safe-text.ts';

/**
 * Reports what is wrong with manifests and charts, and rewrites nothing.
 *
 * @throws {UsageError} if a target, the policy or the command line is invalid
 */
export async function audit(args: readonly string[]): Promise<number> {
  const {values, positionals} = auditCall(args);
  const cluster = clusterChoices(values, positionals);
  if (cluster === undefined) requireTargets('audit', positionals, values);
  else if (values['suggest-values'] !== undefined) {
    throw new UsageError('--suggest-values is for charts, not for --cluster');
  }
  const format = requireOneOf('--format', values.format ?? 'table', Object.keys(auditFormats));
  const style = await tableStyle(values, format);
  const grouping = await groupingOf(values.framework, format);
  const labels = reportLabels(values['report-label']);
  const reportFiles = reportFilesOf(values);
  const {policy, ignored, layers} = await layeredPolicy(values, {isAudit: true});
  const known = values.baseline === undefined ? undefined : await lockIn(values.baseline);
  const outcome =
    cluster === undefined
      ? values['suggest-values'] === undefined
        ? await auditTargets(args, {values, positionals}, policy)
        : await withSuggestions(values['suggest-values'], {values, positionals}, policy)
      : await fromCluster(cluster, policy, judgeBy(policy, values));
  const {results, skipped, failed, judged, mark} = outcome;
  grouping?.add(judged);
  const all = mergedTold(results);
  const told = known === undefined ? all : await toldSince(known, all, layers);
  const report = marked(mark, {
    ...detailsIn(results),
    ...told,
    policy,
    skipped,
    failed,
    labels,
    workingDirectory: process.cwd(),
    ...grouping?.of(told.findings, policy, skipped.length + failed.length === 0),
    ignoredPolicies: ignored,
  });
  await writeReportFiles(reportFiles, report);
  const next =
    grouping === undefined ? nextCommand(report, {targets: positionals, values}) : undefined;
  const shown =
    format === 'table' ? toText(report, {...style, next}) : auditFormats[format]?.(report);
  await writeReport(shown ?? '');
  return exitCodeOf(outcome, values['allow-skipped'], failsAudit(report, policy) ? 1 : 0);
}

/** @throws {UsageError} with line and column if it is no lock file */
async function lockIn(file: string): Promise<Posture> {
  const {lockFileOf} = await import('../host/lock-file.ts');
  return lockFileOf(file);
}

/**
 * What is told, with the findings marked that the baseline has. Where `layers` lock exceptions, none is known: that
 * would be an exception without a reason.
 */
async function toldSince(
  baseline: Posture,
  {findings, summary, ...rest}: Told,
  layers: readonly PolicyLayer[],
): Promise<Told> {
  const {entryLocks} = await import('../config/lock.ts');
  const {exceptions: locks} = entryLocks(layers);
  const withheld = new Set<string>();
  const marked = markedKnown(findings, baseline).map((finding): Finding => {
    if (finding.known === undefined || !locks.has(finding.rule)) return finding;
    withheld.add(finding.rule);
    const {known: _, ...open} = finding;
    return open;
  });
  for (const rule of withheld) {
    await writeStderr(
      `note: ${rule} counts, although the baseline has it: ${safeText(locks.get(rule) ?? '')}\n`,
    );
  }
  const known = marked.filter(finding => finding.known).length;
  return {...rest, findings: marked, summary: {...summary, known}};
}

/** The details of all targets, in the order of their findings. */
const detailsIn = (results: readonly DetailedAudit[]): Pick<Report, 'changes' | 'networks'> => ({
  changes: results.flatMap(({findings, changes}) => changes ?? findings.map(() => [])),
  networks: results.flatMap(({networks}) => networks ?? []),
});

/** Groups the findings by frameworks, if any are wanted. @throws {UsageError} if there is none of that name */
async function groupingOf(names: readonly string[] | undefined, format: string) {
  if (names === undefined) return undefined;
  const {groupingBy} = await import('../host/framework-option.ts');
  return groupingBy(names, format);
}

/** What `work` makes of the objects of a cluster. @throws {UsageError} if it cannot be read */
async function fromCluster(
  choices: ClusterChoices,
  policy: Policy,
  judge: Auditor['judge'],
): Promise<Audited> {
  const {readRunning} = await import('../host/running.ts');
  const {stream, skipped} = await readRunning(choices, policy);
  const {told, judged} = judge(stream);
  return {results: [told], skipped, failed: [], judged: [...judged]};
}

/** What cannot be combined with `--suggest-values`, and why. */
const notWithSuggestions = {
  shard: 'values are proven while a chart is audited, in one process',
  jobs: 'values are proven while a chart is audited, in one process',
  'values-matrix': 'values are proven on top of one set of values, which --values names',
} as const;

/**
 * What was found, with the values that clear it.
 *
 * @throws {UsageError} if they cannot be written, or the call divides the work: the streams are needed in this process
 */
async function withSuggestions(
  file: string,
  {values, positionals}: AuditCall,
  policy: Policy,
): Promise<Audited> {
  for (const [option, reason] of Object.entries(notWithSuggestions)) {
    if (!(option in values)) continue;
    throw new UsageError(`--suggest-values and --${option} cannot be combined: ${reason}`);
  }
  const helm = helmChoices(values);
  const isOfConcern = concernOf(policy);
  const judge = judgeBy(policy, values);
  const rules = new Set<string>();
  const outcome = await fromTargets(positionals, helm, isOfConcern, (stream, unit) => {
    const {told, judged} = judge(stream);
    for (const rule of judged) rules.add(rule);
    return {stream, unit, told};
  });
  const {withValues, writeValues} = await import('../host/suggest-values.ts');
  const charts: Advised[] = [];
  for (const each of outcome.results) {
    charts.push(await withValues(each, helm, {policy, isOfConcern, today: today()}));
  }
  if (file !== '') await writeValues(file, charts);
  return {...outcome, results: charts.map(({told}) => told), judged: [...rules]};
}
