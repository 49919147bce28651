import type {DeclaredConnection} from '../policy/network-policy.ts';
import type {Allowances, Exception, Exposure} from '../policy/policy.ts';
import {findRule} from '../rules/index.ts';
import {safeText} from '../text/safe-text.ts';

/**
 * The entries as lines of a policy file: each key with its items, or no lines if there are none.
 */
export const allowanceLines = (allowances: Allowances): readonly string[] =>
  keyed(allowances).flatMap(([key, entries]) => [
    `${key}:`,
    ...entries.flatMap(entry => entryLines(entry, '  ')),
  ]);

/** The entries on one line, which is also valid in a policy file. */
export const allowanceText = (allowances: Allowances): string =>
  keyed(allowances)
    .map(([key, entries]) => `${key}: ${flowText(entries)}`)
    .join(', ');

/** The keys that have entries. */
export const keyed = ({
  exceptions,
  exposed,
}: Allowances): readonly (readonly [string, readonly (Exception | Exposure)[]])[] =>
  Object.entries({exceptions, exposed}).filter(([, entries]) => entries.length > 0);

/** The lines of an item, indented by `indent`. */
export function entryLines(entry: Exception | Exposure, indent: string): readonly string[] {
  const [first = '', ...rest] = Object.entries(entry).map(
    ([key, value]) => `${key}: ${flowText(value)}`,
  );
  return [`${indent}- ${first}`, ...rest.map(line => `${indent}  ${line}`)];
}

/** The selector of an entry, as it is written in a policy. */
export const matchText = ({match}: Exception | Exposure): string => flowText(match);

/** Which entry of a policy it is. */
export function entryTitle(entry: Exception | Exposure | DeclaredConnection): string {
  if ('from' in entry) return 'networkPolicy.connections';
  const what = 'rules' in entry ? entry.rules.join(', ') : 'exposed';
  return `${what}, match ${matchText(entry)}`;
}

/**
 * A value in YAML flow style. Strings are quoted and escaped, because names in a manifest are not
 * trusted.
 */
function flowText(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(flowText).join(', ')}]`;
  if (typeof value === 'object' && value !== null) {
    return `{${Object.entries(value)
      .map(([key, item]) => `${key}: ${flowText(item)}`)
      .join(', ')}}`;
  }
  const text = String(value);
  return findRule(text) === undefined ? safeText(JSON.stringify(text)) : text;
}
