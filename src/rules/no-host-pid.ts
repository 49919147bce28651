import {hostNamespaceRule} from './host-namespace.ts';

/** Restricted field: pod `spec.hostPID`: must be absent or false. */
export const noHostPid = hostNamespaceRule(
  {
    id: 'no-host-pid',
    title: 'Pods must not see host processes',
    remedy: 'Remove `hostPID: true`.',
    rationale:
      'an attacker who breaks into the pod can see every process on its node, including environment variables and open files, and send signals to them',
    cis: '5.2.3',
  },
  'hostPID',
);
