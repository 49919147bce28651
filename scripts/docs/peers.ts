/** Why a check of a peer is no concern of a hardener. */
export const beyond = {
  availability: 'availability, not security',
  change: 'it changes or creates objects of a team’s choice',
  cluster: 'a property of the cluster or its nodes, which manifests do not show',
  bound: 'such a token ends with its pod, and the API server limits how long it is valid',
  choice:
    'a choice between availability and security that the operator of a webhook makes: one that fails closed can stop a cluster',
  convention: 'a convention of a team: `customRules` in a policy expresses it',
  deletion:
    'it destroys, and leads to no other right: backups and rights of people help against it',
  event: 'what users do at run time',
  gateway:
    'listeners, their TLS and the namespaces that they admit belong to the gateway, which serves many releases; a ReferenceGrant of the other namespace decides who may refer to it',
  harmless: 'it can refuse objects, and change none',
  leases:
    'a right that every controller has which elects a leader; rights to read and change more are found, and the DNS of the cluster is for its own namespace to protect',
  product: 'about one product or version of it',
  registry: 'needs a registry, a scanner or a key',
  terminal:
    'a terminal is of use only to whom `kubectl attach` is allowed, who may do more without it',
  version: 'versions of APIs that clusters still serve',
} as const;

type Beyond = keyof typeof beyond;

/**
 * What answers a check: the ids of rules, separated by spaces, with what else there is to say in parentheses; or `-` and
 * a reason.
 */
type Answer = string | `-${Beyond}`;

export interface Peer {
  readonly name: string;
  /** Where its checks are listed, and when they were read. */
  readonly source: string;
  readonly checks: Readonly<Record<string, Answer>>;
}

const registries = 'pin-images (`registries` in a policy lists those that are allowed)';
const capabilities = 'no-extra-capabilities no-sys-admin drop-all-capabilities';
const limits = 'require-limits require-requests';
const seccomp = 'no-unconfined-seccomp require-seccomp';
const users = 'no-root no-root-user';
const hostNamespaces = 'no-host-pid no-host-ipc no-host-network';
const hostPaths = 'no-host-path no-sensitive-host-path';

const kubeLinter: Peer = {
  name: 'kube-linter',
  source: '`pkg/builtinchecks/yamls` of stackrox/kube-linter, August 2026',
  checks: {
    'access-to-create-pods': 'no-workload-writes',
    'access-to-secrets': 'no-secret-listing',
    'aggregate-to-admin-escalation': 'no-escalation-verbs no-cluster-admin',
    'approve-signers-without-resource-names': 'no-escalation-verbs',
    'automount-service-account-token': 'no-automounted-token',
    'bind-verb-in-role': 'no-escalation-verbs',
    'cluster-admin-role-binding': 'no-cluster-admin',
    'cluster-wide-secrets-access': 'no-secret-listing',
    'configmap-with-credentials': 'no-literal-credentials',
    'container-runtime-sock': 'no-runtime-socket',
    'dangling-horizontalpodautoscaler': 'no-dangling-references',
    'dangling-ingress': 'no-dangling-references',
    'dangling-networkpolicy': 'no-dangling-references',
    'dangling-networkpolicy-rule': 'no-dangling-references',
    'dangling-networkpolicypeer-podselector': 'no-dangling-references',
    'dangling-service': 'no-dangling-references',
    'dangling-servicemonitor': '-availability',
    'default-service-account': 'no-default-service-account',
    'deletecollection-verb-in-role': '-deletion',
    'deprecated-service-account': '-version',
    'dnsconfig-options': '-availability',
    'docker-sock': 'no-runtime-socket',
    'drop-net-raw-capability': 'drop-all-capabilities',
    'duplicate-env-var': '-convention',
    'env-var-secret': 'no-literal-credentials',
    'escalate-verb-in-role': 'no-escalation-verbs',
    'externalname-service-redirect': 'no-internal-external-name',
    'host-mounts': hostPaths,
    hostipc: 'no-host-ipc',
    hostnetwork: 'no-host-network',
    hostpid: 'no-host-pid',
    'image-not-pinned-by-digest': 'pin-images',
    'impersonate-without-resource-names': 'no-escalation-verbs',
    'init-container-security-gap': `${users} no-privilege-escalation`,
    'insecure-route-termination': 'ingress-requires-tls',
    'latest-tag': 'pin-images',
    'non-existent-service-account': 'no-missing-identity',
    'non-isolated-pod': 'require-network-policy',
    'privilege-escalation-container': 'no-privilege-escalation',
    'privileged-container': 'no-privileged',
    'privileged-ports': 'no-host-port',
    'projected-token-long-expiration': '-bound',
    'read-only-root-fs': 'read-only-root',
    'read-secret-from-env-var': 'no-secret-env',
    'required-label-owner': '-convention',
    'run-as-non-root': users,
    'scc-deny-privileged-container': 'no-privileged-scc',
    'schema-validation': 'readable',
    'sensitive-host-mounts': hostPaths,
    'ssh-port': 'no-admin-ports',
    sysctls: 'no-unsafe-sysctls',
    'unsafe-proc-mount': 'no-unmasked-proc',
    'unset-cpu-requirements': limits,
    'unset-ephemeral-storage-requirements': 'require-requests',
    'unset-memory-requirements': limits,
    'use-namespace': 'no-default-namespace',
    'webhook-failure-policy-ignore': '-choice',
    'wildcard-in-rules': 'no-wildcard-rbac',
    'writable-host-mount': 'no-sensitive-host-path root-with-host-path',
    'exposed-services': 'no-load-balancer no-node-port',
    'liveness-port, probes, replicas, budgets, strategies, affinity, autoscalers': '-availability',
    'required annotations, sorted keys, duplicate kinds, port names': '-convention',
    'no-extensions-v1beta': '-version',
  },
};

const polaris: Peer = {
  name: 'Polaris',
  source: '`pkg/config/checks` of FairwindsOps/polaris, August 2026',
  checks: {
    automountServiceAccountToken: 'no-automounted-token',
    'clusterrolePodExecAttach, rolePodExecAttach and their bindings': 'no-pod-exec',
    'clusterrolebindingClusterAdmin, rolebindingClusterAdminClusterRole, …Role': 'no-cluster-admin',
    'cpuLimitsMissing, memoryLimitsMissing': 'require-limits',
    'cpuRequestsMissing, memoryRequestsMissing': 'require-requests',
    'dangerousCapabilities, insecureCapabilities': capabilities,
    'gatewayAllowedRoutesAll, gatewayCrossNamespaceCertificateRef': '-gateway',
    'gatewayTLSMissing, httpRouteInsecureListener, other TLS of gateways': '-gateway',
    httpRouteCrossNamespaceBackendRef: '-gateway',
    httpRouteWildcardOrEmptyHost: '-gateway',
    hostIPCSet: 'no-host-ipc',
    hostNetworkSet: 'no-host-network',
    hostPIDSet: 'no-host-pid',
    hostPathSet: hostPaths,
    hostPortSet: 'no-host-port',
    hostProcess: 'no-host-process',
    linuxHardening: `${seccomp} no-unconfined-apparmor no-custom-selinux drop-all-capabilities`,
    missingNetworkPolicy: 'require-network-policy',
    notReadOnlyRootFilesystem: 'read-only-root',
    privilegeEscalationAllowed: 'no-privilege-escalation',
    procMount: 'no-unmasked-proc',
    pullPolicyNotAlways: '-availability',
    runAsPrivileged: 'no-privileged',
    runAsRootAllowed: users,
    sensitiveConfigmapContent: 'no-literal-credentials',
    sensitiveContainerEnvVar: 'no-literal-credentials',
    tagNotSpecified: 'pin-images',
    tlsSettingsMissing: 'ingress-requires-tls',
    'probes, replicas, budgets, autoscalers, priorities, spreading': '-availability',
    metadataAndInstanceMismatched: '-convention',
  },
};

const gatekeeper: Peer = {
  name: 'Gatekeeper’s library',
  source: '`library` of open-policy-agent/gatekeeper-library, August 2026',
  checks: {
    'allowedrepos, allowedreposv2, disallowedrepos': registries,
    'automount-serviceaccount-token': 'no-automounted-token',
    'block-endpoint-edit-default-role': 'no-escalation-verbs',
    'block-loadbalancer-services': 'no-load-balancer',
    'block-nodeport-services': 'no-node-port',
    'block-wildcard-ingress': 'require-ingress-host',
    'containerlimits, containerresources': 'require-limits',
    'containerrequests, containerresources': 'require-requests',
    disallowanonymous: 'no-cluster-admin',
    'disallowedtags, imagedigests': 'pin-images',
    disallowinteractive: '-terminal',
    ephemeralstoragelimit: 'require-requests',
    externalip: 'no-external-ips',
    httpsonly: 'ingress-requires-tls',
    noupdateserviceaccount: 'no-workload-writes',
    uniqueingresshost: 'require-ingress-host',
    'allow-privilege-escalation': 'no-privilege-escalation',
    apparmor: 'no-unconfined-apparmor',
    capabilities,
    'forbidden-sysctls': 'no-unsafe-sysctls',
    fsgroup: 'no-root-group',
    'host-filesystem': hostPaths,
    'host-namespaces': 'no-host-pid no-host-ipc',
    'host-network-ports': 'no-host-network no-host-port',
    'host-probes-lifecycle': 'no-host-probes',
    'host-process': 'no-host-process',
    'privileged-containers': 'no-privileged',
    'proc-mount': 'no-unmasked-proc',
    'read-only-root-filesystem': 'read-only-root',
    'seccomp, seccompv2': seccomp,
    selinux: 'no-custom-selinux',
    users: `${users} no-root-group`,
    'volumes, flexvolume-drivers': 'restricted-volumes',
    'containerresourceratios, horizontalpodautoscaler, poddisruptionbudget, replicalimits, requiredprobes':
      '-availability',
    'requiredannotations, requiredlabels, storageclass, uniqueserviceselector': '-convention',
    verifydeprecatedapi: '-version',
  },
};

const kubeaudit: Peer = {
  name: 'kubeaudit',
  source: '`auditors` of Shopify/kubeaudit, as it was archived',
  checks: {
    apparmor: 'no-unconfined-apparmor',
    asat: 'no-automounted-token no-default-service-account',
    capabilities,
    deprecatedapis: '-version',
    hostns: hostNamespaces,
    image: 'pin-images',
    limits: 'require-limits',
    mounts: 'no-sensitive-host-path no-runtime-socket',
    netpols:
      'require-network-policy no-open-network-policy no-open-egress require-namespace-policy',
    nonroot: users,
    privesc: 'no-privilege-escalation',
    privileged: 'no-privileged',
    rootfs: 'read-only-root',
    seccomp,
  },
};

const kyverno: Peer = {
  name: 'Kyverno’s policies',
  source:
    '`pod-security`, `best-practices`, `other`, `openshift` and `nginx-ingress` of kyverno/policies, August 2026',
  checks: {
    'disallow-capabilities, disallow-capabilities-strict, require-drop-all, require-drop-cap-net-raw':
      capabilities,
    'disallow-host-namespaces': hostNamespaces,
    'disallow-host-path': hostPaths,
    'disallow-host-ports, disallow-host-ports-range': 'no-host-port',
    'disallow-host-process': 'no-host-process',
    'disallow-privileged-containers': 'no-privileged',
    'disallow-proc-mount': 'no-unmasked-proc',
    'disallow-selinux': 'no-custom-selinux',
    'restrict-apparmor-profiles': 'no-unconfined-apparmor',
    'restrict-seccomp, restrict-seccomp-strict': seccomp,
    'restrict-sysctls, prevent-cr8escape': 'no-unsafe-sysctls',
    'disallow-privilege-escalation': 'no-privilege-escalation',
    'require-run-as-non-root-user, require-run-as-nonroot': users,
    'restrict-volume-types': 'restricted-volumes',
    'require-non-root-groups, restrict-usergroup-fsgroup-id, check-supplemental-groups':
      'no-root-group',
    'disallow-cri-sock-mount': 'no-runtime-socket',
    'disallow-default-namespace': 'no-default-namespace',
    'disallow-empty-ingress-host, restrict-ingress-wildcard, restrict-ingress-defaultbackend, unique-ingress-host-and-path':
      'require-ingress-host',
    'disallow-helm-tiller': 'no-cluster-consoles',
    'disallow-latest-tag, require-image-checksum': 'pin-images',
    'require-pod-requests-limits': limits,
    'require-ro-rootfs': 'read-only-root',
    'restrict-node-port': 'no-node-port',
    'restrict-loadbalancer': 'no-load-balancer',
    'restrict-service-external-ips': 'no-external-ips',
    'add-network-policy, require-netpol': 'require-network-policy require-namespace-policy',
    'disallow-localhost-services': 'no-internal-external-name',
    'disallow-secrets-from-env-vars': 'no-secret-env',
    'deny-secret-service-account-token-type': 'no-token-secrets',
    'disable-automountserviceaccounttoken, restrict-automount-sa-token, restrict-sa-automount-sa-token':
      'no-automounted-token',
    'ensure-readonly-hostpath': 'no-sensitive-host-path',
    'ingress-host-match-tls, require-ingress-https': 'ingress-requires-tls',
    'restrict-binding-clusteradmin, restrict-binding-system-groups': 'no-cluster-admin',
    'restrict-clusterrole-csr, restrict-clusterrole-nodesproxy, restrict-edit-for-endpoints, restrict-escalation-verbs-roles':
      'no-escalation-verbs',
    'restrict-clusterrole-mutating-validating-admission-webhooks':
      'no-escalation-verbs no-mutating-admission',
    'restrict-controlplane-scheduling': 'no-control-plane-placement',
    'restrict-secret-role-verbs': 'no-secret-listing',
    'restrict-wildcard-resources, restrict-wildcard-verbs': 'no-wildcard-rbac',
    'restrict-networkpolicy-empty-podselector': '-convention',
    'require-unique-uid-per-workload': '-convention',
    'disallow-security-context-constraint-anyuid': 'no-privileged-scc',
    'disallow-self-provisioner-binding': '-product',
    'check-routes, unique-routes': 'ingress-requires-tls no-public-ingress',
    'disallow-ingress-nginx-custom-snippets, restrict-annotations, restrict-ingress-paths':
      'no-ingress-snippets',
    'mitigate-log4shell, verify-image-…, require-vulnerability-scan, block-stale-images, …':
      '-registry',
    'block-pod-exec-…, block-ephemeral-containers, restrict-scale, protect-node-taints, …':
      '-event',
    'add-…, generate-…, mutate-…, sync-secrets, replace-…, inject-…': '-change',
    'restrict-image-registries, allowed-image-repos': registries,
    'allowed-…, require-labels, restrict-storageclass, restrict-node-selection, …': '-convention',
    'require-probes, require-pdb, replicas, budgets, quality of service, spreading':
      '-availability',
    'check-deprecated-apis, restrict-deprecated-registry': '-version',
    'policies for Istio, Linkerd, Tekton, Argo, Flux, Velero and other products': '-product',
  },
};

const kubescape: Peer = {
  name: 'Kubescape',
  source: '`controls` of kubescape/regolibrary, August 2026; those of the CIS Benchmark are above',
  checks: {
    'C-0001, C-0078: registries': registries,
    'C-0002: exec into container': 'no-pod-exec',
    'C-0004, C-0009, C-0050, C-0268 to C-0271: requests and limits': limits,
    'C-0007: data destruction': '-deletion',
    'C-0012, C-0259: credentials in configuration': 'no-literal-credentials',
    'C-0013: non-root containers': `${users} no-root-group`,
    'C-0014: access to the dashboard': 'no-cluster-consoles',
    'C-0015, C-0186, C-0255: secrets': 'no-secret-listing no-secret-env',
    'C-0016: privilege escalation': 'no-privilege-escalation',
    'C-0017: immutable file system': 'read-only-root',
    'C-0020: service principal of the cloud': 'no-sensitive-host-path',
    'C-0021, C-0256, C-0266, C-0274: exposure': 'no-load-balancer no-node-port no-public-ingress',
    'C-0030, C-0049, C-0054, C-0260: network policies':
      'require-network-policy no-open-network-policy require-namespace-policy',
    'C-0031: delete events': 'no-escalation-verbs',
    'C-0034, C-0053, C-0261: tokens of accounts': 'no-automounted-token no-token-secrets',
    'C-0035, C-0265, C-0267, C-0272: administrators': 'no-cluster-admin no-wildcard-rbac',
    'C-0036: validating webhooks': '-harmless',
    'C-0039: mutating webhooks': 'no-mutating-admission',
    'C-0037: CoreDNS poisoning': '-leases',
    'C-0038: host PID and IPC': 'no-host-pid no-host-ipc',
    'C-0041: host network': 'no-host-network',
    'C-0042: SSH in a container': 'no-admin-ports',
    'C-0044: host ports': 'no-host-port',
    'C-0045, C-0048: host paths': hostPaths,
    'C-0046: capabilities': capabilities,
    'C-0055, C-0211: Linux hardening': `${seccomp} no-unconfined-apparmor no-custom-selinux`,
    'C-0057: privileged': 'no-privileged',
    'C-0058: symbolic links (CVE-2021-25741)': 'no-sub-path-of-writable',
    'C-0059: snippets (CVE-2021-25742)': 'no-ingress-snippets',
    'C-0061, C-0212: the default namespace': 'no-default-namespace',
    'C-0062: sudo in the entrypoint': 'no-privilege-escalation (without it, sudo gives no rights)',
    'C-0063: port forwarding': 'no-port-forward',
    'C-0065, C-0191, C-0279 to C-0282: escalation in RBAC': 'no-escalation-verbs',
    'C-0074: runtime sockets': 'no-runtime-socket',
    'C-0075, C-0306: images by tag': 'pin-images',
    'C-0187: wildcards in RBAC': 'no-wildcard-rbac',
    'C-0188, C-0278: create pods and volumes': 'no-workload-writes',
    'C-0189, C-0225, C-0239: default accounts': 'no-default-service-account',
    'C-0192: Pod Security admission': 'require-pod-security',
    'C-0262: anonymous access': 'no-cluster-admin',
    'C-0263: Ingress and TLS': 'ingress-requires-tls',
    'C-0293, C-0298 to C-0300, C-0302: dangling references': 'no-dangling-references',
    'C-0297: sandboxed runtime class': '-cluster',
    'C-0301: egress of agent sandboxes': 'require-network-policy no-open-egress',
    'C-0303: resources of agent sandboxes': limits,
    'C-0304: image provenance of agent sandboxes': '-registry',
    'C-0307: missing accounts': 'no-missing-identity',
    'C-0018, C-0056, C-0073, C-0305: probes, naked pods, strategies': '-availability',
    'C-0026, C-0257, C-0258: CronJobs, claims and ConfigMaps are there': '-convention',
    'C-0076, C-0077, C-0295, C-0296: labels, duplicates, selectors': '-convention',
    'C-0079 to C-0091, C-0292: vulnerable versions': '-product',
    'C-0083 to C-0085, C-0221, C-0236, C-0237: scans and signatures': '-registry',
    'C-0005, C-0066 to C-0070, C-0088, C-0092 to C-0184, …: control plane and nodes': '-cluster',
    'C-0253, C-0294: deprecated registry and field': '-version',
  },
};

const checkov: Peer = {
  name: 'Checkov',
  source: '`checkov/kubernetes/checks` of bridgecrewio/checkov, August 2026',
  checks: {
    AllowPrivilegeEscalation: 'no-privilege-escalation',
    'AllowedCapabilities, AllowedCapabilitiesSysAdmin, DropCapabilities, MinimizeCapabilities':
      capabilities,
    'CPULimits, MemoryLimits': 'require-limits',
    'CPURequests, MemoryRequests': 'require-requests',
    'ContainerSecurityContext, PodSecurityContext': `${users} ${seccomp}`,
    DangerousGitSync: 'no-git-sync-commands',
    DefaultNamespace: 'no-default-namespace',
    'DefaultServiceAccount, DefaultServiceAccountBinding':
      'no-default-service-account no-automounted-token',
    DockerSocketVolume: 'no-runtime-socket',
    HostPort: 'no-host-port',
    'ImageDigest, ImageTagFixed': 'pin-images',
    ImagePullPolicyAlways: '-availability',
    KubernetesDashboard: 'no-cluster-consoles',
    'LivenessProbe, ReadinessProbe, HorizontalPodAutoScalarTarget': '-availability',
    'NginxIngressCVE202125742Alias, …AllSnippets, …Lua': 'no-ingress-snippets',
    PrivilegedContainers: 'no-privileged',
    'RbacApproveCertificateSigningRequests, RbacBindRoleBindings, RbacControlWebhooks, RbacEscalateRoles':
      'no-escalation-verbs',
    ReadOnlyFilesystem: 'read-only-root',
    RootContainers: users,
    RootContainersHighUID: 'require-high-user',
    Seccomp: seccomp,
    Secrets: 'no-secret-env no-literal-credentials',
    ServiceAccountTokens: 'no-automounted-token',
    'ShareHostIPC, SharedHostNetworkNamespace, ShareHostPID': hostNamespaces,
    Tiller: 'no-cluster-consoles',
    WildcardRoles: 'no-wildcard-rbac',
    'ClusterRoleBindingPE, RoleBindingPE, ImpersonatePermissions, ModifyServicesStatus':
      'no-escalation-verbs',
    'NoCreateNodesProxyOrPodsExec, NoExecuteCommandsInExistingPods':
      'no-escalation-verbs no-pod-exec',
    ReadAllSecrets: 'no-secret-listing',
    RequireAllPodsToHaveNetworkPolicy: 'require-network-policy',
    'ApiServer…, ControllerManager…, Etcd…, Kubelet…, Scheduler…, …PSP': '-cluster',
  },
};

/** The peers whose checks `docs/coverage.md` compares with the rules. */
export const peers: readonly Peer[] = [
  kubescape,
  kyverno,
  gatekeeper,
  kubeLinter,
  polaris,
  kubeaudit,
  checkov,
];
