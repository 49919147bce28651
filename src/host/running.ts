import {liveConcernOf} from '../check/live-kinds.ts';
import type {Policy} from '../policy/policy.ts';
import {type ClusterChoices, type ClusterObjects, readCluster} from './cluster.ts';
import {tellSkipped} from './targets.ts';

/**
 * What runs in a cluster, of the kinds that `policy` looks at, for audits and postures alike. Lists on stderr what could
 * not be read. One namespace that the call names is that of the release, as for manifests.
 *
 * @throws {UsageError} if there is no kubectl, the cluster does not answer, or nothing can be read
 */
export async function readRunning(
  choices: ClusterChoices,
  policy: Policy,
): Promise<ClusterObjects> {
  const found = await readCluster(choices, liveConcernOf(policy), policy.workloads);
  await tellSkipped(found.skipped);
  const [namespace, more] = new Set(choices.namespaces);
  if (namespace === undefined || more !== undefined) return found;
  const inputs = found.stream.inputs.map(input => ({...input, release: {namespace}}));
  return {...found, stream: {...found.stream, inputs}};
}
