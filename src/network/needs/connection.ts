import type {JsonMap, Path} from '../../json.ts';
import type {Resource} from '../../kubernetes/resource.ts';
import type {Workload} from '../../kubernetes/workload.ts';
import type {PolicyPort} from '../../policy/network-policy.ts';

/** Why a connection is needed: the field that shows it, or the policy that declares it. */
export interface Evidence {
  readonly reason: string;
  readonly resource?: Resource;
  readonly path?: Path;
}

/** One end of a connection: a workload of the stream, or NetworkPolicyPeers of what is none. */
export type Peer = Workload | Outside;

export interface Outside {
  /** What people call it; absent where its selectors or ranges say it best. */
  readonly name?: string;
  /** None where no policy can or may name it: then nothing is admitted. */
  readonly peers: readonly JsonMap[];
}

export const isOutside = (peer: Peer): peer is Outside => 'peers' in peer;

/** What shows a connection; each rung of the ladder admits some of these. */
export type Origin =
  | 'reference'
  | 'address'
  | 'peers'
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

/** One workload's need to reach another, or what lies outside the stream, or the reverse. */
export interface Connection {
  readonly origin: Origin;
  readonly from: Peer;
  readonly to: Peer;
  /** An empty list stands for every port. */
  readonly ports: readonly PolicyPort[];
  readonly why: Evidence;
}

/** For how many reasons one thing is admitted: more are not told, since each is enough. */
export const mostReasons = 50;
