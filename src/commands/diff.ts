import {isInChart} from '../config/find.ts';
import type {Change} from '../drift/change.ts';
import {changesBetween} from '../drift/compare.ts';
import {comparable} from '../drift/running.ts';
import {UsageError} from '../errors.ts';
import {lockFileOf, namesLockFile, usualLockFile, writeLockFile} from '../host/lock-file.ts';
import {parseCall, policyOf, requireOneOf} from '../host/options.ts';
import {postureOptions, type Reading, readPosture, targetReading} from '../host/postures.ts';
import {writeReport, writeStderr} from '../host/standard-streams.ts';
import {driftFormats} from '../report/drift/formats.ts';
import {reaches, type Threshold} from '../severity.ts';
import {safeText} from '../text/safe-text.ts';

/**
 * Says what got worse and what got better for security in targets, or in what runs, compared with a
 * lock file or another target.
 *
 * @throws {UsageError} if a target, the lock file, the policy or the command line is invalid
 */
export async function diff(args: readonly string[]): Promise<number> {
  const {values, positionals} = parseCall({
    args: [...args],
    allowPositionals: true,
    options: {
      ...postureOptions,
      against: {type: 'string'},
      update: {type: 'boolean'},
      'fail-on': {type: 'string'},
      format: {type: 'string'},
    },
  });
  const {against = usualLockFile, update: isUpdate = false} = values;
  if (values.against === undefined && isInChart(process.cwd())) throw new UsageError(lockInChart);
  const format = requireOneOf('--format', values.format ?? 'table', Object.keys(driftFormats));
  const isLocked = namesLockFile(against);
  if (isUpdate && !isLocked) throw new UsageError(noUpdate);
  const policy = await policyOf(values);
  const after = await readPosture('diff', positionals, values, policy);
  if (after === undefined) return 2;
  const before = isLocked
    ? {name: against, posture: lockFileOf(against), isRunning: false}
    : await targetReading([against], values, policy);
  if (before === undefined) return 2;
  const changes = changesFrom(before, after);
  const report = {before: before.name, after: after.name, changes};
  await writeReport(driftFormats[format]?.(report) ?? '');
  if (!isUpdate) return isWorse(changes, policy.failOn) ? 1 : 0;
  writeLockFile(against, after.posture);
  await writeStderr(`accepted: ${safeText(against)}\n`);
  return 0;
}

const noUpdate =
  '--update rewrites a lock file, so `--against` must be one: a file that `kube-harden baseline` wrote, or a name that ends in .lock';

/** As a policy there, it would be one that the author of the chart has written. */
const lockInChart =
  'a lock file inside a chart may be its author’s: run this in another folder, or name yours with --against';

function changesFrom({posture: before}: Reading, after: Reading): readonly Change[] {
  if (!after.isRunning) return changesBetween(before, after.posture);
  return changesBetween(...comparable(before, after.posture, after.kinds));
}

const isWorse = (changes: readonly Change[], failOn: Threshold): boolean =>
  changes.some(({direction, severity}) => direction === 'worse' && reaches(severity, failOn));
