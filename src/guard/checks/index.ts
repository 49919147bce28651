import type {Check} from '../language/check.ts';
import {dropAllCapabilities} from './drop-all-capabilities.ts';
import {noExternalIps, noLoadBalancer, noNodePort} from './exposed-services.ts';
import {noHostIpc, noHostNetwork, noHostPid, noNeededHostNetwork} from './host-namespaces.ts';
import {
  ingressRequiresTls,
  noIngressSnippets,
  noPlainTextBesideTls,
  noPublicIngress,
  requireIngressHost,
} from './ingresses.ts';
import {noClusterAdmin} from './no-cluster-admin.ts';
import {noControlPlanePlacement} from './no-control-plane-placement.ts';
import {noCustomSelinux} from './no-custom-selinux.ts';
import {noDefaultServiceAccount} from './no-default-service-account.ts';
import {noEscalationVerbs} from './no-escalation-verbs.ts';
import {noExtraCapabilities} from './no-extra-capabilities.ts';
import {noHostPath} from './no-host-path.ts';
import {noHostPort} from './no-host-port.ts';
import {noHostProbes} from './no-host-probes.ts';
import {noHostProcess} from './no-host-process.ts';
import {noMutatingAdmission} from './no-mutating-admission.ts';
import {noPrivilegeEscalation} from './no-privilege-escalation.ts';
import {noPrivileged} from './no-privileged.ts';
import {noRoot} from './no-root.ts';
import {noRootGroup} from './no-root-group.ts';
import {noRootUser} from './no-root-user.ts';
import {noRuntimeSocket} from './no-runtime-socket.ts';
import {noSecretListing} from './no-secret-listing.ts';
import {
  noSensitiveHostPath,
  noSensitiveMount,
  noSensitivePersistentVolume,
} from './no-sensitive-host-path.ts';
import {noSharedProcesses} from './no-shared-processes.ts';
import {noSysAdmin} from './no-sys-admin.ts';
import {noUnconfinedApparmor} from './no-unconfined-apparmor.ts';
import {noUnconfinedSeccomp} from './no-unconfined-seccomp.ts';
import {noUnmaskedProc, noUnmaskedProcInUserNamespace} from './no-unmasked-proc.ts';
import {noUnsafeSysctls} from './no-unsafe-sysctls.ts';
import {noWildcardRbac} from './no-wildcard-rbac.ts';
import {noWorkloadWrites} from './no-workload-writes.ts';
import {pinImages} from './pin-images.ts';
import {readOnlyRoot} from './read-only-root.ts';
import {requireSeccomp} from './require-seccomp.ts';
import {restrictedVolumes} from './restricted-volumes.ts';
import {rootWithHostPath} from './root-with-host-path.ts';
import {noAdminServicePorts, noInternalExternalName, noSshInside} from './services.ts';
import {noPodExec, noPortForward} from './subresource-grants.ts';

/** Every check, in the order in which a policy runs them: a denial shows the first that fails. */
export const checks: readonly Check[] = [
  noHostProcess,
  noHostNetwork,
  noNeededHostNetwork,
  noHostPort,
  noHostPid,
  noHostIpc,
  noSharedProcesses,
  noPrivileged,
  noSysAdmin,
  noExtraCapabilities,
  ...dropAllCapabilities,
  ...noPrivilegeEscalation,
  ...noRoot,
  ...noRootUser,
  ...noRootGroup,
  ...noUnconfinedSeccomp,
  ...requireSeccomp,
  ...noUnconfinedApparmor,
  ...noCustomSelinux,
  noUnmaskedProc,
  noUnmaskedProcInUserNamespace,
  noUnsafeSysctls,
  noHostProbes,
  noSensitiveHostPath,
  noSensitiveMount,
  noSensitivePersistentVolume,
  noRuntimeSocket,
  noHostPath,
  rootWithHostPath,
  restrictedVolumes,
  noControlPlanePlacement,
  noSshInside,
  readOnlyRoot,
  ...noDefaultServiceAccount,
  ...pinImages,
  noLoadBalancer,
  noNodePort,
  noExternalIps,
  noInternalExternalName,
  noAdminServicePorts,
  noPublicIngress,
  ingressRequiresTls,
  noPlainTextBesideTls,
  noIngressSnippets,
  requireIngressHost,
  ...noPortForward,
  ...noPodExec,
  ...noWildcardRbac,
  ...noClusterAdmin,
  ...noEscalationVerbs,
  ...noSecretListing,
  ...noWorkloadWrites,
  noMutatingAdmission,
];
