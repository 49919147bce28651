import type {JsonMap, Path} from '../../json.ts';
import type {Direction} from '../../kubernetes/isolation.ts';
import type {Resource} from '../../kubernetes/resource.ts';
import type {Workload} from '../../kubernetes/workload.ts';
import type {PolicyPort} from '../../policy/network-policy.ts';

/** Why a connection is needed: the field that shows it, or the policy that declares it. */
export interface Evidence {
  readonly reason: string;
  readonly resource?: Resource;
  readonly path?: Path;
}

/** One end of a connection: a workload of the stream, or NetworkPolicyPeers for others. */
export type Peer = Workload | Outside;

export interface Outside {
  /** A readable name; absent if its selectors or ranges describe it best. */
  readonly name?: string;
  /** Empty if no policy can or may match it: then nothing is admitted. */
  readonly peers: readonly JsonMap[];
}

/**
 * All workloads of the release, as one peer, so that what many of them may reach is one connection:
 * the planner knows their selectors.
 */
export const wholeRelease: Outside = {peers: []};

export const isOutside = (peer: Peer): peer is Outside => 'peers' in peer;

/** What shows a connection; each level admits some of these. */
export type Origin =
  | 'reference'
  | 'address'
  | 'peers'
  | 'ring'
  | 'kin'
  | 'route'
  | 'monitoring'
  | 'webhook'
  | 'exposed'
  | 'meant'
  | 'hostPort'
  | 'node'
  | 'mesh'
  | 'dns'
  | 'api'
  | 'declared';

/** The need of a workload to reach another one or something outside the stream, or the reverse. */
export interface Connection {
  readonly origin: Origin;
  readonly from: Peer;
  readonly to: Peer;
  /** An empty list stands for every port. */
  readonly ports: readonly PolicyPort[];
  readonly why: Evidence;
  /** Present if another connection shows the same in the other direction. */
  readonly only?: Direction;
}

/** The number of reasons listed for one allowance: any of them is enough. */
export const mostReasons = 50;
