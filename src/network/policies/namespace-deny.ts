import {asList, asMap, type Json, type JsonMap, type Path} from '../../json.ts';
import {type Direction, governs, lastingOf, networkPoliciesOf} from '../../kubernetes/isolation.ts';
import type {Resource} from '../../kubernetes/resource.ts';
import type {StreamIndex} from '../../kubernetes/stream-index.ts';
import type {Workload} from '../../kubernetes/workload.ts';
import type {Policy} from '../../policy/policy.ts';
import {networkPolicyFor} from './network-policy.ts';
import type {PolicyNames} from './policy-name.ts';

/** A namespace without a policy that isolates all of it, and the policy to add. */
interface Denial {
  /** The first workload of the namespace. */
  readonly resource: Resource;
  readonly path: Path;
  readonly message: string;
  readonly addition: {readonly value: JsonMap; readonly fileName: string};
}

/** A policy for each namespace of the release without a default-deny policy. */
export function* namespaceDenials(
  stream: StreamIndex,
  {networkPolicy}: Policy,
  names: PolicyNames,
): Iterable<Denial> {
  const directions: readonly Direction[] =
    networkPolicy.egress === 'open' ? ['ingress'] : ['ingress', 'egress'];
  const denied = new Set(
    lastingOf(networkPoliciesOf(stream))
      .filter(({value}) => directions.every(direction => deniesAll(value, direction)))
      .map(({namespace}) => namespace),
  );
  for (const [namespace, resource] of firstResources(stream.workloads)) {
    if (denied.has(namespace)) continue;
    const identity = {...coreV1, kind: 'Namespace', name: 'deny-all', value: {}};
    const place = namespace === undefined ? {} : {namespace};
    const policy: Resource = {...identity, ...place, path: [], document: resource.document};
    const name = names.nameFor(policy);
    const nothing = Object.fromEntries(directions.map(direction => [direction, []]));
    const value = networkPolicyFor(policy, name, {}, nothing);
    const addition = {value, fileName: `network-policy-${name}.yaml`};
    yield {resource, path: ['metadata', 'namespace'], message: undenied, addition};
  }
}

const coreV1 = {apiVersion: 'v1', group: '', version: 'v1'};

const undenied =
  'no NetworkPolicy isolates the whole namespace, as the policy file requires: a pod that is added later accepts connections from everywhere';

function firstResources(workloads: readonly Workload[]): ReadonlyMap<string | undefined, Resource> {
  const first = new Map<string | undefined, Resource>();
  for (const {resource} of workloads) {
    if (!first.has(resource.namespace)) first.set(resource.namespace, resource);
  }
  return first;
}

function deniesAll(policy: JsonMap, direction: Direction): boolean {
  const spec = asMap(policy['spec']);
  const isEveryPod = isEmpty(spec?.['podSelector']);
  return isEveryPod && governs(policy, direction) && asList(spec?.[direction]).length === 0;
}

/** Whether a selector selects everything. */
function isEmpty(selector: Json | undefined): boolean {
  const {matchLabels, matchExpressions} = asMap(selector) ?? {};
  return Object.keys(asMap(matchLabels) ?? {}).length + asList(matchExpressions).length === 0;
}
