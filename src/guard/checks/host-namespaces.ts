import type {Check} from '../language/check.ts';
import {isHostProcess} from './no-host-process.ts';

const onHostNetwork = hostNamespaceCheck('no-host-network', 'hostNetwork');

export const noHostNetwork: Check = {
  ...onHostNetwork,
  finds: `${onHostNetwork.finds} && !(${isHostProcess})`,
};

export const noNeededHostNetwork: Check = {
  ...onHostNetwork,
  name: 'hostNetworkByNeed',
  finds: `${onHostNetwork.finds} && (${isHostProcess})`,
  outcome: 'flagged',
};

export const noHostPid = hostNamespaceCheck('no-host-pid', 'hostPID');
export const noHostIpc = hostNamespaceCheck('no-host-ipc', 'hostIPC');

function hostNamespaceCheck(rule: string, field: string): Check & {readonly finds: string} {
  return {
    rule,
    name: field,
    subject: 'pod',
    finds: `variables.pod.?${field}.orValue(false)`,
    outcome: 'rewritten',
  };
}
