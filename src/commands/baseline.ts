import {joinedPosture} from '../drift/join.ts';
import {toLockFile} from '../drift/lock-file.ts';
import {postureOf} from '../drift/posture-of.ts';
import {helmCallOptions, helmChoices} from '../host/helm-options.ts';
import {writeLockFile} from '../host/lock-file.ts';
import {parseCall, policyOf, policyOptions, today} from '../host/options.ts';
import {writeReport} from '../host/standard-streams.ts';
import {exitCodeOf, fromTargets, requireTargets, targetOptions} from '../host/targets.ts';

/**
 * Writes what matters for security in targets into a lock file, with which `diff` and `audit` compare.
 * Nothing is written unless everything could be read.
 *
 * @throws {UsageError} if a target, the policy or the command line is invalid
 */
export async function baseline(args: readonly string[]): Promise<number> {
  const {values, positionals} = parseCall({
    args: [...args],
    allowPositionals: true,
    options: {
      ...policyOptions,
      output: {type: 'string', short: 'o'},
      ...helmCallOptions,
      ...targetOptions,
    },
  });
  requireTargets('baseline', positionals);
  const policy = await policyOf(values, {});
  const outcome = await fromTargets(positionals, helmChoices(values), isOfConcern, stream =>
    postureOf(stream, policy, today()),
  );
  const code = await exitCodeOf(outcome, values['allow-skipped'], 0);
  if (code !== 0) return code;
  const posture = joinedPosture(outcome.results);
  if (values.output === undefined) await writeReport(toLockFile(posture));
  else writeLockFile(values.output, posture);
  return code;
}

/** Any object may show who can reach whom. */
const isOfConcern = () => true;
