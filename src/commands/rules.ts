import {profilesOf} from '../config/profiles.ts';
import {parseCall, policyOf, policyOptions, requireOneOf} from '../host/options.ts';
import {writeReport} from '../host/standard-streams.ts';
import {findRule, rulesOf} from '../rules/index.ts';
import type {Rule} from '../rules/rule.ts';

/** Lists the rules: the built-in ones, and those of the policy that applies here. */
export async function rules(args: readonly string[]): Promise<number> {
  const {values} = parseCall({
    args: [...args],
    options: {config: policyOptions.config, format: {type: 'string'}},
  });
  const format = requireOneOf('--format', values.format ?? 'table', ['table', 'json']);
  const all = rulesOf(await policyOf(values));
  await writeReport(format === 'json' ? asJson(all) : asTable(all));
  return 0;
}

const asJson = (all: readonly Rule[]): string =>
  `${JSON.stringify(
    all.map(rule => ({
      id: rule.id,
      title: rule.title,
      severity: rule.severity,
      remedy: rule.remedy,
      rationale: rule.rationale,
      rewrite: rule.rewrite ?? null,
      profiles: findRule(rule.id) === undefined ? {} : profilesOf(rule),
      references: rule.references,
    })),
    undefined,
    2,
  )}\n`;

function asTable(all: readonly Rule[]): string {
  const width = Math.max(...all.map(({id}) => id.length));
  return all
    .map(({id, severity, title}) => `${id.padEnd(width)}  ${severity.padEnd(8)}  ${title}\n`)
    .join('');
}
