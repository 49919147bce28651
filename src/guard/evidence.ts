import {mountingPrograms, nodePrograms} from '../evidence/commands.ts';
import {witnesses} from '../evidence/evidence.ts';
import {namespaces, nodeFolders} from '../evidence/node-agent.ts';
import {firstUnprivilegedPort} from '../kubernetes/container-port.ts';
import type {Policy} from '../policy/policy.ts';
import {findRule} from '../rules/index.ts';
import {touchesAny} from './checks/host-path.ts';
import {callsHost} from './checks/no-host-probes.ts';
import {mayBeRoot, userOf} from './checks/user.ts';
import type {SettledCheck} from './language/check.ts';
import {itemsOf} from './subjects.ts';

/** As `isNodeAgent`, of a DaemonSet and of the pods that its controller makes. */
const isNodeAgent = `((request.kind.kind == 'DaemonSet' || variables.owners.exists(o, o.kind == 'DaemonSet')) && (${namespaces.map(field => `variables.pod.?${field}.orValue(false)`).join(' || ')}) && variables.hostPaths.exists(h, ${touchesAny(nodeFolders)}))`;

const isProbedOnLoopback = `variables.containers.exists(c, ${callsHost("h.matches('^(127[.]|localhost$|::1$)')")})`;

const propagatesMounts =
  "c.?volumeMounts.orValue([]).exists(m, m.?mountPropagation.orValue('') == 'Bidirectional')";

/** As `runs`: a word of the command or the arguments is a program, with folders before it or none. */
const runs = (programs: readonly string[]): string =>
  `(c.?command.orValue([]) + c.?args.orValue([])).exists(w, w.matches('(^|[^\\\\w.-])(${programs.join('|')})($|[^\\\\w./-])'))`;

const ofContainer = 'c.?securityContext';

/** As `hasFileCapabilities`: the user is an ordinary one, by its number or else by a promise. */
const hasFileCapabilities = [
  `${ofContainer}.?allowPrivilegeEscalation.orValue(false)`,
  `${ofContainer}.?capabilities.?add.orValue([]).size() > 0`,
  `!(${mayBeRoot})`,
].join(' && ');

const changesOwners = runs(['chown', 'chgrp', 'chmod']);
const hasLowPort = `c.?ports.orValue([]).exists(p, p.?containerPort.orValue(0) > 0 && p.containerPort < ${firstUnprivilegedPort})`;

/** As the doubt of no-root: no manifest names the container's user, or it is root. */
const userIsUnknown = `${userOf}.orValue(0) == 0`;

/** CEL for what speaks against a rewrite. */
interface Terms {
  readonly ofPod?: readonly string[];
  /** Of a container as `c`; where a pod is at fault, of any of its containers. */
  readonly ofContainer?: readonly string[];
}

/**
 * By rule, what in one object speaks against its rewrites, as the witnesses of `src/evidence` and
 * the doubts of rules have it. A rule against which other objects speak is absent.
 */
const evidence: Readonly<Record<string, Terms>> = {
  'no-host-network': {ofPod: [isNodeAgent, isProbedOnLoopback]},
  'no-privileged': {ofPod: [isNodeAgent], ofContainer: [propagatesMounts, runs(nodePrograms)]},
  'no-sys-admin': {ofPod: [isNodeAgent], ofContainer: [runs(mountingPrograms)]},
  'no-privilege-escalation': {ofContainer: [hasFileCapabilities]},
  'no-sensitive-host-path': {ofPod: [isNodeAgent]},
  'no-unconfined-apparmor': {ofPod: [isNodeAgent]},
  'no-custom-selinux': {ofPod: [isNodeAgent]},
  'no-root': {ofContainer: [userIsUnknown, changesOwners, hasLowPort]},
  // Whoever asks for root means it.
  'no-root-user': {ofPod: ['true']},
};

/** Whether rewrites of a rule may wait under `policy`, and one object does not tell which do. */
export const waitsUnseen = (rule: string, policy: Policy): boolean =>
  mayWait(rule, policy) && isUnseen(rule);

const isUnseen = (rule: string): boolean =>
  Object.hasOwn(witnesses, rule) && !Object.hasOwn(evidence, rule);

const mayWait = (rule: string, {waiting, rules}: Policy): boolean =>
  rules.get(rule) === 'fix' && waiting.has(rule);

/**
 * The checks of one pod as they are under `policy`: each split into what render rewrites, and what
 * it lets pass since something speaks for it. Where one object does not tell them apart, all of it
 * may pass.
 */
export function sortedByEvidence(
  checks: readonly SettledCheck[],
  policy: Policy,
): readonly SettledCheck[] {
  const needs = needsIn(checks);
  return checks.flatMap(check => sorted(check, policy, needs));
}

function sorted(check: SettledCheck, policy: Policy, needs: Needs): readonly SettledCheck[] {
  if (check.outcome !== 'rewritten' || !mayWait(check.rule, policy)) return [check];
  const against = [evidenceAgainst(check), needAgainst(check, needs)].flatMap(cel => cel ?? []);
  if (against.length === 0) return [check];
  const waiting = {
    ...check,
    name: `${check.name}InUse`,
    remedy: `If the workload needs it, add an exception to the policy; otherwise: ${check.remedy}`,
    outcome: 'flagged',
    variables: {...needs.variables, ...check.variables},
  } as const;
  if (against.includes('true')) return [waiting];
  const depends = `(${against.join(' || ')})`;
  return [
    {...check, finds: `(${check.finds}) && !${depends}`, variables: waiting.variables},
    {...waiting, finds: `(${check.finds}) && ${depends}`},
  ];
}

/** CEL for what speaks against the rewrite of what `check` finds; undefined where nothing can. */
function evidenceAgainst({rule, subject}: SettledCheck): string | undefined {
  if (isUnseen(rule)) return 'true';
  const {ofPod: pods = [], ofContainer: containers = []} = evidence[rule] ?? {};
  const any = subject === 'container' || containers.length === 0 ? containers : anyOf(containers);
  const terms = [...pods, ...any];
  return terms.includes('true') ? 'true' : terms.join(' || ') || undefined;
}

const anyOf = (terms: readonly string[]): readonly string[] => [
  `variables.containers.exists(c, ${terms.join(' || ')})`,
];

/** CEL variables that tell whether anything speaks for a pod, as `PodNeeds` of `src/check` does. */
interface Needs {
  readonly variables: Readonly<Record<string, string>>;
}

const podVariable = 'needOfPod';
const containerVariable = 'needOfContainers';

function needsIn(checks: readonly SettledCheck[]): Needs {
  const ofPods: string[] = [];
  const ofContainers: string[] = [];
  const variables: Record<string, string> = {};
  for (const check of checks) {
    const against = evidenceAgainst(check);
    if (against === undefined) continue;
    const items = itemsOf(check.subject);
    const isFound = `(${check.finds}) && (${against})`;
    const term = items === undefined ? isFound : `${items.list}.exists(${items.item}, ${isFound})`;
    (check.subject === 'container' ? ofContainers : ofPods).push(term);
    Object.assign(variables, check.variables);
  }
  if (ofPods.length > 0) variables[podVariable] = ofPods.join(' || ');
  if (ofContainers.length > 0) variables[containerVariable] = ofContainers.join(' || ');
  return {variables};
}

/** An init container that has ended before the others start is judged by itself. */
const endsFirst =
  "variables.pod.?initContainers.orValue([]).exists(i, i.name == c.name && i.?restartPolicy.orValue('') != 'Always')";

/** CEL for what speaks for the pod as a whole, where `check` finds what its rewrite takes. */
function needAgainst({rule, subject, takes}: SettledCheck, {variables}: Needs): string | undefined {
  const whole = rewritesOf(rule) === 'takes' ? 'true' : takes;
  if (whole === undefined) return undefined;
  const others = subject === 'container' ? ` && !${endsFirst}` : '';
  const terms = [
    ...(podVariable in variables ? [`variables.${podVariable}`] : []),
    ...(containerVariable in variables ? [`variables.${containerVariable}${others}`] : []),
  ];
  if (terms.length === 0) return undefined;
  const need = terms.join(' || ');
  return whole === 'true' ? need : `${whole} && (${need})`;
}

const rewritesOf = (id: string) => findRule(id)?.rewrite?.effect;
