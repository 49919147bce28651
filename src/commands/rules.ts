import {profilesOf} from '../config/profiles.ts';
import {parseCall, requireOneOf} from '../host/options.ts';
import {writeReport} from '../host/standard-streams.ts';
import {rules as everyRule} from '../rules/index.ts';

/** Lists the rules. */
export async function rules(args: readonly string[]): Promise<number> {
  const {values} = parseCall({args: [...args], options: {format: {type: 'string'}}});
  const format = requireOneOf('--format', values.format ?? 'table', ['table', 'json']);
  await writeReport(format === 'json' ? asJson() : asTable());
  return 0;
}

const asJson = (): string =>
  `${JSON.stringify(
    everyRule.map(rule => ({
      id: rule.id,
      title: rule.title,
      severity: rule.severity,
      remedy: rule.remedy,
      rationale: rule.rationale,
      rewrite: rule.rewrite ?? null,
      profiles: profilesOf(rule),
      references: rule.references,
    })),
    undefined,
    2,
  )}\n`;

function asTable(): string {
  const width = Math.max(...everyRule.map(({id}) => id.length));
  return everyRule
    .map(({id, severity, title}) => `${id.padEnd(width)}  ${severity.padEnd(8)}  ${title}\n`)
    .join('');
}
