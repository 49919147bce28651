import type {Finding} from '../findings/finding.ts';
import type {Rule} from '../rules/rule.ts';
import type {Framework} from './frameworks.ts';

/**
 * What an audit says about a control:
 *
 * - `fail`: there is a finding; `excepted`: the policy allows all there are
 * - `pass`: all its rules were on, at least one looked at something, and nothing was found
 * - `incomplete`: nothing was found, but some of its rules are off, or something was skipped
 * - `off`: all its rules are off; `no-objects`: none looked at anything
 * - `not-covered`: no rule enforces it; `beyond`: no manifest can meet or violate it
 */
type ControlStatus =
  | 'fail'
  | 'excepted'
  | 'pass'
  | 'incomplete'
  | 'off'
  | 'no-objects'
  | 'not-covered'
  | 'beyond';

export interface ControlResult {
  readonly id: string;
  readonly title: string;
  readonly status: ControlStatus;
  /** The rules that enforce it, and whether each was on and looked at something. */
  readonly rules: readonly {readonly id: string; readonly is: 'judged' | 'off' | 'no-objects'}[];
  readonly findings: readonly Finding[];
  /** For a control beyond manifests: why. */
  readonly beyond?: string;
}

/** What an audit says about a framework. The figures are defined in docs/frameworks.md. */
export interface FrameworkResult {
  readonly framework: string;
  readonly title: string;
  /** The controls that passed, of those that were judged: passed, failed or excepted. */
  readonly passed: number;
  readonly judged: number;
  /** The controls that manifests can meet or violate. */
  readonly applicable: number;
  readonly controls: readonly ControlResult[];
}

/** What is known about an audit. */
export interface Audited {
  readonly findings: readonly Finding[];
  /** The rules that looked at something. */
  readonly judged: ReadonlySet<string>;
  /** The rules that were on. */
  readonly active: ReadonlySet<string>;
  /** Whether everything was checked. */
  readonly isWhole: boolean;
}

/** What an audit says about each control of a framework. */
export function resultOf(
  framework: Framework,
  rules: readonly Rule[],
  audited: Audited,
): FrameworkResult {
  const byRule = new Map<string, Finding[]>();
  for (const finding of audited.findings) {
    const known = byRule.get(finding.rule);
    if (known === undefined) byRule.set(finding.rule, [finding]);
    else known.push(finding);
  }
  const controls = framework.controls.map(({id, title, beyond}) => {
    const enforcing = rules.filter(rule => framework.isOf(rule, id));
    const findings = enforcing.flatMap(rule => byRule.get(rule.id) ?? []);
    const states = enforcing.map(rule => ({id: rule.id, is: stateOf(rule.id, audited)}));
    const status = statusOf(findings, states, audited.isWhole, beyond);
    return {
      id,
      title,
      status,
      rules: states,
      findings,
      ...(status === 'beyond' && beyond !== undefined ? {beyond} : {}),
    };
  });
  const count = (...wanted: readonly ControlStatus[]) =>
    controls.filter(({status}) => wanted.includes(status)).length;
  return {
    framework: framework.id,
    title: framework.title,
    passed: count('pass'),
    judged: count('pass', 'fail', 'excepted'),
    applicable: controls.length - count('beyond'),
    controls,
  };
}

function stateOf(rule: string, {active, judged}: Audited): ControlResult['rules'][number]['is'] {
  if (!active.has(rule)) return 'off';
  return judged.has(rule) ? 'judged' : 'no-objects';
}

function statusOf(
  findings: readonly Finding[],
  rules: ControlResult['rules'],
  isWhole: boolean,
  beyond: string | undefined,
): ControlStatus {
  if (findings.some(({status}) => status === 'flagged')) return 'fail';
  if (rules.length === 0) return beyond === undefined ? 'not-covered' : 'beyond';
  if (rules.every(({is}) => is === 'off')) return 'off';
  const isComplete = isWhole && rules.every(({is}) => is !== 'off');
  if (findings.length > 0) return isComplete ? 'excepted' : 'incomplete';
  if (rules.every(({is}) => is !== 'judged')) return 'no-objects';
  return isComplete ? 'pass' : 'incomplete';
}

/** The share of judged controls that passed, in whole percent, rounded down; undefined if none was judged. */
export const percentOf = ({passed, judged}: FrameworkResult): number | undefined =>
  judged === 0 ? undefined : Math.floor((passed * 100) / judged);
