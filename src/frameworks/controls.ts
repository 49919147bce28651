/** A control of a standard: its number or name, and its requirement in a few words. */
export interface Control {
  readonly id: string;
  readonly title: string;
  /** Why no manifest can meet or violate it: then it is not a gap in the rules. */
  readonly beyond?: string;
}

const cluster = 'a property of the cluster, which the manifests of a release do not show';
const subjects =
  'who may do it depends on the users of the cluster, which the manifests of a release do not show';

/**
 * CIS Kubernetes Benchmark v1.12.0, section 5, as kube-bench's `cis-1.12/policies.yaml` and
 * Kubescape's `cis-v1.12.0` list it; and the one item of section 1 that manifests can violate.
 */
export const cis: readonly Control[] = [
  {id: '1.2.3', title: 'Services without external addresses (DenyServiceExternalIPs)'},
  {id: '5.1.1', title: 'cluster-admin only where it is required'},
  {id: '5.1.2', title: 'Little access to secrets'},
  {id: '5.1.3', title: 'Few wildcards in Roles and ClusterRoles'},
  {id: '5.1.4', title: 'Little access to creating pods'},
  {id: '5.1.5', title: 'Default service accounts not in use'},
  {id: '5.1.6', title: 'Service account tokens mounted only where necessary'},
  {id: '5.1.7', title: 'The group system:masters not in use'},
  {id: '5.1.8', title: 'Few grants of bind, impersonate and escalate'},
  {id: '5.1.9', title: 'Little access to creating persistent volumes'},
  {id: '5.1.10', title: 'Little access to the sub-resource proxy of nodes'},
  {id: '5.1.11', title: 'Little access to approving certificate signing requests'},
  {id: '5.1.12', title: 'Little access to webhook configurations'},
  {id: '5.1.13', title: 'Little access to creating service account tokens'},
  {id: '5.2.1', title: 'At least one active policy control mechanism', beyond: cluster},
  {id: '5.2.2', title: 'Few privileged containers'},
  {id: '5.2.3', title: 'Few containers in the process namespace of the host'},
  {id: '5.2.4', title: 'Few containers in the IPC namespace of the host'},
  {id: '5.2.5', title: 'Few containers in the network namespace of the host'},
  {id: '5.2.6', title: 'Few containers with allowPrivilegeEscalation'},
  {id: '5.2.7', title: 'Few root containers'},
  {id: '5.2.8', title: 'Few containers with the capability NET_RAW'},
  {id: '5.2.9', title: 'Few containers with capabilities'},
  {id: '5.2.10', title: 'Few Windows HostProcess containers'},
  {id: '5.2.11', title: 'Few HostPath volumes'},
  {id: '5.2.12', title: 'Few containers with host ports'},
  {id: '5.3.1', title: 'A CNI that supports NetworkPolicies', beyond: cluster},
  {id: '5.3.2', title: 'NetworkPolicies in all namespaces'},
  {id: '5.4.1', title: 'Secrets as files rather than as environment variables'},
  {id: '5.4.2', title: 'External storage of secrets', beyond: cluster},
  {id: '5.5.1', title: 'Image provenance by an admission controller', beyond: cluster},
  {id: '5.6.1', title: 'Administrative boundaries by namespaces', beyond: cluster},
  {id: '5.6.2', title: 'A seccomp profile in pod definitions'},
  {
    id: '5.6.3',
    title: 'A security context on pods and containers',
    beyond: 'it asks for a review by hand: 5.2 lists the rules for the fields of security contexts',
  },
  {id: '5.6.4', title: 'The default namespace not in use'},
];

/** The controls of the Pod Security Standards, by level. */
export const podSecurity: Readonly<Record<'baseline' | 'restricted', readonly Control[]>> = {
  baseline: [
    {id: 'HostProcess', title: 'Windows containers with access to the node'},
    {id: 'Host Namespaces', title: 'Host namespaces'},
    {id: 'Privileged Containers', title: 'Privileged containers'},
    {id: 'Capabilities', title: 'Added capabilities beyond a list'},
    {id: 'HostPath Volumes', title: 'Host volumes'},
    {id: 'Host Ports', title: 'Host ports'},
    {id: 'Host Probes / Lifecycle Hooks', title: 'Probes and hooks to another host (v1.34)'},
    {id: 'AppArmor', title: 'AppArmor disabled'},
    {id: 'SELinux', title: 'SELinux with other types, users or roles'},
    {id: '/proc Mount Type', title: 'An unmasked /proc'},
    {id: 'Seccomp', title: 'Seccomp disabled'},
    {id: 'Sysctls', title: 'Unsafe sysctls'},
  ],
  restricted: [
    {id: 'Volume Types', title: 'Volume types beyond a list'},
    {id: '/proc Mount Type', title: 'An unmasked /proc, in user namespaces too (v1.35)'},
    {id: 'Privilege Escalation', title: 'Privilege escalation (v1.8)'},
    {id: 'Running as Non-root', title: 'runAsNonRoot'},
    {id: 'Running as Non-root user', title: 'runAsUser other than 0 (v1.23)'},
    {id: 'Seccomp', title: 'A seccomp profile (v1.19)'},
    {id: 'Capabilities', title: 'All capabilities dropped (v1.22)'},
  ],
};

/** The sections of the NSA/CISA Kubernetes Hardening Guide v1.2. */
export const nsa: readonly Control[] = [
  {id: 'Kubernetes Pod security', title: 'What pods and their containers may do'},
  {
    id: 'Network separation and hardening',
    title: 'Namespaces, network policies, encryption, secrets',
  },
  {id: 'Authentication and authorization', title: 'Users, service accounts, RBAC'},
  {id: 'Audit logging and threat detection', title: 'Logs and alerts', beyond: cluster},
  {id: 'Upgrading and application security practices', title: 'Updates', beyond: cluster},
];

/** The controls that Policy Controller's bundle for NIST SP 800-53 r5, or ComplianceAsCode, maps. */
export const nist: readonly Control[] = [
  {id: 'AC-2', title: 'Account management', beyond: subjects},
  {id: 'AC-3', title: 'Access enforcement', beyond: subjects},
  {id: 'AC-4', title: 'Information flow enforcement'},
  {id: 'AC-6', title: 'Least privilege'},
  {id: 'AC-16', title: 'Security and privacy attributes'},
  {id: 'AU-8', title: 'Time stamps', beyond: cluster},
  {id: 'AU-10', title: 'Non-repudiation', beyond: cluster},
  {id: 'CA-9', title: 'Internal system connections'},
  {id: 'CM-2', title: 'Baseline configuration', beyond: cluster},
  {id: 'CM-3', title: 'Configuration change control'},
  {id: 'CM-4', title: 'Impact analyses'},
  {id: 'CM-5', title: 'Access restrictions for change'},
  {id: 'CM-6', title: 'Configuration settings'},
  {id: 'CM-6(1)', title: 'Automated management, application and verification'},
  {id: 'CM-7', title: 'Least functionality'},
  {id: 'CM-14', title: 'Signed components', beyond: cluster},
  {id: 'CP-9', title: 'System backup', beyond: cluster},
  {id: 'CP-10', title: 'System recovery and reconstitution', beyond: cluster},
  {id: 'IA-2', title: 'Identification and authentication of users', beyond: subjects},
  {id: 'IA-4', title: 'Identifier management'},
  {id: 'IA-5', title: 'Authenticator management', beyond: subjects},
  {id: 'MA-4', title: 'Nonlocal maintenance', beyond: subjects},
  {id: 'PL-1', title: 'Policy and procedures', beyond: cluster},
  {id: 'RA-5', title: 'Vulnerability monitoring and scanning', beyond: cluster},
  {id: 'SA-3', title: 'System development life cycle', beyond: cluster},
  {id: 'SA-8', title: 'Security and privacy engineering principles'},
  {id: 'SA-10', title: 'Developer configuration management', beyond: cluster},
  {id: 'SA-11', title: 'Developer testing and evaluation', beyond: cluster},
  {id: 'SC-4', title: 'Information in shared system resources'},
  {id: 'SC-6', title: 'Resource availability'},
  {id: 'SC-7', title: 'Boundary protection'},
  {
    id: 'SC-8',
    title: 'Transmission confidentiality and integrity',
    beyond:
      'TLS between pods is up to applications and meshes; ingress-requires-tls asks for it at Ingresses',
  },
  {id: 'SC-12', title: 'Cryptographic key establishment and management', beyond: cluster},
  {id: 'SC-28', title: 'Protection of information at rest', beyond: cluster},
  {id: 'SI-1', title: 'Policy and procedures', beyond: cluster},
  {id: 'SI-3', title: 'Malicious code protection', beyond: cluster},
  {id: 'SI-7', title: 'Software, firmware and information integrity'},
  {id: 'SI-12', title: 'Information management and retention', beyond: cluster},
  {id: 'SR-4', title: 'Provenance', beyond: cluster},
];

/** The requirements that Policy Controller's bundle for PCI DSS 4.0 maps. */
export const pci: readonly Control[] = [
  {id: '1.2.5', title: 'Services, protocols and ports allowed are identified and approved'},
  {id: '1.2.6', title: 'Security features for services, protocols and ports at risk'},
  {id: '1.2.7', title: 'Network security configurations reviewed', beyond: cluster},
  {id: '1.2.8', title: 'Network security configuration files secured', beyond: cluster},
  {id: '1.3.1', title: 'Inbound traffic to the cardholder data environment restricted'},
  {id: '1.3.2', title: 'Outbound traffic from the cardholder data environment restricted'},
  {id: '1.4.1', title: 'Controls between trusted and untrusted networks'},
  {id: '1.4.2', title: 'Inbound traffic from untrusted networks restricted'},
  {id: '1.4.4', title: 'Stored cardholder data not reachable from untrusted networks'},
  {id: '2.2.1', title: 'Configuration standards kept up', beyond: cluster},
  {id: '2.2.2', title: 'Vendor default accounts managed'},
  {id: '2.2.3', title: 'Functions of different security levels kept apart'},
  {id: '2.2.4', title: 'Only necessary services and functions', beyond: cluster},
  {id: '2.2.5', title: 'Insecure services documented', beyond: cluster},
  {id: '2.2.6', title: 'Security parameters configured against misuse', beyond: cluster},
  {id: '2.2.7', title: 'Administrative access encrypted', beyond: cluster},
  {id: '3.3.2', title: 'Sensitive authentication data encrypted', beyond: cluster},
  {id: '3.3.3', title: 'Sensitive authentication data of issuers', beyond: cluster},
  {id: '4.2.1', title: 'Strong cryptography over open networks', beyond: cluster},
  {id: '5.2.1', title: 'Anti-malware deployed', beyond: cluster},
  {id: '5.2.2', title: 'Anti-malware detects and removes', beyond: cluster},
  {id: '5.2.3', title: 'Components not at risk evaluated', beyond: cluster},
  {id: '5.3.1', title: 'Anti-malware kept current', beyond: cluster},
  {id: '5.3.2', title: 'Anti-malware scans', beyond: cluster},
  {id: '5.3.5', title: 'Anti-malware cannot be disabled', beyond: cluster},
  {id: '6.2.3', title: 'Custom software reviewed', beyond: cluster},
  {id: '6.3.1', title: 'Vulnerabilities identified', beyond: cluster},
  {id: '6.3.2', title: 'Inventory of software', beyond: cluster},
  {id: '6.4.1', title: 'Public web applications protected', beyond: cluster},
  {id: '6.4.2', title: 'Attacks on public web applications detected', beyond: cluster},
  {id: '6.5.1', title: 'Changes made by procedure', beyond: cluster},
  {id: '7.2.1', title: 'An access control model'},
  {id: '7.2.2', title: 'Access by job and least privilege'},
  {id: '7.2.5', title: 'Application and system accounts by least privilege'},
  {id: '7.3.2', title: 'Access enforced by job', beyond: subjects},
  {id: '7.3.3', title: 'Access denied unless allowed'},
  {id: '8.2.1', title: 'Unique user identities', beyond: subjects},
  {id: '8.2.2', title: 'Shared accounts only by exception', beyond: subjects},
  {id: '8.2.4', title: 'Changes of identities and privileges authorised'},
  {id: '8.3.2', title: 'Authentication factors encrypted', beyond: cluster},
  {id: '8.6.1', title: 'Interactive use of system accounts'},
  {id: '10.6.1', title: 'Clocks synchronised', beyond: cluster},
  {id: '10.6.2', title: 'Consistent time', beyond: cluster},
  {id: '10.6.3', title: 'Time settings protected', beyond: cluster},
];

/**
 * The techniques of MITRE ATT&CK v18.1, Containers matrix, that rules refer to, each with the
 * relevant part of its page:
 *
 * - T1046: M1030, proper network segmentation
 * - T1133: the description, services exposed without authentication; M1042, remotely available
 *   services that may be unnecessary are blocked
 * - T1528: the description, a token that a compromised container has for the API server
 * - T1552.007: M1018, access control by roles; M1026, no service account where none is required
 * - T1609: M1018, access control by roles on what executes within containers
 * - T1611: M1026, no root, no unnecessary privileges or mounts, no privileged containers; M1038,
 *   read-only file systems; M1048, seccomp, and no host processes, network or file system
 */
export const mitre: readonly Control[] = [
  {id: 'T1046', title: 'Network Service Discovery'},
  {id: 'T1133', title: 'External Remote Services'},
  {id: 'T1528', title: 'Steal Application Access Token'},
  {id: 'T1552.007', title: 'Unsecured Credentials: Container API'},
  {id: 'T1609', title: 'Container Administration Command'},
  {id: 'T1611', title: 'Escape to Host'},
];
