import type {Check} from '../check.ts';

export const noHostNetwork = hostNamespaceCheck('no-host-network', 'hostNetwork');
export const noHostPid = hostNamespaceCheck('no-host-pid', 'hostPID');
export const noHostIpc = hostNamespaceCheck('no-host-ipc', 'hostIPC');

function hostNamespaceCheck(rule: string, field: string): Check {
  return {
    rule,
    name: field,
    subject: 'pod',
    finds: `variables.pod.?${field}.orValue(false)`,
    message: `remove \`${field}: true\``,
    outcome: 'rewritten',
  };
}
