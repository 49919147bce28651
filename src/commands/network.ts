import {UsageError} from '../errors.ts';
import {helmArgs, helmCallOptions} from '../host/helm-options.ts';
import {parseCall, policyOf, requireOneOf, sharedOptions, today} from '../host/options.ts';
import {writeReport} from '../host/standard-streams.ts';
import {exitCodeOf, fromTargets, targetOptions} from '../host/targets.ts';
import {type NetworkReport, networkReport} from '../network-report.ts';
import {networkFormats} from '../report/network/formats.ts';
import {readStream} from '../stream/manifest-stream.ts';

/**
 * Prints who can reach whom on which port, before hardening and after, and why.
 *
 * @throws {UsageError} where a target, the policy or the call cannot be used
 */
export async function network(args: readonly string[]): Promise<number> {
  const {values, positionals} = parseCall({
    args: [...args],
    allowPositionals: true,
    options: {
      config: sharedOptions.config,
      profile: sharedOptions.profile,
      'pod-security-version': sharedOptions['pod-security-version'],
      format: sharedOptions.format,
      undecided: sharedOptions.undecided,
      'fix-all': sharedOptions['fix-all'],
      ...helmCallOptions,
      ...targetOptions,
    },
  });
  if (positionals.length === 0) {
    throw new UsageError('network takes targets: manifest files, folders, charts, or - for stdin');
  }
  const format = requireOneOf('--format', values.format ?? 'table', Object.keys(networkFormats));
  const policy = await policyOf(values, {});
  const helm = {release: values.release ?? 'release-name', args: helmArgs(values)};
  const {results, skipped} = await fromTargets(positionals, helm, (text, {file, origin}) =>
    networkReport(readStream(text, file), policy, today(), origin === 'rendered'),
  );
  await writeReport(networkFormats[format]?.(merged(results)) ?? '');
  return exitCodeOf(skipped, values['allow-skipped'], 0);
}

/** Each target is a release by itself. */
const merged = (reports: readonly NetworkReport[]): NetworkReport => ({
  before: reports.flatMap(({before}) => before),
  after: reports.flatMap(({after}) => after),
});
