import {remove, set} from '../edits.ts';
import {capabilitiesOf} from '../kubernetes/capabilities.ts';
import type {References, Rule} from './rule.ts';

/**
 * The capabilities that container runtimes give every container by default, as listed in the
 * standard.
 */
export const defaultCapabilities = new Set([
  'AUDIT_WRITE',
  'CHOWN',
  'DAC_OVERRIDE',
  'FOWNER',
  'FSETID',
  'KILL',
  'MKNOD',
  'NET_BIND_SERVICE',
  'SETFCAP',
  'SETGID',
  'SETPCAP',
  'SETUID',
  'SYS_CHROOT',
]);

/** The controls of no-extra-capabilities, and of no-sys-admin, which covers the worst case. */
export const capabilityReferences: References = {
  podSecurity: {level: 'baseline', control: 'Capabilities'},
  cis: ['5.2.9'],
  kubescape: ['C-0046'],
  nsa: 'Kubernetes Pod security',
  nist: ['CM-3', 'CM-7'],
  mitre: ['T1611'],
};

/**
 * Restricted field, in containers, init and ephemeral containers:
 * `securityContext.capabilities.add[*]`: must be absent, or one of the default capabilities.
 *
 * The standard compares exactly: it refuses a default capability that is spelled `CAP_CHOWN` or
 * `chown`, so the rewrite corrects the spelling.
 */
export const noExtraCapabilities: Rule = {
  id: 'no-extra-capabilities',
  title: 'Containers must not add capabilities beyond the default ones',
  severity: 'high',
  remedy: 'Remove from `capabilities.add` every capability that containers do not have by default.',
  rationale:
    'Each capability beyond the defaults is a piece of root on the node: NET_ADMIN can rewrite its firewall, SYS_PTRACE can read the memory of other processes, SYS_MODULE can load kernel modules.',
  rewrite: {
    does: 'removes the entries; corrects the spelling of default capabilities',
    disruption: 'possible',
    effect: 'takes',
  },
  references: capabilityReferences,
  *checkContainer(container) {
    for (const {name, text, path} of capabilitiesOf(container, 'add')) {
      if (defaultCapabilities.has(text)) continue;
      const isMisspelt = defaultCapabilities.has(name);
      yield {
        path,
        container: container.name,
        message: isMisspelt
          ? `the capability "${text}" of container "${container.name}" must be spelled "${name}": the Pod Security Standards accept no other spelling`
          : `the capability "${text}" gives container "${container.name}", and whoever breaks into it, more than the default capabilities`,
        ...(isMisspelt ? {effect: 'fills'} : {}),
        edits: [isMisspelt ? set(path, name) : remove(path)],
      };
    }
  },
};
