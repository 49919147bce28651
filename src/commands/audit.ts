import {concernOf} from '../check/concern.ts';
import type {PolicyLayer} from '../config/layers.ts';
import {markedKnown} from '../drift/known.ts';
import type {Posture} from '../drift/posture.ts';
import {counts, type Finding} from '../findings/finding.ts';
import {numberedAnew} from '../findings/fingerprints.ts';
import {auditStream, type Told} from '../harden.ts';
import type {ClusterChoices} from '../host/cluster.ts';
import {clusterChoices, clusterOptions} from '../host/cluster-options.ts';
import {type HelmChoices, helmCallOptions, helmChoices} from '../host/helm-options.ts';
import {nextCommand} from '../host/next-command.ts';
import {layeredPolicy, parseCall, requireOneOf, sharedOptions, today} from '../host/options.ts';
import {reportFilesOf, writeReportFiles} from '../host/report-files.ts';
import {reportLabels} from '../host/report-labels.ts';
import {writeReport, writeStderr} from '../host/standard-streams.ts';
import {suggestionsIn} from '../host/suggest-option.ts';
import type {Advised, AuditedStream} from '../host/suggest-values.ts';
import {
  exitCodeOf,
  fromTargets,
  type Outcome,
  requireTargets,
  targetOptions,
  tellSkipped,
} from '../host/targets.ts';
import {withTemplateLines} from '../host/template-files.ts';
import {tableOptions, tableStyle} from '../host/terminal.ts';
import type {Unit} from '../host/unit.ts';
import {staleInAll} from '../policy/exceptions.ts';
import type {Policy} from '../policy/policy.ts';
import {auditFormats} from '../report/formats.ts';
import {toText} from '../report/table/table.ts';
import type {ObjectStream} from '../stream/manifest-stream.ts';
import {safeText} from '../text/safe-text.ts';

/**
 * Reports what is wrong with manifests and charts, and rewrites nothing.
 *
 * @throws {UsageError} if a target, the policy or the command line is invalid
 */
export async function audit(args: readonly string[]): Promise<number> {
  const {values, positionals} = parseCall({
    args: [...suggestionsIn(args)],
    allowPositionals: true,
    options: {
      ...sharedOptions,
      'fail-on': {type: 'string'},
      ...helmCallOptions,
      ...targetOptions,
      ...clusterOptions,
      baseline: {type: 'string'},
      framework: {type: 'string', multiple: true},
      'report-label': {type: 'string', multiple: true},
      ...tableOptions,
      'suggest-values': {type: 'string'},
    },
  });
  const cluster = clusterChoices(values, positionals);
  if (cluster === undefined) requireTargets('audit', positionals, values);
  const format = requireOneOf('--format', values.format ?? 'table', Object.keys(auditFormats));
  const style = await tableStyle(values, format);
  const grouping = await groupingOf(values.framework, format);
  const labels = reportLabels(values['report-label']);
  const reportFiles = reportFilesOf(values);
  const {policy, ignored, layers} = await layeredPolicy(values, {isAudit: true});
  const known = values.baseline === undefined ? undefined : await lockIn(values.baseline);
  const helm = helmChoices(values);
  const work = (stream: ObjectStream, unit?: Unit) => {
    grouping?.add(stream, policy);
    const told = auditStream(stream, policy, today());
    const findings = withTemplateLines(told.findings, stream);
    return {stream, unit, told: {...told, findings}};
  };
  const outcome =
    cluster === undefined
      ? await fromTargets(positionals, helm, concernOf(policy), work)
      : await fromCluster(cluster, policy, work);
  const {results, skipped, failed} = outcome;
  const all = merged(await withSuggestions(results, values['suggest-values'], helm, policy));
  const told = known === undefined ? all : await toldSince(known, all, layers);
  const report = {
    ...told,
    policy,
    skipped,
    failed,
    labels,
    workingDirectory: process.cwd(),
    ...grouping?.of(told.findings, policy, skipped.length + failed.length === 0),
    ignoredPolicies: ignored,
  };
  await writeReportFiles(reportFiles, report);
  const next =
    grouping === undefined ? nextCommand(report, {targets: positionals, values}) : undefined;
  const shown =
    format === 'table' ? toText(report, {...style, next}) : auditFormats[format]?.(report);
  await writeReport(shown ?? '');
  const isStale = policy.strict && report.staleExceptions.length > 0;
  const code = isStale || report.findings.some(each => counts(each, policy.failOn)) ? 1 : 0;
  return exitCodeOf(outcome, values['allow-skipped'], code);
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
  work: (stream: ObjectStream) => AuditedStream,
): Promise<Outcome<AuditedStream>> {
  const {readCluster} = await import('../host/cluster.ts');
  const {liveConcernOf} = await import('../check/live-kinds.ts');
  const {stream, skipped} = await readCluster(choices, liveConcernOf(policy), policy.workloads);
  await tellSkipped(skipped);
  return {results: [work(stream)], skipped, failed: []};
}

/** What was found, with the values that clear it if they are wanted. @throws {UsageError} if they cannot be written */
async function withSuggestions(
  audited: readonly AuditedStream[],
  file: string | undefined,
  helm: HelmChoices,
  policy: Policy,
): Promise<readonly Told[]> {
  if (file === undefined) return audited.map(({told}) => told);
  const {withValues, writeValues} = await import('../host/suggest-values.ts');
  const judging = {policy, isOfConcern: concernOf(policy), today: today()};
  const charts: Advised[] = [];
  for (const each of audited) charts.push(await withValues(each, helm, judging));
  if (file !== '') await writeValues(file, charts);
  return charts.map(({told}) => told);
}

function merged(results: readonly Told[]): Told {
  const total = (key: Exclude<keyof Told['summary'], 'known'>) =>
    results.reduce((sum, {summary}) => sum + summary[key], 0);
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
    staleExceptions: staleInAll(results.map(({staleExceptions}) => staleExceptions)),
  };
}
