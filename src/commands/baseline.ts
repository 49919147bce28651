import {toLockFile} from '../drift/lock-file.ts';
import {writeLockFile} from '../host/lock-file.ts';
import {parseCall, policyOf} from '../host/options.ts';
import {postureOptions, readPosture} from '../host/postures.ts';
import {writeReport} from '../host/standard-streams.ts';

/**
 * Writes what matters for security in targets, or in what runs, into a lock file, with which `diff`
 * and `audit` compare. Nothing is written unless everything could be read.
 *
 * @throws {UsageError} if a target, the policy or the command line is invalid
 */
export async function baseline(args: readonly string[]): Promise<number> {
  const {values, positionals} = parseCall({
    args: [...args],
    allowPositionals: true,
    options: {...postureOptions, output: {type: 'string', short: 'o'}},
  });
  const policy = await policyOf(values);
  const reading = await readPosture('baseline', positionals, values, policy);
  if (reading === undefined) return 2;
  if (values.output === undefined) await writeReport(toLockFile(reading.posture));
  else writeLockFile(values.output, reading.posture);
  return 0;
}
