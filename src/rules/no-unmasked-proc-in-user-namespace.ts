import {procMountRule} from './proc-mount.ts';

/**
 * Restricted field, in pods with `hostUsers: false`, from v1.35 on: `securityContext.procMount`:
 * must be absent or Default. Before v1.35 no-unmasked-proc also covers these pods.
 */
export const noUnmaskedProcInUserNamespace = procMountRule(
  {
    id: 'no-unmasked-proc-in-user-namespace',
    title: 'Containers in a user namespace must not unmask /proc',
    severity: 'low',
    remedy: 'Remove `procMount`.',
    rationale:
      'In a user namespace root cannot change the kernel through /proc, but an unmasked /proc still tells an attacker about the kernel and exposes more of it.',
    level: 'restricted',
  },
  {isRelaxed: true},
);
