import {set} from '../edits.ts';
import {textOf, valueAt} from '../json.ts';
import {clusterNamespaces} from '../kubernetes/cluster-namespaces.ts';
import {userNamespaceSince} from '../kubernetes/pod-platform.ts';
import type {PodSpec} from '../kubernetes/pod-spec.ts';
import type {StreamIndex} from '../kubernetes/stream-index.ts';
import {minorOf} from '../policy/pod-security-version.ts';
import type {Policy} from '../policy/policy.ts';
import {podSecurityRules} from './pod-security-rules.ts';
import type {Rule, RuleContext, StreamViolation} from './rule.ts';

type Level = 'baseline' | 'restricted';

const label = 'pod-security.kubernetes.io/enforce';

/** From the least to the most that a level forbids. */
const levels: readonly string[] = ['privileged', 'baseline', 'restricted'];

/**
 * Required label of a Namespace: `pod-security.kubernetes.io/enforce`: the level of the policy, or
 * a stricter one. The level is `restricted` if the policy has all rules of that standard, otherwise
 * `baseline`. `kube-system` is exempt: nodes need privileged pods there.
 *
 * The rewrite waits if pods of the stream that are, or may be, in the namespace do not meet the
 * standard after all other rewrites: the API server would refuse them.
 */
export const requirePodSecurity: Rule = {
  id: 'require-pod-security',
  title: 'Namespaces must enforce a Pod Security Standard',
  severity: 'low',
  remedy:
    'Set the label `pod-security.kubernetes.io/enforce` of the namespace to `restricted`, or to `baseline` if its pods need more.',
  rationale:
    'Without the label the API server accepts any pod in the namespace: whoever may create one there can take over a node.',
  rewrite: {
    does: 'sets the label `pod-security.kubernetes.io/enforce` to the level of the policy',
    disruption: 'likely',
    effect: 'fills',
    mayStopStart: true,
  },
  references: {nsa: 'Kubernetes Pod security'},
  kinds: ['Namespace'],
  *checkStream(stream, context) {
    const level = levelOf(context.policy);
    const namespaces = stream.ofKind('Namespace');
    const faults = namespaces.length === 0 ? undefined : faultsByNamespace(stream, level, context);
    for (const resource of namespaces) {
      if (resource.group !== '' || clusterNamespaces.has(resource.name)) continue;
      const path = ['metadata', 'labels', label];
      const found = valueAt(resource.value, path);
      const enforced = textOf(found ?? 'privileged');
      if (levels.indexOf(enforced) >= levels.indexOf(level)) continue;
      const fault = faults?.get(resource.name) ?? faults?.get('');
      yield {
        resource,
        path,
        edits: [set(path, level)],
        ...(found === undefined
          ? {
              message: `the namespace must enforce \`${level}\`: the API server accepts any pod there`,
            }
          : {...laxer(enforced, level), effect: 'takes'}),
        ...(fault === undefined ? {} : {doubt: fault}),
      } satisfies StreamViolation;
    }
  },
};

const laxer = (enforced: string, level: Level): Pick<StreamViolation, 'message' | 'severity'> =>
  enforced === 'privileged'
    ? {
        message: `\`${label}: privileged\` has the API server accept any pod in the namespace`,
        severity: 'medium',
      }
    : {message: `\`${label}\` must be "${level}", not "${enforced}"`};

/** The level whose rules the policy has. */
function levelOf({rules}: Policy): Level {
  const isRestricted = podSecurityRules.every(({id}) => rules.has(id) && rules.get(id) !== 'off');
  return isRestricted ? 'restricted' : 'baseline';
}

/**
 * What the first faulty pods in each namespace still violate; under an empty name those of the
 * release, whose namespace may be any.
 */
function faultsByNamespace(
  {workloads}: StreamIndex,
  level: Level,
  given: RuleContext,
): ReadonlyMap<string, string> {
  const context = atAnyVersion(given);
  const asked = podSecurityRules.filter(rule => isAsked(rule, level, context.policy));
  const faults = new Map<string, string>();
  for (const {resource, pod} of workloads) {
    const {kind, name, namespace = ''} = resource;
    const rule = faults.has(namespace) ? undefined : asked.find(each => finds(each, pod, context));
    if (rule === undefined) continue;
    const fault = `whether the pods of ${kind} "${name}" may be refused: ${rule.id} finds that they do not meet \`${level}\``;
    faults.set(namespace, fault);
  }
  return faults;
}

/**
 * Without a version in the policy, the API server may be older than the standards of today, which allow root in pods with
 * their own user namespace.
 */
const atAnyVersion = (context: RuleContext): RuleContext =>
  Number.isFinite(context.policy.podSecurityMinor)
    ? context
    : {...context, policy: {...context.policy, podSecurityMinor: userNamespaceSince - 1}};

const isAsked = (
  {references: {podSecurity}}: Rule,
  level: Level,
  {podSecurityMinor}: Policy,
): boolean =>
  (podSecurity?.level === 'baseline' || podSecurity?.level === level) &&
  minorOf(podSecurity.since ?? 'v1.0') <= podSecurityMinor;

function finds({checkPod, checkContainer}: Rule, pod: PodSpec, context: RuleContext): boolean {
  for (const violation of checkPod?.(pod, context) ?? []) if (!violation.isNote) return true;
  return pod.containers.some(container =>
    [...(checkContainer?.(container, pod, context) ?? [])].some(({isNote}) => !isNote),
  );
}
