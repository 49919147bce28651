import {hostNamespaceRule} from './host-namespace.ts';

/** Restricted field: pod `spec.hostIPC`: must be absent or false. */
export const noHostIpc = hostNamespaceRule(
  {
    id: 'no-host-ipc',
    title: 'Pods must not share memory with the host',
    remedy: 'Remove `hostIPC: true`.',
    rationale:
      'an attacker who breaks into the pod can read and write the shared memory of processes on its node',
    cis: '5.2.4',
  },
  'hostIPC',
);
