import {procMountRule} from './proc-mount.ts';

/**
 * Restricted field: `securityContext.procMount`: must be absent or Default; from v1.35 on
 * anything in a pod with `hostUsers: false`.
 */
export const noUnmaskedProc = procMountRule(
  {
    id: 'no-unmasked-proc',
    title: 'Containers must not unmask /proc',
    severity: 'high',
    remedy: 'Remove `procMount`.',
    rationale:
      'Runtimes mask the parts of /proc that reveal or change the kernel: unmasked, they are a way to the node.',
    level: 'baseline',
  },
  {isRelaxed: false},
);
