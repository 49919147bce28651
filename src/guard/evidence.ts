import {mountingPrograms, nodePrograms} from '../evidence/commands.ts';
import {witnesses} from '../evidence/evidence.ts';
import {namespaces, nodeFolders} from '../evidence/node-agent.ts';
import type {Policy} from '../policy/policy.ts';
import {touchesAny} from './checks/host-path.ts';
import {callsHost} from './checks/no-host-probes.ts';
import type {SettledCheck} from './language/check.ts';

/** As `isNodeAgent`, of a DaemonSet and of the pods that its controller makes. */
const isNodeAgent = `((request.kind.kind == 'DaemonSet' || variables.owners.exists(o, o.kind == 'DaemonSet')) && (${namespaces.map(field => `variables.pod.?${field}.orValue(false)`).join(' || ')}) && variables.hostPaths.exists(h, ${touchesAny(nodeFolders)}))`;

const isProbedOnLoopback = `variables.containers.exists(c, ${callsHost("h.matches('^(127[.]|localhost$|::1$)')")})`;

const propagatesMounts =
  "c.?volumeMounts.orValue([]).exists(m, m.?mountPropagation.orValue('') == 'Bidirectional')";

/** As `runs`: a word of the command or the arguments is a program, with folders before it or none. */
const runs = (programs: readonly string[]): string =>
  `(c.?command.orValue([]) + c.?args.orValue([])).exists(w, w.matches('(^|[^\\\\w.-])(${programs.join('|')})($|[^\\\\w./-])'))`;

const ofContainer = 'c.?securityContext';
const ofPod = 'variables.pod.?securityContext';

/** As `hasFileCapabilities`: the user is an ordinary one, by its number or else by a promise. */
const hasFileCapabilities = [
  `${ofContainer}.?allowPrivilegeEscalation.orValue(false)`,
  `${ofContainer}.?capabilities.?add.orValue([]).size() > 0`,
  `${ofContainer}.?runAsUser.or(${ofPod}.?runAsUser).optMap(u, u != 0).or(${ofContainer}.?runAsNonRoot).or(${ofPod}.?runAsNonRoot).orValue(false)`,
].join(' && ');

/**
 * By rule, CEL for what in one object shows that the workload depends on what the rewrite takes,
 * as the witnesses of `src/evidence` read it. A rule whose evidence other objects give is absent.
 */
const evidence: Readonly<Record<string, readonly string[]>> = {
  'no-host-network': [isNodeAgent, isProbedOnLoopback],
  'no-privileged': [isNodeAgent, propagatesMounts, runs(nodePrograms)],
  'no-sys-admin': [isNodeAgent, runs(mountingPrograms)],
  'no-privilege-escalation': [hasFileCapabilities],
  'no-sensitive-host-path': [isNodeAgent],
  'no-unconfined-apparmor': [isNodeAgent],
  'no-custom-selinux': [isNodeAgent],
};

/** Whether rewrites of a rule may wait under `policy`, and one object does not tell which do. */
export const waitsUnseen = (rule: string, policy: Policy): boolean =>
  mayWait(rule, policy) && !Object.hasOwn(evidence, rule);

const mayWait = (rule: string, {waiting, rules}: Policy): boolean =>
  rules.get(rule) === 'fix' && waiting.has(rule) && Object.hasOwn(witnesses, rule);

/**
 * `check` as it is under `policy`: what render rewrites, and what it lets pass since the workload
 * seems to depend on it. Where one object does not tell them apart, all of it may pass.
 */
export function sortedByEvidence(check: SettledCheck, policy: Policy): readonly SettledCheck[] {
  // What annotates a pod is no part of its spec, where render looks for evidence.
  const isWaiting = mayWait(check.rule, policy) && check.subject !== 'annotation';
  if (check.outcome !== 'rewritten' || !isWaiting) return [check];
  const waiting = {
    ...check,
    name: `${check.name}InUse`,
    message: `where the workload depends on it, except it in the policy; else ${check.message}`,
    outcome: 'flagged',
  } as const;
  const terms = Object.hasOwn(evidence, check.rule) ? evidence[check.rule] : undefined;
  if (terms === undefined) return [waiting];
  const depends = `(${terms.join(' || ')})`;
  return [
    {...check, finds: `(${check.finds}) && !${depends}`},
    {...waiting, finds: `(${check.finds}) && ${depends}`},
  ];
}
