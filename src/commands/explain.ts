import {inflateRawSync} from 'node:zlib';
import {UsageError} from '../errors.ts';
import {parseCall, policyOf, policyOptions} from '../host/options.ts';
import {writeReport} from '../host/standard-streams.ts';
import {customRulePage} from '../report/custom-rule.ts';
import {findRule, rules, rulesOf} from '../rules/index.ts';
import {suggestion} from '../text/suggest.ts';

/**
 * The pages of `docs/rules`, by id: JSON, deflated, in base64. `scripts/bundle.ts` inserts them
 * here.
 */
declare const RULE_PAGES: string;

/**
 * Prints the page of a rule: what it requires, why, an example, and how to allow it. A rule with a slash in its name
 * is one of the policy that applies here.
 */
export async function explain(args: readonly string[]): Promise<number> {
  const {values, positionals} = parseCall({
    args: [...args],
    allowPositionals: true,
    options: {config: policyOptions.config},
  });
  const [id, more] = positionals;
  if (id === undefined || more !== undefined) {
    throw new UsageError('explain takes one rule: `kube-harden explain no-host-port`');
  }
  const rule = findRule(id);
  if (rule === undefined) {
    const policy = id.includes('/') ? await policyOf(values) : undefined;
    const own = policy?.customRules.find(each => each.id === id);
    if (own !== undefined) {
      await writeReport(customRulePage(own));
      return 0;
    }
    const ids = (policy === undefined ? rules : rulesOf(policy)).map(each => each.id);
    const hint = suggestion(id, ids) || `: the rules are ${ids.join(', ')}`;
    throw new UsageError(`unknown rule "${id}"${hint}`);
  }
  await writeReport(pageOf(rule.id));
  return 0;
}

function pageOf(id: string): string {
  const pages = inflateRawSync(Buffer.from(RULE_PAGES, 'base64')).toString();
  return (JSON.parse(pages) as Readonly<Record<string, string>>)[id] ?? '';
}
