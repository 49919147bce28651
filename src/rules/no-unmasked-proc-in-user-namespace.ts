import {procMountRule} from './proc-mount.ts';

/**
 * Restricted field, in pods with `hostUsers: false`, from v1.35 on: `securityContext.procMount`:
 * must be absent or Default. Before v1.35 no-unmasked-proc demands it of these pods as well.
 */
export const noUnmaskedProcInUserNamespace = procMountRule(
  {
    id: 'no-unmasked-proc-in-user-namespace',
    title: 'Containers in a user namespace must not uncover /proc either',
    severity: 'low',
    remedy: 'Remove `procMount`.',
    rationale:
      'In a user namespace root cannot change the kernel by /proc, yet an uncovered /proc still tells an attacker of the kernel and opens more of it.',
    level: 'restricted',
  },
  {isRelaxed: true},
);
