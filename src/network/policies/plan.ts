import {asMap, type JsonMap} from '../../json.ts';
import {hookOf} from '../../kubernetes/hook.ts';
import {
  type Direction,
  type Doubt,
  type Isolator,
  isolatedBy,
  networkPoliciesOf,
} from '../../kubernetes/isolation.ts';
import {PluginPolicies} from '../../kubernetes/plugin-policies/plugin-policies.ts';
import type {Resource} from '../../kubernetes/resource.ts';
import type {StreamIndex} from '../../kubernetes/stream-index.ts';
import type {Workload} from '../../kubernetes/workload.ts';
import type {Policy} from '../../policy/policy.ts';
import type {UnnamedTarget} from '../needs/unnamed.ts';
import {type Allowances, podSelectorOf} from './network-policy.ts';
import type {MeantFor, Planner} from './planner.ts';

/** The plan for the isolation of one workload. */
export type Plan = Problem | Isolated | Isolation;

/** The policy to add for a workload. */
export interface Isolation {
  readonly workload: Workload;
  readonly podSelector: JsonMap;
  /** The directions that nothing in the stream governs yet, and what to admit in them. */
  readonly allowances: Allowances;
  /** The ports that are open to every private address, because the API server's is unknown. */
  readonly guessed: readonly string[];
  /** The ports on which pods on the host network call the pods, from unknown addresses. */
  readonly byNodes: readonly string[];
  /** The ports that only the images of the pods declare. */
  readonly imagePorts: readonly string[];
  /** The ports that remaining host ports lead to. */
  readonly hostPorts: readonly string[];
  /** External clients that seem to be intended: admitted until the user decides. */
  readonly meant: readonly MeantFor[];
  /** Whether the release has too many workloads to list, so that namespaces are used instead. */
  readonly isBroad: boolean;
  /** The Services that open the pods to external clients and are not declared as `exposed`. */
  readonly undeclared: readonly Resource[];
  /** Public addresses that are admitted: `the API server at 8.0.0.0/8 on 443`. */
  readonly beyond: readonly string[];
  /** The invalid ranges of exposed load balancers of the pods. */
  readonly unread: readonly string[];
  /** The targets of Services that no container of the pods declares. */
  readonly deadEnds: readonly string[];
  /** Destinations of the pods in the stream that only a declaration opens. */
  readonly unopened: readonly string[];
  /** What Services lead to in the pods, although nothing in the stream names them. */
  readonly unnamed: readonly UnnamedTarget[];
  /** Whether the pods are those of a hook, and no label tells them from the pods of others. */
  readonly isHookAmongOthers: boolean;
}

/** Why no policy can cover a workload. */
export interface Problem {
  readonly workload: Workload;
  readonly problem: 'host network' | 'no labels' | 'operator';
}

/** A policy in the stream already governs the pods in one direction. */
export interface Isolated {
  readonly workload: Workload;
  readonly isolatedBy: Resource;
  readonly direction: Direction;
  /**
   * Why this is not certain. No policy is added then either, because it might open what is closed.
   */
  readonly doubt?: Doubt;
}

/** The plans for the workloads of the stream, including those that cannot be isolated. */
export function* planIsolation(
  stream: StreamIndex,
  policy: Policy,
  planner: Planner,
): Iterable<Plan> {
  const {workloads, pods} = stream;
  const present = networkPoliciesOf(stream);
  const isolated = {
    ingress: isolatedBy(present, 'ingress', stream),
    egress: isolatedBy(present, 'egress', stream),
  };
  const plugins = new PluginPolicies(stream);
  const governed = {ingress: plugins.isolatedIn('ingress'), egress: plugins.isolatedIn('egress')};
  const isolatorOf = (workload: Workload, direction: Direction) =>
    surest(isolated[direction].get(workload), governed[direction].get(workload));
  const {egress} = policy.networkPolicy;
  const directions = (['ingress', 'egress'] as const).filter(
    direction => direction === 'ingress' || egress !== 'open',
  );
  for (const workload of workloads) {
    if (workload.isHostNetwork) {
      yield {workload, problem: 'host network'};
      continue;
    }
    for (const direction of directions) {
      const isolator = isolatorOf(workload, direction);
      if (isolator === undefined) continue;
      const {policy, ...doubt} = isolator;
      yield {workload, isolatedBy: policy, direction, ...doubt};
    }
    const open = directions.filter(direction => isolatorOf(workload, direction) === undefined);
    if (open.length === 0) continue;
    const podSelector = podSelectorOf(workload, pods);
    if (podSelector === undefined) {
      yield {workload, problem: workload.operator === undefined ? 'no labels' : 'operator'};
    } else {
      const allowances = planner.of(workload, open);
      const isHook = planner.isLeast && hookOf(workload.resource) !== undefined;
      const isHookAmongOthers = isHook && !isAlone(podSelector, workload, stream);
      const notable = notableOf(planner, workload, open);
      yield {workload, podSelector, allowances, ...notable, isHookAmongOthers};
    }
  }
}

/** What a user should know about the policy of a workload. */
function notableOf(
  planner: Planner,
  workload: Workload,
  open: readonly Direction[],
): Omit<Isolation, 'workload' | 'podSelector' | 'allowances' | 'isHookAmongOthers'> {
  const isIn = open.includes('ingress');
  const inward = <Told>(read: () => readonly Told[]): readonly Told[] => (isIn ? read() : []);
  return {
    isBroad: planner.isBroad(open),
    guessed: inward(() => planner.guessedPorts(workload)),
    byNodes: inward(() => planner.calledByNodes(workload)),
    imagePorts: inward(() => planner.imagePortsOf(workload)),
    hostPorts: inward(() => planner.hostPortsOf(workload)),
    meant: inward(() => planner.meantFor(workload)),
    undeclared: inward(() => planner.undeclaredTo(workload)),
    unread: inward(() => planner.unreadOf(workload)),
    beyond: inward(() => planner.beyondPrivate(workload)),
    deadEnds: inward(() => planner.deadEndsOf(workload)),
    unopened: open.includes('egress') ? planner.unopenedTo(workload) : [],
    unnamed: inward(() => planner.unnamedOf(workload)),
  };
}

/** Whether labels select the pods of one workload only. */
function isAlone(podSelector: JsonMap, {resource}: Workload, {pods}: StreamIndex): boolean {
  const labels = asMap(podSelector['matchLabels']) ?? {};
  return pods.isAlone(labels, resource.namespace);
}

/** Of two policies that may isolate the pods, the one that certainly does. */
const surest = (one: Isolator | undefined, other: Isolator | undefined): Isolator | undefined =>
  one === undefined || (one.doubt !== undefined && other?.doubt === undefined)
    ? (other ?? one)
    : one;
