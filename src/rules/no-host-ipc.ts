import {hostNamespaceRule} from './host-namespace.ts';

/** Restricted field: pod `spec.hostIPC`: must be absent or false. */
export const noHostIpc = hostNamespaceRule(
  {
    id: 'no-host-ipc',
    title: 'Pods must not share memory with the host',
    remedy: 'Remove `hostIPC: true`.',
    rationale:
      'whoever breaks into the pod reads and writes the shared memory of the processes of its node',
    cis: '5.2.4',
  },
  'hostIPC',
);
