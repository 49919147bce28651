import type {Finding} from '../findings/finding.ts';
import type {Policy} from '../policy/policy.ts';
import {activeRules, rules} from '../rules/index.ts';
import type {Framework} from './frameworks.ts';
import {type FrameworkResult, resultOf} from './result.ts';

/** Groups the findings of an audit by the controls of frameworks. */
export class FrameworkGrouping {
  readonly #frameworks: readonly Framework[];
  readonly #judged = new Set<string>();

  constructor(frameworks: readonly Framework[]) {
    this.#frameworks = frameworks;
  }

  /** Remembers which rules looked at something: see `judgedRules`. */
  add(judged: Iterable<string>): void {
    for (const rule of judged) this.#judged.add(rule);
  }

  /** What the audit says about each framework; `isWhole` means that nothing was skipped. */
  of(
    findings: readonly Finding[],
    policy: Policy,
    isWhole: boolean,
  ): {readonly frameworks: readonly FrameworkResult[]} {
    const active = new Set(activeRules(policy).map(({id}) => id));
    const audited = {findings, judged: this.#judged, active, isWhole};
    return {frameworks: this.#frameworks.map(framework => resultOf(framework, rules, audited))};
  }
}
