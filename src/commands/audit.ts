import {parseArgs} from 'node:util';
import {UsageError} from '../errors.ts';
import {type Hardened, harden} from '../harden.ts';
import type {Policy} from '../policy/policy.ts';
import {counts} from '../report/finding.ts';
import {formats} from '../report/formats.ts';
import {writeStdout} from './input.ts';
import {
  policyOf,
  requireOneOf,
  sharedOptions,
  thresholdOf,
  today,
  writeReportFile,
} from './options.ts';
import {readTargets} from './targets.ts';

/**
 * Reports what is wrong with manifests and charts, and rewrites nothing.
 *
 * @throws {UsageError} where a target, the policy or the call cannot be used
 */
export async function audit(args: readonly string[]): Promise<number> {
  const {values, positionals} = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      ...sharedOptions,
      'fail-on': {type: 'string'},
      values: {type: 'string', short: 'f', multiple: true},
      set: {type: 'string', multiple: true},
    },
  });
  if (positionals.length === 0) {
    throw new UsageError('audit takes targets: manifest files, folders, charts, or - for stdin');
  }
  const format = requireOneOf('--format', values.format ?? 'table', Object.keys(formats));
  const failOn = thresholdOf('--fail-on', values['fail-on']);
  const policy = flagging(await policyOf(values, failOn === undefined ? {} : {failOn}));
  const helm = {values: values.values ?? [], set: values.set ?? []};
  const results: Hardened[] = [];
  for (const {text, file} of await readTargets(positionals, helm)) {
    results.push(harden(text, file, policy, today()));
  }
  const report = {...merged(results), policy};
  await writeReportFile(values['report-file'], report);
  await writeStdout(formats[format]?.(report) ?? '');
  const isFailed = report.findings.some(finding => counts(finding, policy.failOn));
  return isFailed ? 1 : 0;
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
