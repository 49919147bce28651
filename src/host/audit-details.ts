import {UsageError} from '../errors.ts';
import {auditWithChanges, type Told} from '../harden.ts';
import {networkReport} from '../network-report.ts';
import type {Policy} from '../policy/policy.ts';
import type {Report, TargetNetwork} from '../report/report.ts';
import type {ObjectStream} from '../stream/manifest-stream.ts';

/** What an audit says about a target, with what a page about it shows. */
export type DetailedAudit = Told & Pick<Report, 'changes' | 'networks'>;

/** As `auditStream`, with the changes and the network. */
export const auditDetails = (
  stream: ObjectStream,
  policy: Policy,
  today?: string,
): DetailedAudit => ({
  ...auditWithChanges(stream, policy, today),
  networks: networksIn(stream, policy, today),
});

/** None where the network has too many connections to be told. */
function networksIn(
  stream: ObjectStream,
  policy: Policy,
  today?: string,
): readonly TargetNetwork[] {
  try {
    const {before, after} = networkReport(stream, policy, today);
    return [{file: stream.inputs[0]?.file ?? '', before, after}];
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    return [];
  }
}
