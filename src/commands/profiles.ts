import {titleOf} from '../findings/finding.ts';
import {helmCallOptions, helmChoices} from '../host/helm-options.ts';
import {parseCall, policyOf, policyOptions, requireOneOf} from '../host/options.ts';
import {writeReport, writeStderr} from '../host/standard-streams.ts';
import {exitCodeOf, fromTargets, requireTargets, targetOptions} from '../host/targets.ts';
import {type ProfileMode, profilesOf, type WorkloadProfile} from '../security-profiles.ts';
import {safeText} from '../text/safe-text.ts';
import {stringify} from '../yaml/emit.ts';

const modes: readonly ProfileMode[] = ['complain', 'enforce'];

/**
 * Prints an AppArmorProfile of the Security Profiles Operator for each workload, with the field that uses it.
 *
 * @throws {UsageError} if a target, the policy or the command line is invalid
 */
export async function profiles(args: readonly string[]): Promise<number> {
  const {values, positionals} = parseCall({
    args: [...args],
    allowPositionals: true,
    options: {...policyOptions, mode: {type: 'string'}, ...helmCallOptions, ...targetOptions},
  });
  requireTargets('profiles', positionals);
  const mode = requireOneOf('--mode', values.mode ?? 'complain', modes) as ProfileMode;
  const policy = await policyOf(values);
  const outcome = await fromTargets(positionals, helmChoices(values), isOfConcern, stream =>
    profilesOf(stream, policy, mode),
  );
  for (const {resource, reason} of outcome.results.flatMap(({left}) => left)) {
    await writeStderr(`no profile for ${safeText(titleOf({resource}))}: ${safeText(reason)}\n`);
  }
  const found = outcome.results.flatMap(each => each.profiles);
  await writeReport(found.map(written).join('---\n'));
  return exitCodeOf(outcome, values['allow-skipped'], 0);
}

/** Any object may contain pods. */
const isOfConcern = () => true;

const written = ({value, name, resource, field}: WorkloadProfile): string =>
  `# ${safeText(titleOf({resource}))} uses it with\n#   ${safeText(field)}: {type: Localhost, localhostProfile: ${name}}\n${stringify(value)}`;
