import {hostNamespaceRule} from './host-namespace.ts';

/** Restricted field: pod `spec.hostPID`: must be absent or false. */
export const noHostPid = hostNamespaceRule(
  {
    id: 'no-host-pid',
    title: 'Pods must not see the processes of the host',
    remedy: 'Remove `hostPID: true`.',
    rationale:
      'whoever breaks into the pod sees every process of its node, with environments and open files, and may signal them',
    cis: '5.2.3',
  },
  'hostPID',
);
