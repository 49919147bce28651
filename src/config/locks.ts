import {isDeepStrictEqual} from 'node:util';
import {PolicyError, type PolicyMistake} from '../errors.ts';
import {namesRule} from '../policy/exceptions.ts';
import {type NetworkPolicySettings, rungs} from '../policy/network-policy.ts';
import {type Mode, modes, type Policy} from '../policy/policy.ts';
import {matches} from '../policy/selector.ts';
import {activeRules, rulesOf} from '../rules/index.ts';
import type {Rule} from '../rules/rule.ts';
import {rankOf} from '../severity.ts';
import {someOf} from '../text/some-of.ts';
import {mergeLayers, type Origin, originIn, type PolicyLayer} from './layers.ts';
import {keptRules, type Lock, locksIn, unexceptable, unexposable} from './lock.ts';
import type {KeyPath} from './mistake.ts';
import {resolvePolicy} from './resolve.ts';

/** What a layer does against a lock of a layer below it. */
interface Breach {
  readonly origin: Origin;
  /** The end of a sentence that begins with the value: `must not …`. */
  readonly what: string;
}

/** A lock, and the policy up to the layer that has it. */
interface Situation {
  readonly lock: Lock;
  /** The policy of the locking layer, with those below it. */
  readonly base: Policy;
  /** The policy of all layers. */
  readonly final: Policy;
  /** The layers above the locking one. */
  readonly above: readonly PolicyLayer[];
  /** Whether nothing is rewritten: a rule that flags then does as much as one that fixes. */
  readonly isAudit: boolean;
}

/**
 * Refuses layers that loosen what a layer below them has locked.
 *
 * The policies are compared, not the texts: whatever key or option loosens something, the result shows it.
 *
 * @throws {PolicyError} at each value that loosens something, with the place of the lock
 */
export function requireLocked(layers: readonly PolicyLayer[]): void {
  const mistakes = breachesIn(layers).map(mistakeOf);
  if (mistakes.length > 0) throw new PolicyError(mistakes);
}

/**
 * As `requireLocked`, for an audit, whose options are the last layer. It applies nothing, so its options may ask less
 * of rules: what is locked is what it must fail on. Only together with `failOn` are its rules locked, too.
 *
 * @returns what the options leave out of what is locked, one sentence each
 * @throws {PolicyError} as `requireLocked`
 */
export function requireLockedAudit(layers: readonly PolicyLayer[]): readonly string[] {
  requireLocked(layers.slice(0, -1));
  const isGate = layers.flatMap(locksIn).some(({key}) => key === 'failOn');
  const left = breachesIn(layers, looks);
  const mistakes = [...(isGate ? left : []), ...breachesIn(layers, gates)].map(mistakeOf);
  if (mistakes.length > 0) throw new PolicyError(mistakes);
  return left.map(
    ({origin: {option}, what, lock}) =>
      `${option ?? 'this'} may ${what}, because an audit applies nothing: ${lock.text}, but \`failOn\` is not`,
  );
}

/** The locks that hold for the options of an audit: those on what it fails on, and on what it looks for. */
const gates = ['failOn', 'strict'];
const looks = ['profile', 'rules', 'podSecurityVersion'];

/** A breach, and the lock that it breaks. */
interface Broken extends Breach {
  readonly lock: Lock;
}

const mistakeOf = ({origin: {option, ...place}, what, lock}: Broken): PolicyMistake => ({
  message: `${option ?? 'this'} must not ${what}: ${lock.text}`,
  place,
});

/** What the layers do against locks; `keys` are those that hold for the options of an audit. */
function breachesIn(layers: readonly PolicyLayer[], keys?: readonly string[]): readonly Broken[] {
  const isAudit = keys !== undefined;
  const locks = layers.map(locksIn);
  const final = resolvePolicy(mergeLayers(layers));
  return locks.flatMap((found, index) => {
    const held = found.filter(({key}) => keys?.includes(key) ?? true);
    if (held.length === 0) return [];
    const base = resolvePolicy(mergeLayers(layers.slice(0, index + 1)));
    const above = layers.slice(index + 1);
    return held.flatMap(lock => {
      const situation = {lock, base, final, above, isAudit};
      return [
        ...(breaches[lock.key]?.(situation) ?? []),
        ...looserRules(situation),
        ...forbiddenEntries(situation),
      ].map(breach => ({...breach, lock}));
    });
  });
}

/** The locks by their key: all that could loosen its value. */
const breaches: Readonly<Record<string, (situation: Situation) => readonly Breach[]>> = {
  undecided: ({base, final, above}) => {
    const waits = [...final.waiting].some(
      id => base.rules.get(id) === 'fix' && final.rules.has(id) && !base.waiting.has(id),
    );
    const isRefused = base.refusesUndecided && !final.refusesUndecided && final.waiting.size > 0;
    return waits || isRefused
      ? breachAt(above, [['undecided'], ['profiles']], 'loosen `undecided`')
      : [];
  },
  blockOn: ({base, final, above}) => looserThreshold('blockOn', base, final, above),
  failOn: ({base, final, above}) => looserThreshold('failOn', base, final, above),
  annotate: ({base, final, above}) =>
    base.annotate && !final.annotate ? breachAt(above, [['annotate']], 'be `annotate: false`') : [],
  strict: ({base, final, above}) =>
    base.strict && !final.strict ? breachAt(above, [['strict']], 'be `strict: false`') : [],
  podSecurityVersion: ({base, final, above}) =>
    base.podSecurityMinor === final.podSecurityMinor
      ? []
      : breachAt(above, [['podSecurityMinor']], 'change the version'),
  networkPolicy: looserNetworkPolicy,
  images: ({above}) =>
    originIn(above, ['images']) === undefined
      ? []
      : breachAt(above, [['images']], 'name another lock file'),
  registries: ({base, final, above}) => {
    const isOther =
      !isDeepStrictEqual(base.images.mirrors, final.images.mirrors) ||
      !isDeepStrictEqual(base.registries, final.registries);
    return isOther ? breachAt(above, [['registries']], 'change the registries') : [];
  },
};

/** The keys that decide what a rule does. */
const keysOfRule = (id: string): readonly KeyPath[] => [
  ['rules', id],
  ['profiles'],
  ['undecided'],
  ['podSecurityMinor'],
  ['minSeverity'],
];

/** One breach for each value that makes rules do less. */
function looserRules({lock, base, final, above, isAudit}: Situation): readonly Breach[] {
  const kept = keptRules(lock, rulesOf(base));
  if (kept.length === 0) return [];
  const activeBefore = new Set(activeRules(base).map(({id}) => id));
  const activeAfter = new Set(activeRules(final).map(({id}) => id));
  const byOrigin = new Map<string, {readonly origin: Origin; readonly losses: string[]}>();
  for (const {id, references} of kept) {
    if (!activeBefore.has(id)) continue;
    const before = base.rules.get(id) ?? 'off';
    const after = activeAfter.has(id) ? (final.rules.get(id) ?? 'off') : 'off';
    const isOther =
      references.podSecurity !== undefined && base.podSecurityMinor !== final.podSecurityMinor;
    const isHidden = !isAudit && base.minSeverity !== final.minSeverity;
    const waits = !isAudit && before === 'fix' && final.waiting.has(id) && !base.waiting.has(id);
    const isLess = isAudit ? after === 'off' : rankOfMode(after) < rankOfMode(before);
    const loss = isLess
      ? `${after} instead of ${before}`
      : waits
        ? 'waiting'
        : isOther
          ? 'of another version'
          : isHidden
            ? 'hide findings'
            : undefined;
    if (loss === undefined) continue;
    const origin = originAbove(above, keysOfRule(id));
    const key = JSON.stringify(origin);
    const found = byOrigin.get(key) ?? {origin, losses: []};
    byOrigin.set(key, found);
    found.losses.push(`${id} ${loss}`);
  }
  return [...byOrigin.values()].map(({origin, losses}) => ({
    origin,
    what: `make ${someOf(losses)}`,
  }));
}

const rankOfMode = (mode: Mode): number => modes.indexOf(mode);

/** The first of `paths` that a layer above the lock sets. */
function originAbove(above: readonly PolicyLayer[], paths: readonly KeyPath[]): Origin {
  for (const path of paths) {
    const origin = originIn(above, path);
    if (origin !== undefined) return origin;
  }
  return {};
}

const breachAt = (
  above: readonly PolicyLayer[],
  paths: readonly KeyPath[],
  what: string,
): readonly Breach[] => [{origin: originAbove(above, paths), what}];

/** The entries of the layers above a lock that allow what they must not. */
function forbiddenEntries({lock, base, above}: Situation): readonly Breach[] {
  const all = rulesOf(base);
  const kept = unexceptable(lock, all);
  const trusting = lock.key === 'trustAnnotations' ? all : kept;
  const named = (ids: readonly string[], of: readonly Rule[]) =>
    of.filter(({id}) => namesRule(ids, id));
  return above.flatMap(({choices, originOf}) => [
    ...breachesOf('exceptions', choices.exceptions, originOf, 'allow', each =>
      named(each.rules, kept),
    ),
    ...breachesOf('exposed', choices.exposed, originOf, 'allow', each => unexposable(lock, each)),
    ...breachesOf(
      'trustAnnotations',
      choices.trustAnnotations,
      originOf,
      'let annotations allow',
      each => named(each.rules, trusting),
    ),
  ]);
}

/** The entries under a key that allow one of the rules from `allowed`. */
const breachesOf = <Entry>(
  key: string,
  entries: readonly Entry[] = [],
  originOf: PolicyLayer['originOf'],
  what: string,
  allowed: (entry: Entry) => readonly Rule[],
): readonly Breach[] =>
  entries.flatMap((entry, index) => {
    const found = allowed(entry).map(({id}) => id);
    const origin = originOf([key, index]);
    return found.length === 0 ? [] : [{origin, what: `${what} ${someOf(found)}`}];
  });

function looserThreshold(
  key: 'blockOn' | 'failOn',
  {[key]: before}: Policy,
  {[key]: after, minSeverity}: Policy,
  above: readonly PolicyLayer[],
): readonly Breach[] {
  if (before !== 'none' && rankOf(minSeverity) > rankOf(before)) {
    return breachAt(above, [['minSeverity']], `hide findings of severity "${before}"`);
  }
  if (rankOf(after) <= rankOf(before)) return [];
  return breachAt(above, [[key]], `be "${after}" instead of "${before}"`);
}

/** The keys of `networkPolicy` that open something. */
const openings = [
  'ingressControllers',
  'gateways',
  'knative',
  'monitoring',
  'dns',
  'nodes',
  'apiServer',
] as const;

function looserNetworkPolicy({lock: {part}, base, final, above}: Situation): readonly Breach[] {
  const before = base.networkPolicy;
  const after = final.networkPolicy;
  const at = (key: keyof NetworkPolicySettings, isLooser: boolean, what: string) =>
    matches(part, key) && isLooser ? breachAt(above, [['networkPolicy', key]], what) : [];
  const levels = [...rungs, 'open'] as const;
  return [
    ...(['ingress', 'egress'] as const).flatMap(key =>
      at(
        key,
        levels.indexOf(after[key]) > levels.indexOf(before[key]),
        `be "${after[key]}" instead of "${before[key]}"`,
      ),
    ),
    ...at(
      'unnamed',
      before.unnamed === 'deny' && after.unnamed === 'release',
      'be "release" instead of "deny"',
    ),
    ...at('namespaceDeny', before.namespaceDeny && !after.namespaceDeny, 'be false'),
    ...openings.flatMap(key =>
      at(
        key,
        after[key].some(peer => !before[key].some(known => isDeepStrictEqual(known, peer))),
        'admit more',
      ),
    ),
    ...(matches(part, 'connections')
      ? above.flatMap(({choices, originOf}) =>
          (choices.networkPolicy?.connections ?? []).map((_, index) => ({
            origin: originOf(['networkPolicy', 'connections', index]),
            what: 'admit more',
          })),
        )
      : []),
  ];
}
