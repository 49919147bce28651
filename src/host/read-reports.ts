import {readdirSync, statSync} from 'node:fs';
import path from 'node:path';
import {getDotPath, type InferOutput, safeParse} from 'valibot';
import {UsageError} from '../errors.ts';
import type {Told} from '../harden.ts';
import {versionOf} from '../policy/pod-security-version.ts';
import type {Policy} from '../policy/policy.ts';
import {version} from '../version.ts';
import {decodeInput} from './input.ts';
import {policyDigest} from './policy-text.ts';
import {readRegularFile} from './read-file.ts';
import {reportSchema} from './report-schema.ts';
import {reportDigest, type ShardMark} from './shards.ts';
import {type Skipped, use} from './walk.ts';

/** A JSON report of an audit, read again. */
export interface ReadReport {
  readonly file: string;
  readonly told: Told;
  readonly skipped: readonly Skipped[];
  readonly failed: readonly Skipped[];
  readonly ignoredPolicies: readonly Skipped[];
  /** The frameworks by whose controls it groups, and the rules that looked at something. */
  readonly frameworks: readonly string[];
  readonly judged: readonly string[];
  readonly shard?: ShardMark;
}

/**
 * The reports in `files` and folders: those of shards in the order of the shards, others in the order of the files. They are of this
 * version and of `policy`, and of shards there is each one once.
 *
 * @throws {UsageError} if a file is no such report, or they do not belong together
 */
export function readReports(files: readonly string[], policy: Policy): readonly ReadReport[] {
  const reports = files.flatMap(filesIn).map(file => readReport(file, policy));
  const [first] = reports;
  for (const each of reports) {
    if ((each.shard === undefined) !== (first?.shard === undefined)) {
      throw new UsageError('it cannot be merged with reports of shards, or only with them', each);
    }
    if (each.frameworks.join() !== first?.frameworks.join()) {
      throw new UsageError('it was made with another --framework than the first', each);
    }
  }
  return first?.shard === undefined ? reports : inOrder(reports, first.shard);
}

/** A file, or the files of a folder that end in .json. @throws {UsageError} if the system refuses access */
function filesIn(file: string): readonly string[] {
  if (!use(file, () => statSync(file)).isDirectory()) return [file];
  const names = use(file, () => readdirSync(file)).filter(name => name.endsWith('.json'));
  if (names.length === 0) throw new UsageError('the folder contains no .json file', {file});
  return names.sort().map(name => path.join(file, name));
}

/** @throws {UsageError} if a shard is missing, there twice, or of another audit */
function inOrder(reports: readonly ReadReport[], first: ShardMark): readonly ReadReport[] {
  const shards = new Map<number, ReadReport>();
  for (const report of reports) {
    const {shard, file} = report;
    if (shard === undefined || shard.call !== first.call || shard.of !== first.of) {
      const message = `it is of another audit than ${reports[0]?.file}: other targets, values, options or number of shards`;
      throw new UsageError(message, {file});
    }
    const twin = shards.get(shard.index);
    if (twin !== undefined) {
      throw new UsageError(`it is of shard ${shard.index}, as ${twin.file} is`, {file});
    }
    shards.set(shard.index, report);
  }
  const all = Array.from({length: first.of}, (_, index) => index + 1);
  const missing = all.filter(index => !shards.has(index));
  if (missing.length > 0) {
    const some = missing.slice(0, 10).join(', ');
    throw new UsageError(`the reports of these shards of ${first.of} are missing: ${some}`);
  }
  return all.flatMap(index => shards.get(index) ?? []);
}

function readReport(file: string, policy: Policy): ReadReport {
  const value = jsonIn(file);
  const found = typeof value === 'object' && value !== null ? (value as {tool?: unknown}).tool : {};
  const made = (found as {version?: unknown} | undefined)?.version;
  if (typeof made === 'string' && made !== version) {
    throw new UsageError(`it is a report of version "${made}", and this is ${version}`, {file});
  }
  const parsed = safeParse(reportSchema, value);
  if (!parsed.success) {
    const [issue] = parsed.issues;
    const place = getDotPath(issue);
    const where = place === null ? '' : ` at "${place}"`;
    throw new UsageError(`it is no JSON report of an audit: ${issue.message}${where}`, {file});
  }
  // Not the output of the check, whose keys are in another order.
  const report = value as InferOutput<typeof reportSchema>;
  requirePolicy(report, policy, file);
  const {shard, frameworks = []} = report;
  if (shard !== undefined) requireUnchanged(value as Record<string, unknown>, shard, policy, file);
  const {findings, notes, summary, staleExceptions, skipped, failed, ignoredPolicies = []} = report;
  return {
    file,
    told: {
      findings,
      // A note is written with the fields that are told, and is otherwise like a finding.
      notes: notes.map(note => ({disposition: 'noted', ...note, status: 'noted'})),
      summary,
      staleExceptions,
    } as unknown as Told,
    skipped,
    failed,
    ignoredPolicies,
    frameworks: frameworks.map(({framework}) => framework),
    judged: frameworks.flatMap(({controls}) =>
      controls.flatMap(({rules}) => rules.filter(rule => rule.is === 'judged').map(({id}) => id)),
    ),
    ...(shard === undefined ? {} : {shard}),
  };
}

function jsonIn(file: string): unknown {
  const text = decodeInput(readRegularFile(file), file);
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new UsageError('it is no JSON report of an audit', {file}, {cause: error});
  }
}

/** @throws {UsageError} if the profiles or the version of the Pod Security Standards differ */
function requirePolicy(
  report: {readonly profile: string; readonly podSecurityVersion: string},
  policy: Policy,
  file: string,
): void {
  const own = `${policy.profiles.join(',')} (${versionOf(policy.podSecurityMinor)})`;
  const its = `${report.profile} (${report.podSecurityVersion})`;
  if (own === its) return;
  throw new UsageError(`its profile is "${its}", and that of the policy here is "${own}"`, {file});
}

/** @throws {UsageError} if the report of a shard is not as it was written, or of another policy */
function requireUnchanged(
  report: Readonly<Record<string, unknown>>,
  shard: ShardMark & {readonly digest: string},
  policy: Policy,
  file: string,
): void {
  if (reportDigest(report) !== shard.digest) {
    throw new UsageError('it was changed after it was written', {file});
  }
  if (shard.policy === policyDigest(policy)) return;
  throw new UsageError('it was made with another policy: pass the same policy and options', {file});
}
