import type {Exception, Exposure} from '../policy/policy.ts';
import type {Selector} from '../policy/selector.ts';
import {findRule} from '../rules/index.ts';
import {safeText} from '../text/safe-text.ts';
import type {Finding, ResourceIdentity} from './finding.ts';

/** Entries of a policy's keys `exceptions` and `exposed`. */
export interface Allowances {
  readonly exceptions: readonly Exception[];
  readonly exposed: readonly Exposure[];
}

/** What an entry says where no manifest tells why: it is for a person to fill in. */
const unexplained = 'no manifest tells why: say it here';

/** What speaks against the rewrite of a finding, to follow its message. */
export const evidenceText = ({evidence = [], doubt}: Finding): string =>
  [
    evidence.length === 0 ? '' : ` (evidence of need: ${evidence.join('; ')})`,
    doubt === undefined ? '' : ` (not known: ${doubt})`,
  ].join('');

type Allowable = Pick<
  Finding,
  'rule' | 'resource' | 'container' | 'evidence' | 'doubt' | 'exposed'
>;

/**
 * The entry that allows what was found in that object alone, with what speaks for it as the reason.
 * Nothing where a name is missing, or would be a pattern that means others as well.
 */
export function allowanceOf(finding: Allowable): {
  readonly exception?: Exception;
  readonly exposed?: Exposure;
} {
  const {rule, resource, container, evidence = [], doubt, exposed} = finding;
  if (exposed !== undefined) return {exposed};
  const match = matchOf(resource, container);
  if (match === undefined) return {};
  const doubts = doubt === undefined ? [] : [`not known: ${doubt}`];
  const reason = [...evidence, ...doubts].join('; ') || unexplained;
  if (findRule(rule)?.isExposure === true) return {exposed: {match, reason}};
  return {exception: {rules: [rule], match, reason}};
}

/** The declaration that an object is exposed on purpose, for what `evidence` says. */
export function exposureOf(
  resource: ResourceIdentity,
  evidence: readonly string[],
): {readonly exposed?: Exposure} {
  const match = matchOf(resource);
  if (match === undefined) return {};
  return {exposed: {match, reason: evidence.join('; ') || unexplained}};
}

/** A selector of that object alone, or undefined where there is none. */
function matchOf(
  {kind, namespace, name}: ResourceIdentity,
  container?: string,
): (Selector & {readonly container?: string}) | undefined {
  const match = {
    kind,
    ...(namespace === undefined ? {} : {namespace}),
    name,
    ...(container === undefined ? {} : {container}),
  };
  const isExact = Object.values(match).every(text => text !== '' && !text.includes('*'));
  return isExact ? match : undefined;
}

/**
 * The entries that allow all of `told`: one for each object and container of which the same speaks
 * for what is allowed, in the order of `told`.
 */
export function allowancesOf(told: readonly Finding[]): Allowances {
  const exceptions = new Map<string, Exception>();
  const exposed = new Map<string, Exposure>();
  for (const each of told) {
    const {exception, exposed: exposure} = allowanceOf(each);
    if (exception !== undefined) {
      const key = JSON.stringify([exception.match, exception.reason]);
      const rules = [...(exceptions.get(key)?.rules ?? []), ...exception.rules];
      exceptions.set(key, {...exception, rules: [...new Set(rules)]});
    }
    if (exposure !== undefined) exposed.set(JSON.stringify(exposure.match), exposure);
  }
  return {exceptions: [...exceptions.values()], exposed: [...exposed.values()]};
}

/** The entries as a policy file has them: its keys, each with its items, or no lines for none. */
export const allowanceLines = ({exceptions, exposed}: Allowances): readonly string[] => [
  ...(exceptions.length === 0 ? [] : ['exceptions:', ...exceptions.flatMap(entryLines)]),
  ...(exposed.length === 0 ? [] : ['exposed:', ...exposed.flatMap(entryLines)]),
];

/** An item of either list, indented by two. */
function entryLines(entry: Exception | Exposure): readonly string[] {
  const [first = '', ...rest] = Object.entries(entry).map(
    ([key, value]) => `${key}: ${flowText(value)}`,
  );
  return [`  - ${first}`, ...rest.map(line => `    ${line}`)];
}

/** The entries in one line, as a policy file may have them as well. */
export const allowanceText = (allowances: Allowances): string =>
  Object.entries(allowances)
    .filter(([, entries]) => entries.length > 0)
    .map(([key, entries]) => `${key}: ${flowText(entries)}`)
    .join(', ');

/** A value in YAML's flow style: texts are quoted and escaped, since names in a manifest are not trusted. */
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
