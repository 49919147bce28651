import {judgedRules} from '../check/judged.ts';
import {UsageError} from '../errors.ts';
import type {Finding} from '../findings/finding.ts';
import {type Framework, frameworks} from '../frameworks/frameworks.ts';
import {type FrameworkResult, resultOf} from '../frameworks/result.ts';
import type {Policy} from '../policy/policy.ts';
import {activeRules, rules} from '../rules/index.ts';
import type {ObjectStream} from '../stream/manifest-stream.ts';
import {requireOneOf} from './options.ts';

const showing = ['table', 'json', 'markdown'];

/** Groups the findings of an audit by the controls of the frameworks that the user names. */
export class FrameworkGrouping {
  readonly #wanted: readonly Framework[];
  readonly #judged = new Set<string>();

  /** @throws {UsageError} if there is no such framework, or the format shows none */
  constructor(names: readonly string[], format: string) {
    const wanted = names.flatMap(list => list.split(','));
    const known = frameworks.map(({id}) => id);
    for (const name of wanted) requireOneOf('--framework', name, known);
    if (!showing.includes(format)) {
      throw new UsageError(`--framework needs --format table, json or markdown, not ${format}`);
    }
    this.#wanted = frameworks.filter(({id}) => wanted.includes(id));
  }

  /** Remembers which rules looked at something in a target. */
  add(stream: ObjectStream, policy: Policy): void {
    for (const rule of judgedRules(stream, policy)) this.#judged.add(rule);
  }

  of(
    findings: readonly Finding[],
    policy: Policy,
    isWhole: boolean,
  ): {readonly frameworks: readonly FrameworkResult[]} {
    const active = new Set(activeRules(policy).map(({id}) => id));
    const audited = {findings, judged: this.#judged, active, isWhole};
    return {frameworks: this.#wanted.map(framework => resultOf(framework, rules, audited))};
  }
}
