import type {Json, JsonMap} from '../json.ts';
import type {DeclaredConnection, PolicyPort} from '../policy/network-policy.ts';
import type {Allowances, Exception, Exposure, PolicyEntry} from '../policy/policy.ts';
import {findRule} from '../rules/index.ts';
import {safeText} from '../text/safe-text.ts';

/**
 * The entries as lines of a policy file: each key with its items, or no lines if there are none.
 */
export const allowanceLines = (allowances: Allowances): readonly string[] =>
  keyed(allowances).flatMap(([key, entries]) => {
    const keys = key.split('.');
    return [
      ...keys.map((part, depth) => `${'  '.repeat(depth)}${part}:`),
      ...entries.flatMap(entry => entryLines(entry, '  '.repeat(keys.length))),
    ];
  });

/** The entries on one line, which is also valid in a policy file. */
export const allowanceText = (allowances: Allowances): string =>
  keyed(allowances)
    .map(([key, entries]) =>
      key
        .split('.')
        .reduceRight(
          (text, part, depth) => (depth === 0 ? `${part}: ${text}` : `{${part}: ${text}}`),
          flowText(entries.map(written)),
        ),
    )
    .join(', ');

/** The keys that have entries; a dot leads into a key. */
export const keyed = ({
  exceptions,
  exposed,
  connections,
}: Allowances): readonly (readonly [string, readonly PolicyEntry[]])[] =>
  Object.entries({exceptions, exposed, 'networkPolicy.connections': connections}).filter(
    ([, entries]) => entries.length > 0,
  );

/** An entry as it is written in a policy file. */
export function written(entry: PolicyEntry): JsonMap {
  const plain = JSON.parse(JSON.stringify(entry)) as JsonMap;
  if (!('from' in entry)) return plain;
  const {ports: _, ...rest} = plain;
  return {...rest, ...(entry.ports.length === 0 ? {} : {ports: entry.ports.map(writtenPort)})};
}

const writtenPort = ({port, protocol, endPort}: PolicyPort): Json =>
  protocol === 'TCP' && endPort === undefined
    ? port
    : {port, ...(endPort === undefined ? {} : {endPort}), protocol};

/** A declared connection on one line, which is also valid in a list of a policy file. */
export const declarationText = (connection: DeclaredConnection): string =>
  flowText(written(connection));

/** The lines of an item, indented by `indent`. */
export function entryLines(entry: PolicyEntry, indent: string): readonly string[] {
  const [first = '', ...rest] = Object.entries(written(entry)).map(
    ([key, value]) => `${key}: ${flowText(value)}`,
  );
  return [`${indent}- ${first}`, ...rest.map(line => `${indent}  ${line}`)];
}

/** The selector of an entry, as it is written in a policy. */
export const matchText = ({match}: Exception | Exposure): string => flowText(match);

/** Which entry of a policy it is. */
export function entryTitle(entry: PolicyEntry): string {
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
  if (typeof value === 'number') return String(value);
  const text = String(value);
  return findRule(text) === undefined ? safeText(JSON.stringify(text)) : text;
}
