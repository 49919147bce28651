import {
  type Control,
  cis,
  mitre,
  nist,
  nsa,
  pci,
  podSecurity,
} from '../../src/frameworks/controls.ts';
import type {Rule} from '../../src/rules/rule.ts';
import {peerTables} from './peer-tables.ts';

/**
 * `docs/coverage.md`: for each standard, the rules that enforce each control, and controls without
 * a rule.
 */
export function coveragePage(rules: readonly Rule[]): string {
  const level = (name: 'baseline' | 'restricted') =>
    table(podSecurity[name], id =>
      rules.filter(({references: {podSecurity: control}}) => {
        return control?.level === name && control.control === id;
      }),
    );
  const listed = (controls: readonly Control[], key: 'cis' | 'nist' | 'pci' | 'mitre') =>
    table(controls, id => rules.filter(({references}) => references[key]?.includes(id)));
  return [
    '# Coverage',
    '',
    'Which rules enforce which controls. Only published mappings are listed: `src/rules/rule.ts` names the',
    'sources. "Beyond" says why manifests cannot violate a control, or why it is none that a rule could check.',
    'The rules help to meet the controls. No table here makes a cluster compliant.',
    '',
    '## Pod Security Standards: baseline',
    '',
    ...level('baseline'),
    '',
    '## Pod Security Standards: restricted',
    '',
    'All of baseline, and:',
    '',
    ...level('restricted'),
    '',
    '## CIS Kubernetes Benchmark v1.12, section 5',
    '',
    'This includes the one item of section 1 that manifests can violate.',
    '',
    ...listed(cis, 'cis'),
    '',
    '## NSA/CISA Kubernetes Hardening Guide v1.2',
    '',
    ...table(nsa, id => rules.filter(({references}) => references.nsa === id)),
    '',
    '## NIST SP 800-53 r5',
    '',
    'The controls that the published mappings assign to Kubernetes objects.',
    '',
    ...listed(nist, 'nist'),
    '',
    '## PCI DSS 4.0',
    '',
    'The requirements that the published mapping assigns to Kubernetes objects.',
    '',
    ...listed(pci, 'pci'),
    '',
    '## MITRE ATT&CK v18.1, Containers',
    '',
    'The techniques whose description or mitigations name what a rule restricts. The other techniques of the matrix are left out.',
    '',
    ...listed(mitre, 'mitre'),
    '',
    ...peerTables(),
  ].join('\n');
}

function table(
  controls: readonly Control[],
  enforcing: (id: string) => readonly Rule[],
): readonly string[] {
  const rows = controls.map(({id, title, beyond}) => {
    const links = enforcing(id).map(rule => `[${rule.id}](rules/${rule.id}.md)`);
    const none = beyond === undefined ? '**nothing**' : `beyond: ${beyond}`;
    return `| ${id} | ${title} | ${links.length === 0 ? none : links.join(', ')} |`;
  });
  return ['| control | asks for | rules |', '|---|---|---|', ...rows];
}
