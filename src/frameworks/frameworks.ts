import type {Rule} from '../rules/rule.ts';
import {type Control, cis, mitre, nist, nsa, pci, podSecurity} from './controls.ts';

/** A catalogue of controls by which auditors ask. */
export interface Framework {
  /** Its name in `--framework`. */
  readonly id: string;
  readonly title: string;
  readonly controls: readonly Control[];
  /** Whether a rule enforces the control with that id. */
  readonly isOf: (rule: Rule, control: string) => boolean;
}

type Listed = 'cis' | 'nist' | 'pci' | 'mitre';

const listedIn =
  (key: Listed): Framework['isOf'] =>
  ({references}, control) =>
    references[key]?.includes(control) === true;

/** The controls of both levels: `restricted: Seccomp` is not `baseline: Seccomp`. */
const levels = (['baseline', 'restricted'] as const).flatMap(level =>
  podSecurity[level].map(control => ({...control, id: `${level}: ${control.id}`})),
);

export const frameworks: readonly Framework[] = [
  {
    id: 'cis',
    title: 'CIS Kubernetes Benchmark v1.12, section 5 and item 1.2.3',
    controls: cis,
    isOf: listedIn('cis'),
  },
  {
    id: 'nsa',
    title: 'NSA/CISA Kubernetes Hardening Guide v1.2',
    controls: nsa,
    isOf: ({references}, control) => references.nsa === control,
  },
  {
    id: 'pss',
    title: 'Pod Security Standards',
    controls: levels,
    isOf: ({references: {podSecurity: standard}}, control) =>
      standard !== undefined && `${standard.level}: ${standard.control}` === control,
  },
  {
    id: 'nist-800-53',
    title: 'NIST SP 800-53 r5, the controls that are mapped to Kubernetes objects',
    controls: nist,
    isOf: listedIn('nist'),
  },
  {
    id: 'pci-dss',
    title: 'PCI DSS 4.0, the requirements that are mapped to Kubernetes objects',
    controls: pci,
    isOf: listedIn('pci'),
  },
  {
    id: 'mitre',
    title: 'MITRE ATT&CK v18.1 for Containers, the techniques that manifests can hinder',
    controls: mitre,
    isOf: listedIn('mitre'),
  },
];
