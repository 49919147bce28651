import {profilesOf} from '../config/profiles.ts';
import {parseCall, policyOf, policyOptions, requireOneOf} from '../host/options.ts';
import {writeReport} from '../host/standard-streams.ts';
import {screenOf} from '../host/terminal.ts';
import {paintOf, type TableStyle} from '../report/table/style.ts';
import {findRule, rulesOf} from '../rules/index.ts';
import type {Rule} from '../rules/rule.ts';
import {wrapped} from '../text/wrap.ts';

type Screen = Pick<TableStyle, 'isColored' | 'width'>;

/** Lists the rules: the built-in ones, and those of the policy that applies here. */
export async function rules(args: readonly string[]): Promise<number> {
  const {values} = parseCall({
    args: [...args],
    options: {config: policyOptions.config, format: {type: 'string'}, color: {type: 'string'}},
  });
  const format = requireOneOf('--format', values.format ?? 'table', ['table', 'json']);
  const all = rulesOf(await policyOf(values));
  const screen = await screenOf(values.color);
  await writeReport(format === 'json' ? asJson(all) : asTable(all, screen));
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

/** Each rule with its severity, whether it can be rewritten, and the profiles that ask for it. */
function asTable(all: readonly Rule[], {width, isColored}: Screen): string {
  const paint = paintOf({isColored});
  const longest = Math.max(...all.map(({id}) => id.length));
  return all
    .map(rule => {
      const {id, severity, title, rewrite} = rule;
      const mode = rewrite === undefined ? 'flags' : 'rewrites';
      const first = `${id.padEnd(longest)}  ${severity.padEnd(8)}  ${mode.padEnd(8)}  `;
      const profiles = profilesText(rule);
      const text = wrapped(
        [{text: `${title} (${profiles})`}],
        width,
        first,
        Math.min(first.length, 12),
      );
      const painted = `${paint.rule(id.padEnd(longest))}  ${paint.severity(severity, severity.padEnd(8))}  ${mode.padEnd(8)}  `;
      return `${painted}${text.slice(first.length)}\n`;
    })
    .join('');
}

/** The profiles that ask for a rule; `strict` and `audit` ask for all. */
function profilesText(rule: Rule): string {
  if (findRule(rule.id) === undefined) return 'of the policy';
  const names = Object.keys(profilesOf(rule)).filter(name => !['strict', 'audit'].includes(name));
  return [...names, 'strict', 'audit'].join(', ');
}
