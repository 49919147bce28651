import {isDeepStrictEqual} from 'node:util';
import {PolicyError, type PolicyMistake} from '../errors.ts';
import {mayExpose, namesRule} from '../policy/exceptions.ts';
import {type NetworkPolicySettings, rungs} from '../policy/network-policy.ts';
import {
  type Allowances,
  type Exception,
  type Exposure,
  type Mode,
  modes,
  type Policy,
} from '../policy/policy.ts';
import {matches} from '../policy/selector.ts';
import {activeRules, rules, rulesOf} from '../rules/index.ts';
import type {Rule} from '../rules/rule.ts';
import {rankOf} from '../severity.ts';
import {someOf} from '../text/some-of.ts';
import {matchText} from './entries.ts';
import {mergeLayers, type Origin, originIn, originText, type PolicyLayer} from './layers.ts';
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
  /** The rule or the key after the dot of the lock, as a pattern. */
  readonly part: string;
  /** The policy of the locking layer, with those below it. */
  readonly base: Policy;
  /** The policy of all layers. */
  readonly final: Policy;
  /** The layers above the locking one. */
  readonly above: readonly PolicyLayer[];
}

/**
 * Refuses layers that loosen what a layer below them has locked.
 *
 * The policies are compared, not the texts: whatever key or option loosens something, the result shows it.
 *
 * @throws {PolicyError} at each value that loosens something, with the place of the lock
 */
export function requireLocked(layers: readonly PolicyLayer[]): void {
  const final = resolvePolicy(mergeLayers(layers));
  const mistakes: PolicyMistake[] = [];
  for (const [index, {choices, originOf}] of layers.entries()) {
    if (choices.locked === undefined) continue;
    const base = resolvePolicy(mergeLayers(layers.slice(0, index + 1)));
    const above = layers.slice(index + 1);
    for (const [at, lock] of choices.locked.entries()) {
      const [key = '', part = '*'] = lock.split(/\.(.*)/s);
      for (const {origin, what} of breaches[key]?.({part, base, final, above}) ?? []) {
        const {option, ...place} = origin;
        const who = option ?? 'this';
        const by = originText(originOf(['locked', at]));
        mistakes.push({message: `${who} must not ${what}: \`${lock}\` is locked in ${by}`, place});
      }
    }
  }
  if (mistakes.length > 0) throw new PolicyError(mistakes);
}

/** What of some entries a layer above others may have. */
export interface Permitted {
  readonly allowances: Allowances;
  /** What it may not allow, and the lock that forbids it, one sentence each. */
  readonly refusals: readonly string[];
}

/** The part of `allowances` that a layer above `layers` may have. */
export function permittedAbove(
  layers: readonly PolicyLayer[],
  {exceptions, exposed}: Allowances,
): Permitted {
  const locks = locksOn(layers);
  const refusals: string[] = [];
  const isFree = (ids: readonly string[], entry: Exception | Exposure, ...more: string[]) => {
    const by = [...ids.map(id => locks.get(id)), ...more].find(lock => lock !== undefined);
    if (by !== undefined) refusals.push(`${ids.join(', ')} in ${matchText(entry)}: ${by}`);
    return by === undefined;
  };
  const allExposed = locks.get('exposed');
  return {
    allowances: {
      exceptions: exceptions.flatMap(entry => {
        const free = entry.rules.filter(id => isFree([id], entry));
        return free.length === 0 ? [] : [{...entry, rules: free}];
      }),
      exposed: exposed.filter(entry =>
        isFree(
          rules.filter(rule => mayExpose(rule, entry)).map(({id}) => id),
          entry,
          ...(allExposed === undefined ? [] : [allExposed]),
        ),
      ),
    },
    refusals,
  };
}

/** The locks on exceptions by rule, and the lock on `exposed`, in words. */
function locksOn(layers: readonly PolicyLayer[]): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  const all = rulesOf(resolvePolicy(mergeLayers(layers)));
  for (const {choices, originOf} of layers) {
    for (const [at, lock] of (choices.locked ?? []).entries()) {
      const by = `\`${lock}\` is locked in ${originText(originOf(['locked', at]))}`;
      const [key, part = '*'] = lock.split(/\.(.*)/s);
      const names =
        key === 'exceptions'
          ? lockedRules(part, all).map(({id}) => id)
          : key === 'exposed'
            ? [key]
            : [];
      for (const name of names) if (!found.has(name)) found.set(name, by);
    }
  }
  return found;
}

/** The locks by their key: all that could loosen it. */
const breaches: Readonly<Record<string, (situation: Situation) => readonly Breach[]>> = {
  profile: situation => looserRules({...situation, part: '*'}),
  rules: looserRules,
  exceptions: ({part, base, above}) => [
    ...entriesIn(above, 'exceptions', ({rules: ids}: Exception) =>
      lockedRules(part, rulesOf(base)).filter(({id}) => namesRule(ids, id)),
    ),
    ...entriesIn(above, 'exposed', (exposure: Exposure) =>
      lockedRules(part).filter(rule => mayExpose(rule, exposure)),
    ),
    ...trustIn(above, part),
  ],
  exposed: ({above}) =>
    entriesIn(above, 'exposed', () => rules.filter(({isExposure}) => isExposure)),
  trustAnnotations: ({above}) => trustIn(above, '*'),
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
};

const lockedRules = (pattern: string, all: readonly Rule[] = rules): readonly Rule[] =>
  all.filter(({id}) => matches(pattern, id));

/** The keys that decide what a rule does. */
const keysOfRule = (id: string): readonly KeyPath[] => [
  ['rules', id],
  ['profiles'],
  ['undecided'],
  ['podSecurityMinor'],
  ['minSeverity'],
];

/** One breach for each value that makes rules do less. */
function looserRules({part, base, final, above}: Situation): readonly Breach[] {
  const activeBefore = new Set(activeRules(base).map(({id}) => id));
  const activeAfter = new Set(activeRules(final).map(({id}) => id));
  const byOrigin = new Map<string, {readonly origin: Origin; readonly losses: string[]}>();
  for (const {id, references} of lockedRules(part, rulesOf(base))) {
    if (!activeBefore.has(id)) continue;
    const before = base.rules.get(id) ?? 'off';
    const after = activeAfter.has(id) ? (final.rules.get(id) ?? 'off') : 'off';
    const isOther =
      references.podSecurity !== undefined && base.podSecurityMinor !== final.podSecurityMinor;
    const isHidden = base.minSeverity !== final.minSeverity;
    const waits = before === 'fix' && final.waiting.has(id) && !base.waiting.has(id);
    const loss =
      rankOfMode(after) < rankOfMode(before)
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

/** The entries of the layers above a lock that allow one of the rules from `allowed`. */
function entriesIn<Key extends 'exceptions' | 'exposed'>(
  above: readonly PolicyLayer[],
  key: Key,
  allowed: (entry: Key extends 'exceptions' ? Exception : Exposure) => readonly Rule[],
): readonly Breach[] {
  return above.flatMap(({choices, originOf}) =>
    ((choices[key] ?? []) as readonly (Key extends 'exceptions' ? Exception : Exposure)[]).flatMap(
      (entry, index) => {
        const found = allowed(entry).map(({id}) => id);
        const origin = originOf([key, index]);
        return found.length === 0 ? [] : [{origin, what: `allow ${someOf(found)}`}];
      },
    ),
  );
}

/** The entries of the layers above a lock that trust annotations to allow one of the rules that match `part`. */
const trustIn = (above: readonly PolicyLayer[], part: string): readonly Breach[] =>
  above.flatMap(({choices, originOf}) =>
    (choices.trustAnnotations ?? []).flatMap(({rules: ids}, index) => {
      const found = lockedRules(part).filter(({id}) => namesRule(ids, id));
      const origin = originOf(['trustAnnotations', index]);
      return found.length === 0
        ? []
        : [{origin, what: `let annotations allow ${someOf(found.map(({id}) => id))}`}];
    }),
  );

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

function looserNetworkPolicy({part, base, final, above}: Situation): readonly Breach[] {
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
