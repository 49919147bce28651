import {isDeepStrictEqual} from 'node:util';
import type {DeclaredConnection} from '../policy/network-policy.ts';
import type {Allowances, EntryLocks, Exception, Exposure, PolicyEntry} from '../policy/policy.ts';
import type {Selector} from '../policy/selector.ts';
import {findRule} from '../rules/index.ts';
import {someOf} from '../text/some-of.ts';
import {type Finding, type ResourceIdentity, titleOf} from './finding.ts';

/** The reason of an entry if no manifest gives one: a person must fill it in. */
const unexplained = 'no manifest gives a reason: add it here';

/** What speaks against the rewrite of a finding, to append to its message. */
export const evidenceText = ({evidence = [], doubt}: Finding): string =>
  [
    evidence.length === 0 ? '' : ` (evidence of need: ${evidence.join('; ')})`,
    doubt === undefined ? '' : ` (unknown: ${doubt})`,
  ].join('');

type Allowable = Pick<
  Finding,
  'rule' | 'resource' | 'container' | 'evidence' | 'doubt' | 'exposed' | 'locked' | 'lacksNamespace'
>;

/**
 * The entry that allows a finding in that object only, with the evidence as the reason. Undefined
 * if a name is missing, or would be a pattern that matches others too, or no entry may allow it, or the call must name the
 * namespace first.
 */
export function allowanceOf(finding: Allowable): {
  readonly exception?: Exception;
  readonly exposed?: Exposure;
} {
  const {rule, resource, container, exposed, locked, lacksNamespace} = finding;
  if (locked !== undefined || lacksNamespace) return {};
  if (exposed !== undefined) return {exposed};
  const match = matchOf(resource, container);
  if (match === undefined) return {};
  const reason = reasonOf(sentencesFor(finding));
  if (isExposed(rule)) return {exposed: {match, reason}};
  return {exception: {rules: [rule], match, reason}};
}

/** Whether an entry under `exposed` allows the findings of a rule, and not an exception. */
function isExposed(rule: string): boolean {
  const {isExposure, checkContainer} = findRule(rule) ?? {};
  return isExposure === true && checkContainer === undefined;
}

/** The lock that forbids the entry for a finding; `isClient` if the entry is for external clients. */
export const lockOn = (
  rule: string,
  isClient: boolean,
  {exceptions, exposed}: EntryLocks,
): string | undefined => (isClient || isExposed(rule) ? exposed : exceptions.get(rule));

/** Why no entry may allow some of `told`, one sentence for each lock. */
export function lockSentences(told: readonly Finding[]): readonly string[] {
  const byLock = new Map<string, Set<string>>();
  for (const finding of told) {
    const {rule, locked} = finding;
    if (locked === undefined) continue;
    byLock.set(locked, (byLock.get(locked) ?? new Set()).add(`${rule} in ${titleOf(finding)}`));
  }
  return [...byLock].map(([lock, titles]) => `no entry may allow ${someOf([...titles])}: ${lock}`);
}

/** The evidence for what was found. */
const sentencesFor = ({evidence = [], doubt}: Allowable): readonly string[] => [
  ...evidence,
  ...(doubt === undefined ? [] : [`unknown: ${doubt}`]),
];

const reasonOf = (sentences: Iterable<string>): string => [...sentences].join('; ') || unexplained;

/** The `exposed` entry for an object, with `evidence` as the reason. */
export function exposureOf(
  resource: ResourceIdentity,
  evidence: readonly string[],
): {readonly exposed?: Exposure} {
  const match = matchOf(resource);
  if (match === undefined) return {};
  return {exposed: {match, reason: reasonOf(evidence)}};
}

/** A selector for that object only, if there can be one; for all of it if the container has no name. */
function matchOf(
  {kind, namespace, name}: ResourceIdentity,
  container?: string,
): (Selector & {readonly container?: string}) | undefined {
  const match = {
    kind,
    ...(namespace === undefined ? {} : {namespace}),
    name,
    ...(container === undefined || container === '' ? {} : {container}),
  };
  const isExact = Object.values(match).every(text => text !== '' && !text.includes('*'));
  return isExact ? match : undefined;
}

/**
 * The entries that allow everything in `told`, in its order. Rules with the same evidence in one
 * object and container share an entry. A finding on the object as a whole is also allowed in each
 * of its containers, so that no entry is redundant.
 */
export function allowancesOf(told: readonly Finding[]): Allowances {
  const grants = new Map<string, Grant>();
  const exposed = new Map<string, Exposure>();
  const connections = new Map<string, DeclaredConnection>();
  for (const each of told) {
    for (const connection of each.connections ?? []) {
      connections.set(JSON.stringify(connection), connection);
    }
    if (isDeclarable(each)) continue;
    const {exception, exposed: exposure} = allowanceOf(each);
    if (exposure !== undefined) exposed.set(JSON.stringify(exposure.match), exposure);
    if (exception === undefined) continue;
    const key = keyOf(exception.match);
    const grant = grants.get(key) ?? {match: exception.match, reasons: new Map()};
    grants.set(key, grant);
    addReasons(grant, each.rule, sentencesFor(each));
  }
  for (const grant of grants.values()) withoutRepeated(grant, grants);
  return {
    exceptions: [...grants.values()].flatMap(exceptionsOf),
    exposed: [...exposed.values()],
    connections: [...connections.values()],
  };
}

/** Whether it is only about connections that a policy can declare. */
export const isDeclarable = ({disposition, connections = []}: Finding): boolean =>
  disposition === 'noted' && connections.length > 0;

/** The rules that are allowed in one object or container, with the reasons. */
interface Grant {
  readonly match: Exception['match'];
  readonly reasons: Map<string, Set<string>>;
}

const addReasons = ({reasons}: Grant, rule: string, more: Iterable<string>) =>
  reasons.set(rule, new Set([...(reasons.get(rule) ?? []), ...more]));

const keyOf = (match: Exception['match']): string => JSON.stringify(match);

/** Removes from the grant of a container what the grant of its object already allows. */
function withoutRepeated(grant: Grant, grants: ReadonlyMap<string, Grant>): void {
  const {container, ...object} = grant.match;
  const whole = container === undefined ? undefined : grants.get(keyOf(object));
  for (const [rule, reasons] of grant.reasons) {
    if (whole?.reasons.has(rule) !== true) continue;
    addReasons(whole, rule, reasons);
    grant.reasons.delete(rule);
  }
}

function exceptionsOf({match, reasons}: Grant): readonly Exception[] {
  const rules = new Map<string, string[]>();
  for (const [rule, sentences] of reasons) {
    const reason = reasonOf(sentences);
    rules.set(reason, [...(rules.get(reason) ?? []), rule]);
  }
  return [...rules].map(([reason, ids]) => ({rules: ids, match, reason}));
}

/** Whether `entry`, one of those from `allowancesOf`, allows a finding. */
export function isAllowedBy(finding: Finding, entry: PolicyEntry): boolean {
  if ('from' in entry) {
    return finding.connections?.some(each => isDeepStrictEqual(each, entry)) === true;
  }
  if (isDeclarable(finding)) return false;
  const {exception, exposed} = allowanceOf(finding);
  if (!('rules' in entry)) return keyOf(exposed?.match ?? {}) === keyOf(entry.match);
  const {container: _, ...object} = exception?.match ?? {};
  const own = entry.match.container === undefined ? object : exception?.match;
  return entry.rules.includes(finding.rule) && keyOf(own ?? {}) === keyOf(entry.match);
}
