import {UsageError} from '../errors.ts';
import {type Hardened, harden} from '../harden.ts';
import type {Policy} from '../policy/policy.ts';
import {counts} from '../report/finding.ts';
import {formats} from '../report/formats.ts';
import {safeText} from '../report/safe-text.ts';
import {helmArgs, helmCallOptions} from './helm-options.ts';
import {holdsNoManifest} from './manifests.ts';
import {
  parseCall,
  policyOf,
  requireOneOf,
  requireReportFile,
  sharedOptions,
  thresholdOf,
  today,
  writeReportFile,
} from './options.ts';
import {writeStderr, writeStdout} from './standard-streams.ts';
import {readTargets, type Target} from './targets.ts';

/**
 * Reports what is wrong with manifests and charts, and rewrites nothing.
 *
 * @throws {UsageError} where a target, the policy or the call cannot be used
 */
export async function audit(args: readonly string[]): Promise<number> {
  const {values, positionals} = parseCall({
    args: [...args],
    allowPositionals: true,
    options: {...sharedOptions, 'fail-on': {type: 'string'}, ...helmCallOptions},
  });
  if (positionals.length === 0) {
    throw new UsageError('audit takes targets: manifest files, folders, charts, or - for stdin');
  }
  const format = requireOneOf('--format', values.format ?? 'table', Object.keys(formats));
  const reportFile = requireReportFile(values['report-file']);
  const failOn = thresholdOf('--fail-on', values['fail-on']);
  const policy = flagging(await policyOf(values, failOn === undefined ? {} : {failOn}));
  const helm = {release: values.release ?? 'release-name', args: helmArgs(values)};
  const results: Hardened[] = [];
  for (const target of await readTargets(positionals, helm)) {
    const result = await check(target, policy);
    if (result !== undefined) results.push(result);
  }
  if (results.length === 0) throw new UsageError('no target holds a manifest');
  const report = {...merged(results), policy};
  writeReportFile(reportFile, report);
  await writeStdout(formats[format]?.(report) ?? '');
  return report.findings.some(finding => counts(finding, policy.failOn)) ? 1 : 0;
}

/** Undefined for a file that lies in a folder beside manifests and is none; stderr tells. */
async function check({text, file, isFound}: Target, policy: Policy): Promise<Hardened | undefined> {
  try {
    return harden(text, file, policy, today());
  } catch (error) {
    if (!isFound || !(error instanceof UsageError) || !holdsNoManifest(text)) throw error;
    await writeStderr(`passed over, since it holds no manifest: ${safeText(file)}\n`);
    return undefined;
  }
}

/** The policy with every rewrite turned into a flag. */
const flagging = (policy: Policy): Policy => ({
  ...policy,
  rules: new Map([...policy.rules.keys()].map(id => [id, 'flag'])),
});

function merged(results: readonly Hardened[]): Omit<Hardened, 'text'> {
  const total = (key: keyof Hardened['summary']) =>
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
    },
    // Stale is what is of no use in any target.
    staleExceptions: (first ?? []).filter(({exception}) =>
      others.every(stale => stale.some(each => each.exception === exception)),
    ),
  };
}
