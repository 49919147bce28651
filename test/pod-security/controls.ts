/**
 * The control of the Pod Security Standards that each check of k8s.io/pod-security-admission
 * enforces; checks in lower case, as in the file names of the official pods.
 */
export const controls: Readonly<Record<string, string>> = {
  allowprivilegeescalation: 'Privilege Escalation',
  apparmorprofile: 'AppArmor',
  capabilities_baseline: 'Capabilities',
  capabilities_restricted: 'Capabilities',
  hostnamespaces: 'Host Namespaces',
  hostpathvolumes: 'HostPath Volumes',
  hostports: 'Host Ports',
  hostprobesandhostlifecycle: 'Host Probes / Lifecycle Hooks',
  privileged: 'Privileged Containers',
  procmount: '/proc Mount Type',
  procmount_restricted: '/proc Mount Type',
  restrictedvolumes: 'Volume Types',
  runasnonroot: 'Running as Non-root',
  runasuser: 'Running as Non-root user',
  seccompprofile_baseline: 'Seccomp',
  seccompprofile_restricted: 'Seccomp',
  selinuxoptions: 'SELinux',
  sysctls: 'Sysctls',
  windowshostprocess: 'HostProcess',
};
