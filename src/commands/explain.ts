import {inflateRawSync} from 'node:zlib';
import {UsageError} from '../errors.ts';
import {parseCall} from '../host/options.ts';
import {writeReport} from '../host/standard-streams.ts';
import {findRule, rules} from '../rules/index.ts';
import {suggestion} from '../text/suggest.ts';

/**
 * The pages of `docs/rules`, by id: JSON, deflated, in base64. `scripts/bundle.ts` inserts them
 * here.
 */
declare const RULE_PAGES: string;

/** Prints the page of a rule: what it requires, why, an example, and how to allow it. */
export async function explain(args: readonly string[]): Promise<number> {
  const {positionals} = parseCall({args: [...args], allowPositionals: true});
  const [id, more] = positionals;
  if (id === undefined || more !== undefined) {
    throw new UsageError('explain takes one rule: `kube-harden explain no-host-port`');
  }
  const rule = findRule(id);
  if (rule === undefined) {
    const ids = rules.map(each => each.id);
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
