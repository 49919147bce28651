import {minorOf} from '../policy/pod-security-version.ts';
import type {Policy} from '../policy/policy.ts';
import {asRule} from './custom-rule.ts';
import {dropAllCapabilities} from './drop-all-capabilities.ts';
import {ingressRequiresTls} from './ingress-requires-tls.ts';
import {knownDeliveries} from './known-deliveries.ts';
import {knownWorkloads} from './known-workloads.ts';
import {noAdminPorts} from './no-admin-ports.ts';
import {noAutomountedToken} from './no-automounted-token.ts';
import {noClusterAdmin} from './no-cluster-admin.ts';
import {noClusterConsoles} from './no-cluster-consoles.ts';
import {noControlPlanePlacement} from './no-control-plane-placement.ts';
import {noCustomSelinux} from './no-custom-selinux.ts';
import {noDanglingReferences} from './no-dangling-references.ts';
import {noDefaultNamespace} from './no-default-namespace.ts';
import {noDefaultServiceAccount} from './no-default-service-account.ts';
import {noEscalationVerbs} from './no-escalation-verbs.ts';
import {noExternalIps} from './no-external-ips.ts';
import {noExtraCapabilities} from './no-extra-capabilities.ts';
import {noGitSyncCommands} from './no-git-sync-commands.ts';
import {noHostIpc} from './no-host-ipc.ts';
import {noHostNetwork} from './no-host-network.ts';
import {noHostPath} from './no-host-path.ts';
import {noHostPid} from './no-host-pid.ts';
import {noHostPort} from './no-host-port.ts';
import {noHostProbes} from './no-host-probes.ts';
import {noHostProcess} from './no-host-process.ts';
import {noIngressSnippets} from './no-ingress-snippets.ts';
import {noInternalExternalName} from './no-internal-external-name.ts';
import {noLiteralCredentials} from './no-literal-credentials.ts';
import {noLoadBalancer} from './no-load-balancer.ts';
import {noMissingIdentity} from './no-missing-identity.ts';
import {noMutatingAdmission} from './no-mutating-admission.ts';
import {noNodePort} from './no-node-port.ts';
import {noOpenEgress} from './no-open-egress.ts';
import {noOpenNetworkPolicy} from './no-open-network-policy.ts';
import {noPodExec} from './no-pod-exec.ts';
import {noPortForward} from './no-port-forward.ts';
import {noPrivilegeEscalation} from './no-privilege-escalation.ts';
import {noPrivileged} from './no-privileged.ts';
import {noPrivilegedScc} from './no-privileged-scc.ts';
import {noPublicIngress} from './no-public-ingress.ts';
import {noRoot} from './no-root.ts';
import {noRootGroup} from './no-root-group.ts';
import {noRootUser} from './no-root-user.ts';
import {noRuntimeSocket} from './no-runtime-socket.ts';
import {noSecretEnv} from './no-secret-env.ts';
import {noSecretListing} from './no-secret-listing.ts';
import {noSensitiveHostPath} from './no-sensitive-host-path.ts';
import {noSharedProcesses} from './no-shared-processes.ts';
import {noSubPathOfWritable} from './no-sub-path-of-writable.ts';
import {noSysAdmin} from './no-sys-admin.ts';
import {noTokenSecrets} from './no-token-secrets.ts';
import {noUnconfinedApparmor} from './no-unconfined-apparmor.ts';
import {noUnconfinedSeccomp} from './no-unconfined-seccomp.ts';
import {noUnmaskedProc} from './no-unmasked-proc.ts';
import {noUnmaskedProcInUserNamespace} from './no-unmasked-proc-in-user-namespace.ts';
import {noUnsafeSysctls} from './no-unsafe-sysctls.ts';
import {noWildcardRbac} from './no-wildcard-rbac.ts';
import {noWorkloadWrites} from './no-workload-writes.ts';
import {pinImages} from './pin-images.ts';
import {readOnlyRoot} from './read-only-root.ts';
import {readable} from './readable.ts';
import {requireHighUser} from './require-high-user.ts';
import {requireIngressHost} from './require-ingress-host.ts';
import {requireLimits} from './require-limits.ts';
import {requireNamespacePolicy} from './require-namespace-policy.ts';
import {requireNetworkPolicy} from './require-network-policy.ts';
import {requirePodSecurity} from './require-pod-security.ts';
import {requireRequests} from './require-requests.ts';
import {requireSeccomp} from './require-seccomp.ts';
import {requireUserNamespace} from './require-user-namespace.ts';
import {restrictedVolumes} from './restricted-volumes.ts';
import {rootWithHostPath} from './root-with-host-path.ts';
import type {Rule} from './rule.ts';

/** Every rule, in the order in which rewrites are applied. */
export const rules: readonly Rule[] = [
  noHostProcess,
  noHostNetwork,
  noHostPort,
  noHostPid,
  noHostIpc,
  noSharedProcesses,
  noPrivileged,
  dropAllCapabilities,
  noExtraCapabilities,
  noSysAdmin,
  noPrivilegeEscalation,
  noRoot,
  noRootUser,
  noRootGroup,
  requireHighUser,
  noUnconfinedSeccomp,
  requireSeccomp,
  noUnconfinedApparmor,
  noCustomSelinux,
  noUnmaskedProc,
  noUnmaskedProcInUserNamespace,
  noUnsafeSysctls,
  noHostProbes,
  readOnlyRoot,
  noHostPath,
  noRuntimeSocket,
  noSensitiveHostPath,
  rootWithHostPath,
  restrictedVolumes,
  noSubPathOfWritable,
  requireUserNamespace,
  noControlPlanePlacement,
  noLoadBalancer,
  noNodePort,
  noExternalIps,
  noInternalExternalName,
  noAdminPorts,
  noPublicIngress,
  ingressRequiresTls,
  requireIngressHost,
  noIngressSnippets,
  noPortForward,
  noPodExec,
  noWildcardRbac,
  noClusterAdmin,
  noClusterConsoles,
  noPrivilegedScc,
  noEscalationVerbs,
  noSecretListing,
  noWorkloadWrites,
  noMutatingAdmission,
  noMissingIdentity,
  noTokenSecrets,
  noDefaultNamespace,
  noDefaultServiceAccount,
  requireLimits,
  requireRequests,
  pinImages,
  noSecretEnv,
  noLiteralCredentials,
  noGitSyncCommands,
  noOpenNetworkPolicy,
  noOpenEgress,
  noDanglingReferences,
  noAutomountedToken,
  readable,
  knownWorkloads,
  knownDeliveries,
  requireNetworkPolicy,
  requireNamespacePolicy,
  requirePodSecurity,
];

/** Every rule that `policy` knows: the built-in ones, and its own. */
export const rulesOf = ({customRules}: Pick<Policy, 'customRules'>): readonly Rule[] =>
  customRules.length === 0 ? rules : [...rules, ...customRules.map(asRule)];

/**
 * The rules that `policy` turns on, without those that its version of the Pod Security Standards
 * does not require yet.
 */
export const activeRules = (policy: Policy): readonly Rule[] =>
  rulesOf(policy).filter(
    ({id, references: {podSecurity}}) =>
      policy.rules.has(id) && minorOf(podSecurity?.since ?? 'v1.0') <= policy.podSecurityMinor,
  );

const byId = new Map(rules.map(rule => [rule.id, rule]));

/** The rule with that id, if there is one. */
export const findRule = (id: string): Rule | undefined => byId.get(id);
