import {inflateRawSync} from 'node:zlib';
import {UsageError} from '../errors.ts';
import {parseCall, policyOf, policyOptions} from '../host/options.ts';
import {writeReport} from '../host/standard-streams.ts';
import {screenOf} from '../host/terminal.ts';
import {customRulePage} from '../report/custom-rule.ts';
import {terminalPage} from '../report/page-text.ts';
import {findRule, rules, rulesOf} from '../rules/index.ts';
import {suggestion} from '../text/suggest.ts';

/**
 * The pages of `docs/rules`, by id: JSON, deflated, in base64. `scripts/bundle.ts` inserts them
 * here.
 */
declare const RULE_PAGES: string;

/**
 * Prints the pages of rules: what each requires, why, an example, and how to allow it. A rule with a slash in its name
 * is one of the policy that applies here. A control of a standard stands for the rules that enforce it.
 *
 * @throws {UsageError} if there is no such rule or control
 */
export async function explain(args: readonly string[]): Promise<number> {
  const {values, positionals} = parseCall({
    args: [...args],
    allowPositionals: true,
    options: {config: policyOptions.config, color: {type: 'string'}},
  });
  if (positionals.length === 0) {
    throw new UsageError(
      'explain takes rules, or controls of standards: `kube-harden explain no-host-port`, `kube-harden explain 5.2.12`',
    );
  }
  const screen = await screenOf(values.color);
  const pages = new Map<string, string>();
  for (const name of positionals) {
    for (const [key, page] of await pagesFor(name, values)) pages.set(key, page);
  }
  await writeReport(terminalPage([...pages.values()].join('\n'), screen));
  return 0;
}

type Pages = readonly (readonly [key: string, page: string])[];

/** The page of a rule, or what is said about a control and the pages of its rules. */
async function pagesFor(
  name: string,
  values: {readonly config?: string | undefined},
): Promise<Pages> {
  const rule = findRule(name);
  if (rule !== undefined) return [[rule.id, pageOf(rule.id)]];
  const policy = name.includes('/') ? await policyOf(values) : undefined;
  const own = policy?.customRules.find(each => each.id === name);
  if (own !== undefined) return [[own.id, customRulePage(own)]];
  const {controlsCalled} = await import('../frameworks/control-rules.ts');
  const controls = controlsCalled(name, rules);
  if (controls.length === 0) {
    const ids = (policy === undefined ? rules : rulesOf(policy)).map(each => each.id);
    const hint = suggestion(name, ids) || `: the rules are ${ids.join(', ')}`;
    throw new UsageError(`unknown rule "${name}"${hint}`);
  }
  return controls.flatMap(({id, title, of, beyond, rules: own}): Pages => {
    const ids = own.map(each => each.id);
    const none = beyond === undefined ? 'No rule checks it.' : `No rule checks it: ${beyond}.`;
    const enforced = ids.length === 0 ? none : `Rules: ${ids.join(', ')}.`;
    return [
      [`${of} ${id}`, `# ${id}\n\n${of}: ${title}. ${enforced}\n`],
      ...ids.map(each => [each, pageOf(each)] as const),
    ];
  });
}

function pageOf(id: string): string {
  const pages = inflateRawSync(Buffer.from(RULE_PAGES, 'base64')).toString();
  return (JSON.parse(pages) as Readonly<Record<string, string>>)[id] ?? '';
}
