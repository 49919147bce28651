import {concernOf} from '../check/concern.ts';
import {judgedRules} from '../check/judged.ts';
import {auditStream, type Told} from '../harden.ts';
import type {Policy} from '../policy/policy.ts';
import {toJson} from '../report/json.ts';
import type {Report} from '../report/report.ts';
import type {ObjectStream} from '../stream/manifest-stream.ts';
import {safeText} from '../text/safe-text.ts';
import {version} from '../version.ts';
import {auditDetails} from './audit-details.ts';
import {auditUnits} from './audit-targets.ts';
import type {Auditor} from './audit-unit.ts';
import {clusterOptions} from './cluster-options.ts';
import {helmCallOptions, helmChoices} from './helm-options.ts';
import {parseCall, sharedOptions, today} from './options.ts';
import {policyDigest} from './policy-text.ts';
import {reportFilesOf} from './report-files.ts';
import {scaleOf, scaleOptions} from './scale-options.ts';
import {digestOf, reportDigest, type ShardMark, unitsIn} from './shards.ts';
import {writeStderr} from './standard-streams.ts';
import {suggestionsIn} from './suggest-option.ts';
import {type Outcome, targetOptions} from './targets.ts';
import {withTemplateLines} from './template-files.ts';
import {tableOptions} from './terminal.ts';
import {unitsOf} from './units.ts';
import {requireMatrix} from './values-matrix.ts';

/** The command line of an audit. @throws {UsageError} if it has an error */
export const auditCall = (args: readonly string[]) =>
  parseCall({
    args: [...suggestionsIn(args)],
    allowPositionals: true,
    options: {
      ...sharedOptions,
      'fail-on': {type: 'string'},
      ...helmCallOptions,
      ...targetOptions,
      ...scaleOptions,
      ...clusterOptions,
      'values-matrix': {type: 'string', multiple: true},
      baseline: {type: 'string'},
      framework: {type: 'string', multiple: true},
      'report-label': {type: 'string', multiple: true},
      ...tableOptions,
      'suggest-values': {type: 'string'},
    },
  });

export type AuditCall = ReturnType<typeof auditCall>;

/** What is found in a stream, and the rules that looked at something, if frameworks ask for them. */
export function judgeBy(policy: Policy, values: AuditCall['values']) {
  const {framework} = values;
  const audit = writesPage(values) ? auditDetails : auditStream;
  return (stream: ObjectStream) => {
    const told = audit(stream, policy, today());
    return {
      told: {...told, findings: withTemplateLines(told.findings, stream)},
      judged: framework === undefined ? [] : judgedRules(stream, policy),
    };
  };
}

/** Whether a page is to be written, which shows more than what is told. */
const writesPage = (values: AuditCall['values']): boolean =>
  reportFilesOf(values).some(({format}) => format === 'html');

/** How the units of a call are audited. @throws {UsageError} if an option is wrong */
export function auditorOf(values: AuditCall['values'], policy: Policy): Auditor {
  return {
    helm: helmChoices(values),
    matrix: values['values-matrix'] ?? [],
    isOfConcern: concernOf(policy),
    judge: judgeBy(policy, values),
  };
}

export interface Audited extends Outcome<Told> {
  readonly judged: readonly string[];
  readonly mark?: ShardMark;
}

/** What is found in the targets of a call. @throws {UsageError} if nothing can be checked, or an option is wrong */
export async function auditTargets(
  args: readonly string[],
  {values, positionals}: AuditCall,
  policy: Policy,
): Promise<Audited> {
  const scale = scaleOf(values);
  const auditor = auditorOf(values, policy);
  requireMatrix(auditor.matrix);
  const all = await unitsOf(positionals, auditor.helm);
  const units = scale.shard === undefined ? all : unitsIn(all, scale.shard);
  const cache = all.length < 2 ? undefined : await cacheFor(values, policy, writeStderr);
  const outcome = await auditUnits(units, {...auditor, cache}, {...scale, args});
  if (scale.shard === undefined) return outcome;
  const {release, namespace, args: passed, repo} = auditor.helm;
  const names = all.map(({name, target}) => [name, target]);
  const {framework, baseline, 'values-matrix': matrix} = values;
  const call = digestOf(
    version,
    names,
    release,
    namespace,
    passed,
    repo,
    framework,
    baseline,
    matrix,
  );
  return {...outcome, mark: {...scale.shard, call, policy: policyDigest(policy)}};
}

/** The audits that are kept, unless that is not possible or not wanted; `tell` says why not. */
export async function cacheFor(
  values: AuditCall['values'],
  policy: Policy,
  tell: (text: string) => Promise<void>,
) {
  if (values['no-cache'] === true || writesPage(values)) return undefined;
  const {AuditCache} = await import('../host/audit-cache.ts');
  const isGrouping = values.framework !== undefined;
  const cache = AuditCache.open({
    policy,
    helm: helmChoices(values),
    matrix: values['values-matrix'] ?? [],
    isGrouping,
    today: today(),
  });
  if (typeof cache !== 'string') return cache;
  await tell(`note: audits are not kept: ${safeText(cache)}\n`);
  return undefined;
}

/** The report of a shard, so that a change of it is noticed. */
export function marked(mark: ShardMark | undefined, report: Report): Report {
  if (mark === undefined) return report;
  const digest = reportDigest(JSON.parse(toJson({...report, shard: mark})));
  return {...report, shard: {...mark, digest}};
}
