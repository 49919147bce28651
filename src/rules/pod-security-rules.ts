import {dropAllCapabilities} from './drop-all-capabilities.ts';
import {noCustomSelinux} from './no-custom-selinux.ts';
import {noExtraCapabilities} from './no-extra-capabilities.ts';
import {noHostIpc} from './no-host-ipc.ts';
import {noHostNetwork} from './no-host-network.ts';
import {noHostPath} from './no-host-path.ts';
import {noHostPid} from './no-host-pid.ts';
import {noHostPort} from './no-host-port.ts';
import {noHostProbes} from './no-host-probes.ts';
import {noHostProcess} from './no-host-process.ts';
import {noPrivilegeEscalation} from './no-privilege-escalation.ts';
import {noPrivileged} from './no-privileged.ts';
import {noRoot} from './no-root.ts';
import {noRootUser} from './no-root-user.ts';
import {noUnconfinedApparmor} from './no-unconfined-apparmor.ts';
import {noUnconfinedSeccomp} from './no-unconfined-seccomp.ts';
import {noUnmaskedProc} from './no-unmasked-proc.ts';
import {noUnmaskedProcInUserNamespace} from './no-unmasked-proc-in-user-namespace.ts';
import {noUnsafeSysctls} from './no-unsafe-sysctls.ts';
import {requireSeccomp} from './require-seccomp.ts';
import {restrictedVolumes} from './restricted-volumes.ts';
import type {Rule} from './rule.ts';

/** The rules that together are the Pod Security Standards, in the order of all rules. */
export const podSecurityRules: readonly Rule[] = [
  noHostProcess,
  noHostNetwork,
  noHostPort,
  noHostPid,
  noHostIpc,
  noPrivileged,
  dropAllCapabilities,
  noExtraCapabilities,
  noPrivilegeEscalation,
  noRoot,
  noRootUser,
  noUnconfinedSeccomp,
  requireSeccomp,
  noUnconfinedApparmor,
  noCustomSelinux,
  noUnmaskedProc,
  noUnmaskedProcInUserNamespace,
  noUnsafeSysctls,
  noHostProbes,
  noHostPath,
  restrictedVolumes,
];
