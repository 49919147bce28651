import {auditCall, auditorOf, cacheFor} from '../host/audit-call.ts';
import {auditUnit} from '../host/audit-unit.ts';
import {layeredPolicy} from '../host/options.ts';
import {holdingStderr, writeStdout} from '../host/standard-streams.ts';
import {serveUnits} from '../host/worker-pool.ts';

/**
 * Audits the units that another audit sends, one after the other: see `auditInProcesses`. The other audit tells of the
 * policy.
 */
export async function auditUnits(args: readonly string[]): Promise<number> {
  const {values} = auditCall(args);
  const {result} = await holdingStderr(() => layeredPolicy(values, {isAudit: true}));
  const {policy} = result;
  const cache = await cacheFor(values, policy, async () => undefined);
  const auditor = {...auditorOf(values, policy), cache};
  await serveUnits(unit => auditUnit(unit, auditor), writeStdout);
  cache?.prune();
  return 0;
}
