import type {Direction} from '../../kubernetes/isolation.ts';
import type {Rung} from '../../policy/network-policy.ts';
import type {Origin} from '../needs/connection.ts';

/** Connections that the stream shows and the policy declares. */
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

/** What each level admits, in addition to groups of workloads. */
export const admitted: Readonly<
  Record<Rung, {readonly [direction in Direction]: readonly Origin[]}>
> = {
  // Probes come from the node, which no level blocks.
  deny: {ingress: ['declared', 'mesh'], egress: ['declared']},
  workloads: {ingress: shown, egress: ['declared', 'dns', 'api', 'address', 'node', 'mesh']},
  release: {ingress: shown, egress: ['declared', 'dns', 'api', 'address', 'node', 'mesh']},
  least: {
    ingress: [...shown, 'ring'],
    egress: [
      'declared',
      'dns',
      'api',
      'address',
      'node',
      'mesh',
      'kin',
      'reference',
      'peers',
      'ring',
    ],
  },
};

/** What a level admits to the pods, in addition to groups of workloads. */
export const admittedTo = (rung: Rung): readonly Origin[] => admitted[rung].ingress;
