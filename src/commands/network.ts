import {helmCallOptions, helmChoices} from '../host/helm-options.ts';
import {parseCall, policyOf, policyOptions, requireOneOf, today} from '../host/options.ts';
import {writeReport, writeStderr} from '../host/standard-streams.ts';
import {exitCodeOf, fromTargets, requireTargets, targetOptions} from '../host/targets.ts';
import {type NetworkReport, networkReport} from '../network-report.ts';
import {networkFormats} from '../report/network/formats.ts';
import {noteLines} from '../report/text.ts';

/**
 * Prints who can reach whom on which port, before and after hardening, and why.
 *
 * @throws {UsageError} if a target, the policy or the command line is invalid
 */
export async function network(args: readonly string[]): Promise<number> {
  const {values, positionals} = parseCall({
    args: [...args],
    allowPositionals: true,
    options: {
      ...policyOptions,
      format: {type: 'string'},
      ...helmCallOptions,
      ...targetOptions,
    },
  });
  requireTargets('network', positionals, values);
  const format = requireOneOf('--format', values.format ?? 'table', Object.keys(networkFormats));
  const policy = await policyOf(values);
  const helm = helmChoices(values);
  const outcome = await fromTargets(positionals, helm, isOfConcern, stream =>
    networkReport(stream, policy, today()),
  );
  const report = merged(outcome.results);
  for (const line of noteLines(report)) await writeStderr(`${line}\n`);
  await writeReport(networkFormats[format]?.(report) ?? '');
  return exitCodeOf(outcome, values['allow-skipped'], 0);
}

/** Any object may be an end of a connection, or show one. */
const isOfConcern = () => true;

/** Each target is a separate release. */
const merged = (reports: readonly NetworkReport[]): NetworkReport => ({
  before: reports.flatMap(({before}) => before),
  after: reports.flatMap(({after}) => after),
  notes: reports.flatMap(({notes}) => notes),
});
