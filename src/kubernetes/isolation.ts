import {asList, asMap, type JsonMap, textOf, valueAt} from '../json.ts';
import {
  type Hook,
  hookOf,
  isDeleted,
  isMadeForRelease,
  runsWithoutRelease,
  runToCompletion,
  waveOf,
} from './hook.ts';
import {NameIndex} from './name-index.ts';
import {validityOf} from './network-policy-validity.ts';
import type {Resource} from './resource.ts';
import {type Selected, selectRunning} from './running-pods.ts';
import type {StreamIndex} from './stream-index.ts';
import type {Workload} from './workload.ts';

export type Direction = 'ingress' | 'egress';

/** The NetworkPolicies of the API group that clusters enforce, in stream order, valid or not. */
export const networkPoliciesOf = (stream: StreamIndex): readonly Resource[] =>
  stream.ofKind('NetworkPolicy').filter(({group}) => group === 'networking.k8s.io');

/** The `policies` that an API server accepts: of the only existing version, and without errors. */
export const enforceable = (policies: readonly Resource[]): readonly Resource[] =>
  policies.filter(({version, value}) => version === 'v1' && validityOf(value) !== 'refused');

/**
 * Whether a NetworkPolicy governs a direction. One that lists no `policyTypes` governs ingress,
 * and egress where it has egress rules.
 */
export function governs(policy: JsonMap, direction: Direction): boolean {
  const spec = asMap(policy['spec']);
  const types = asList(spec?.['policyTypes']);
  if (types.length > 0) return types.includes(direction === 'ingress' ? 'Ingress' : 'Egress');
  return direction === 'ingress' || asList(spec?.['egress']).length > 0;
}

/** Why it is not certain that a policy isolates the pods that it selects. */
export type Doubt =
  | 'namespace'
  | 'hook'
  | 'wave'
  | 'unknown field'
  | 'duplicate'
  | 'local'
  | 'unapplied'
  | 'in an object'
  | 'selector'
  | 'part'
  | 'definition';

/** A policy that isolates the pods of a workload for as long as they live, or may do so. */
export interface Isolator {
  readonly policy: Resource;
  readonly doubt?: Doubt;
}

/**
 * The workloads that `policies` isolate, or may isolate, in `direction`: each with the first policy
 * that certainly does, or otherwise the first.
 */
export function isolatedBy(
  policies: readonly Resource[],
  direction: Direction,
  {workloads, pods}: Pick<StreamIndex, 'workloads' | 'pods'>,
): ReadonlyMap<Workload, Isolator> {
  const isolated = new Map<Workload, Isolator>();
  const seen = new Set<string>();
  const [unsure, untouched] = [pods.rest(), pods.rest()];
  const isHookAmong = workloads.some(({resource}) => hookOf(resource) !== undefined);
  for (const standing of standingOf(policies)) {
    const {policy, hook, doubt} = standing;
    if (!governs(policy.value, direction)) continue;
    const selector = asMap(policy.value['spec'])?.['podSelector'] ?? {};
    const when = hook === undefined ? null : [hook, policy.name];
    const wave = waveOf(policy);
    const key = JSON.stringify([policy.namespace ?? '', selector, when, wave, doubt ?? '']);
    if (seen.has(key)) continue;
    seen.add(key);
    const maySuffice = doubt === undefined && (hook === undefined || isHookAmong);
    const rest = maySuffice ? unsure : untouched;
    for (const selected of selectRunning(pods, selector, policy.namespace, rest)) {
      const {workload} = selected;
      const answer = isolates(standing, selected);
      if (answer === 'never') continue;
      if (answer === 'surely') {
        isolated.set(workload, {policy});
        unsure.drop(workload);
      } else if (!isolated.has(workload)) isolated.set(workload, {policy, doubt: answer});
      untouched.drop(workload);
    }
  }
  return isolated;
}

/** The `policies` that certainly exist as long as the release, with the rules that they have. */
export const lastingOf = (policies: readonly Resource[]): readonly Resource[] =>
  standingOf(policies)
    .filter(({hook, doubt, isOnly}) => hook === undefined && doubt === undefined && isOnly)
    .map(({policy}) => policy);

/** A policy that exists at some time after the stream has been applied. */
interface Standing {
  readonly policy: Resource;
  readonly hook: Hook | undefined;
  readonly doubt: Doubt | undefined;
  /** Whether no other one may have its name. */
  readonly isOnly: boolean;
}

/**
 * The policies in the cluster after the stream has been applied: of those with one name, the last.
 * An object with an owner is garbage-collected, because no manifest knows the `uid` of an owner.
 */
function standingOf(policies: readonly Resource[]): readonly Standing[] {
  const names = new NameIndex<Resource>();
  const last = new Map<string, Resource>();
  const alike = new Map<string, {readonly effect: string; count: number}>();
  for (const policy of policies) {
    names.add(policy.name, policy.namespace, policy);
    last.set(keyOf(policy), policy);
    const effect = effectOf(policy);
    const known = alike.get(keyOf(policy));
    if (known?.effect === effect) known.count++;
    else if (known === undefined) alike.set(keyOf(policy), {effect, count: 1});
  }
  const isDuplicate = (policy: Resource) =>
    names.count(policy.name, policy.namespace) > (alike.get(keyOf(policy))?.count ?? 0);
  return enforceable(policies)
    .filter(policy => last.get(keyOf(policy)) === policy)
    .filter(({value}) => asList(valueAt(value, ['metadata', 'ownerReferences'])).length === 0)
    .map(policy => ({
      policy,
      hook: hookOf(policy),
      doubt: doubtOf(policy, isDuplicate(policy)),
      isOnly: names.count(policy.name, policy.namespace) === 1,
    }));
}

const keyOf = ({name, namespace}: Resource): string => JSON.stringify([namespace ?? '', name]);

/**
 * What decides whom a policy isolates and when. If two are equal in this, it does not matter which
 * one exists.
 */
const effectOf = (policy: Resource): string =>
  JSON.stringify([
    policy.version,
    validityOf(policy.value),
    asMap(policy.value['spec'])?.['podSelector'] ?? {},
    governs(policy.value, 'ingress'),
    governs(policy.value, 'egress'),
    hookOf(policy) ?? null,
    waveOf(policy),
    applyDoubtOf(policy) ?? null,
    asList(valueAt(policy.value, ['metadata', 'ownerReferences'])).length > 0,
  ]);

const localAnnotation = ['metadata', 'annotations', 'config.kubernetes.io/local-config'];

/**
 * Labels and annotations, with their values in lower case, that keep Flux, Config Sync, kapp,
 * kluctl or werf from applying an object everywhere and every time, or make them, Kyverno, kube-janitor or
 * k8s-ttl-controller delete it, for example after a time. An empty list stands for any value.
 */
const exclusions: Readonly<Record<string, readonly string[]>> = {
  'kustomize.toolkit.fluxcd.io/reconcile': ['disabled'],
  'kustomize.toolkit.fluxcd.io/ssa': ['ignore', 'ifnotpresent'],
  'client.lifecycle.config.k8s.io/mutation': ['ignore'],
  'configmanagement.gke.io/managed': ['disabled'],
  'configmanagement.gke.io/cluster-selector': [],
  'configmanagement.gke.io/namespace-selector': [],
  'configsync.gke.io/cluster-name-selector': [],
  'kapp.k14s.io/noop': [],
  'kapp.k14s.io/exists': [],
  'kapp.k14s.io/update-strategy': ['skip'],
  'kluctl.io/delete': ['true'],
  'kluctl.io/hook': [],
  'werf.io/deploy-on': [],
  'werf.io/delete-policy': [],
  'cleanup.kyverno.io/ttl': [],
  'janitor/expires': [],
  'janitor/ttl': [],
  'k8s-ttl-controller.twin.sh/ttl': [],
};

function doubtOf(policy: Resource, isDuplicate: boolean): Doubt | undefined {
  if (isDuplicate) return 'duplicate';
  return validityOf(policy.value) === 'unknown' ? 'unknown field' : applyDoubtOf(policy);
}

/**
 * The doubt whether an object is applied at all: kustomize omits local configuration, and tools
 * that go by the kind omit the `items` of what is no list.
 */
export function applyDoubtOf({
  value,
  isInObject,
}: Resource): 'local' | 'unapplied' | 'in an object' | undefined {
  if (isInObject === true) return 'in an object';
  if (valueAt(value, localAnnotation) !== undefined) return 'local';
  return isExcluded(value) ? 'unapplied' : undefined;
}

const isExcluded = (value: JsonMap): boolean =>
  ['labels', 'annotations'].some(field => {
    const marks = asMap(valueAt(value, ['metadata', field]));
    return Object.entries(exclusions).some(([key, values]) => {
      const mark = marks?.[key];
      if (mark === undefined) return false;
      return values.length === 0 || values.includes(textOf(mark).toLowerCase());
    });
  });

/** Whether a policy that selects the pods of a workload isolates them from their first moment to their last. */
function isolates(
  {policy, hook, doubt}: Standing,
  {workload: {resource}, isSure}: Selected,
): 'surely' | 'never' | Doubt {
  const presence = presenceAt(hook, policy, resource);
  if (presence !== 'surely') return presence;
  if (doubt !== undefined) return doubt;
  if (policy.namespace !== resource.namespace) return 'namespace';
  return isSure ? 'surely' : 'selector';
}

/** Whether `policy` exists while the pods of `workload` do. */
export const presenceFor = (policy: Resource, workload: Resource): Presence =>
  presenceAt(hookOf(policy), policy, workload);

type Presence = 'surely' | 'never' | Extract<Doubt, 'hook' | 'wave'>;

/** Whether `policy`, which is `hook` if it is one, exists while the pods of `workload` do. */
function presenceAt(hook: Hook | undefined, policy: Resource, workload: Resource): Presence {
  const other = hookOf(workload);
  if (hook === undefined) {
    if (other !== undefined && runsWithoutRelease(other)) return 'never';
    // Argo CD applies a wave only when the one before it is healthy.
    const isOfSync =
      other === undefined || (other.tool === 'argo' && other.events.includes('sync'));
    return isOfSync && waveOf(policy) > waveOf(workload) ? 'wave' : 'surely';
  }
  if (other?.tool === hook.tool) {
    const isFirst =
      hook.weight < other.weight || (hook.weight === other.weight && policy.name < workload.name);
    const isAtAll = other.events.every(event => hook.events.includes(event));
    const isKept = !isDeleted(hook) || runToCompletion.includes(workload.kind);
    if (isFirst && isAtAll && isKept) return 'surely';
  }
  return isDeleted(hook) || !isMadeForRelease(hook) ? 'never' : 'hook';
}
