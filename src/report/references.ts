import type {References} from '../rules/rule.ts';

/** The controls that a rule enforces, one line per standard. */
export function referenceLines(references: References): readonly string[] {
  const {podSecurity, cis, nsa, kubescape, nist, pci, mitre, other} = references;
  const since = podSecurity?.since === undefined ? '' : `, from ${podSecurity.since}`;
  return [
    listed(
      'Pod Security Standards',
      podSecurity && [`${podSecurity.control} (${podSecurity.level}${since})`],
    ),
    listed('CIS Kubernetes Benchmark v1.12', cis),
    listed('NSA/CISA Kubernetes Hardening Guide v1.2', nsa === undefined ? undefined : [nsa]),
    listed('Kubescape', kubescape),
    listed('NIST SP 800-53 r5', nist),
    listed('PCI DSS 4.0', pci),
    listed('MITRE ATT&CK v18.1 for Containers', mitre),
    listed('References', other),
  ].filter(line => line !== '');
}

const listed = (standard: string, controls: readonly string[] = []): string =>
  controls.length === 0 ? '' : `${standard}: ${controls.join(', ')}`;
