import type {Direction} from '../../kubernetes/isolation.ts';
import type {Rung} from '../../policy/network-policy.ts';
import type {Origin} from '../needs/connection.ts';

/** What the stream shows of who connects to the pods, and the policy declares. */
const shown: readonly Origin[] = [
  'declared',
  'exposed',
  'meant',
  'hostPort',
  'node',
  'mesh',
  'webhook',
  'kin',
  'route',
  'monitoring',
  'reference',
  'peers',
];

/** What each rung of the ladder admits, beside whole groups of workloads. */
export const admitted: Readonly<
  Record<Rung, {readonly [direction in Direction]: readonly Origin[]}>
> = {
  // Probes come from the node, which no rung keeps out.
  deny: {ingress: ['declared', 'mesh'], egress: ['declared']},
  workloads: {ingress: shown, egress: ['declared', 'dns', 'api', 'address', 'node', 'mesh']},
  release: {ingress: shown, egress: ['declared', 'dns', 'api', 'address', 'node', 'mesh']},
  least: {
    ingress: shown,
    egress: ['declared', 'dns', 'api', 'address', 'node', 'mesh', 'kin', 'reference', 'peers'],
  },
};

/** What a rung admits to the pods, beside whole groups of workloads. */
export const admittedTo = (rung: Rung): readonly Origin[] => admitted[rung].ingress;
