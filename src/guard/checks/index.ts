import type {Check} from '../check.ts';
import {noExternalIps, noLoadBalancer, noNodePort} from './exposed-services.ts';
import {noHostIpc, noHostNetwork, noHostPid, noNeededHostNetwork} from './host-namespaces.ts';
import {noExtraCapabilities} from './no-extra-capabilities.ts';
import {noHostPort} from './no-host-port.ts';
import {noPortForwardGrant, noPortForwardWildcard} from './no-port-forward.ts';
import {noNeededPrivilegeEscalation, noPrivilegeEscalation} from './no-privilege-escalation.ts';
import {noPrivileged} from './no-privileged.ts';
import {noRuntimeSocket} from './no-runtime-socket.ts';
import {noSensitiveHostPath, noSensitiveMount} from './no-sensitive-host-path.ts';
import {noSysAdmin} from './no-sys-admin.ts';

/** Every check, in the order in which a policy asks them: of a denial, the first is told. */
export const checks: readonly Check[] = [
  noHostNetwork,
  noNeededHostNetwork,
  noHostPort,
  noHostPid,
  noHostIpc,
  noPrivileged,
  noSysAdmin,
  noExtraCapabilities,
  noPrivilegeEscalation,
  noNeededPrivilegeEscalation,
  noSensitiveHostPath,
  noSensitiveMount,
  noRuntimeSocket,
  noLoadBalancer,
  noNodePort,
  noExternalIps,
  noPortForwardGrant,
  noPortForwardWildcard,
];
