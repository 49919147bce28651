import {changesBetween} from '../drift/compare.ts';
import {joinedPosture} from '../drift/join.ts';
import type {Posture} from '../drift/posture.ts';
import {postureOf} from '../drift/posture-of.ts';
import {UsageError} from '../errors.ts';
import {type HelmChoices, helmCallOptions, helmChoices} from '../host/helm-options.ts';
import {lockFileOf, namesLockFile, usualLockFile, writeLockFile} from '../host/lock-file.ts';
import {
  parseCall,
  policyOf,
  policyOptions,
  requireOneOf,
  thresholdOf,
  today,
} from '../host/options.ts';
import {writeReport, writeStderr} from '../host/standard-streams.ts';
import {exitCodeOf, fromTargets, requireTargets, targetOptions} from '../host/targets.ts';
import type {Policy} from '../policy/policy.ts';
import {driftFormats} from '../report/drift/formats.ts';
import {reaches} from '../severity.ts';
import {safeText} from '../text/safe-text.ts';

/**
 * Says what got worse and what got better for security, compared with a lock file or another target.
 *
 * @throws {UsageError} if a target, the lock file, the policy or the command line is invalid
 */
export async function diff(args: readonly string[]): Promise<number> {
  const {values, positionals} = parseCall({
    args: [...args],
    allowPositionals: true,
    options: {
      ...policyOptions,
      against: {type: 'string'},
      update: {type: 'boolean'},
      'fail-on': {type: 'string'},
      format: {type: 'string'},
      ...helmCallOptions,
      ...targetOptions,
    },
  });
  requireTargets('diff', positionals);
  const {against = usualLockFile, update: isUpdate = false} = values;
  const format = requireOneOf('--format', values.format ?? 'table', Object.keys(driftFormats));
  const failOn = thresholdOf('--fail-on', values['fail-on']);
  const isLocked = namesLockFile(against);
  if (isUpdate && !isLocked) throw new UsageError(noUpdate);
  const policy = await policyOf(values, failOn === undefined ? {} : {failOn});
  const sight = {policy, helm: helmChoices(values), allowsSkipped: values['allow-skipped']};
  const before = isLocked ? lockFileOf(against) : await postureIn([against], sight);
  const after = before === undefined ? undefined : await postureIn(positionals, sight);
  if (before === undefined || after === undefined) return 2;
  const changes = changesBetween(before, after);
  await writeReport(
    driftFormats[format]?.({before: against, after: positionals.join(', '), changes}) ?? '',
  );
  if (isUpdate) {
    writeLockFile(against, after);
    await writeStderr(`accepted: ${safeText(against)}\n`);
    return 0;
  }
  const isWorse = changes.some(
    ({direction, severity}) => direction === 'worse' && reaches(severity, policy.failOn),
  );
  return isWorse ? 1 : 0;
}

const noUpdate =
  '--update rewrites a lock file, so `--against` must be one: a file that `kube-harden baseline` wrote, or a name that ends in .lock';

/** How targets are read. */
interface Sight {
  readonly policy: Policy;
  readonly helm: HelmChoices;
  readonly allowsSkipped: boolean | undefined;
}

/** The posture of all targets; undefined if something could not be read, because it would seem to be gone. */
async function postureIn(
  targets: readonly string[],
  {policy, helm, allowsSkipped}: Sight,
): Promise<Posture | undefined> {
  const outcome = await fromTargets(
    targets,
    helm,
    () => true,
    stream => postureOf(stream, policy, today()),
  );
  const code = await exitCodeOf(outcome, allowsSkipped, 0);
  return code === 0 ? joinedPosture(outcome.results) : undefined;
}
