import {ImageBook} from '../images/book.ts';
import type {LockedImage} from '../images/image.ts';
import {type PodPlace, type PodPlaces, stepsOf} from '../kubernetes/pod-places.ts';
import {type NetworkPolicySettings, networkPolicyDefaults} from '../policy/network-policy.ts';
import {
  type AnnotationTrust,
  type CustomRule,
  type CustomWorkload,
  type Exception,
  type Exposure,
  type Mode,
  modes,
  type Policy,
  type Undecided,
} from '../policy/policy.ts';
import {rules as everyRule} from '../rules/index.ts';
import type {Severity, Threshold} from '../severity.ts';
import {modeIn, type Profile, profiles} from './profiles.ts';

/** What a user asks for, checked but not merged: each key overrides the profiles. */
export interface PolicyChoices {
  readonly profiles?: readonly string[];
  readonly podSecurityMinor?: number;
  readonly rules?: Readonly<Record<string, Mode>>;
  /** What to do with rewrites that something speaks against; by default the profiles decide. */
  readonly undecided?: Undecided;
  readonly blockOn?: Threshold;
  readonly failOn?: Threshold;
  /** Whether stale entries fail an audit, and refuse a stream. */
  readonly strict?: boolean;
  readonly annotate?: boolean;
  readonly exceptions?: readonly Exception[];
  readonly exposed?: readonly Exposure[];
  readonly trustAnnotations?: readonly AnnotationTrust[];
  readonly workloads?: readonly CustomWorkload[];
  readonly networkPolicy?: Partial<NetworkPolicySettings>;
  readonly registries?: Registries;
  /** The lock file of images that the policy names. */
  readonly images?: NamedFile;
  /** What layers above this one must not loosen: see `locks.ts`. */
  readonly locked?: readonly string[];
  /** The rules of the policy itself, compiled. */
  readonly customRules?: readonly CustomRule[];
  /** The admission policies in the files that it names, compiled. */
  readonly admissionPolicies?: readonly AdmissionPolicyFile[];
  /** For one run: findings of lower severity are neither reported nor rewritten. */
  readonly minSeverity?: Severity;
}

/** A file that a policy names. */
interface NamedFile {
  /** As the policy names it. */
  readonly file: string;
  /** Its absolute path. */
  readonly path: string;
}

/** Where images may come from. */
interface Registries {
  readonly allowed?: readonly string[];
  /** Where the same images are, by registry or folder of one. */
  readonly mirrors?: Readonly<Record<string, string>>;
}

/** A file with admission policies. */
interface AdmissionPolicyFile {
  /** As the policy names it. */
  readonly file: string;
  readonly rules: readonly CustomRule[];
}

const defaultProfile = 'essential';

/**
 * The policy that `choices` describe. Profiles combine: if two include a rule, the stricter mode
 * applies (`fix` before `flag` before `off`), and `choices.rules` overrides both. `waitingOf`
 * decides what waits. `locked` are the images of the lock file, by their whole names.
 *
 * @throws {RangeError} if a profile is unknown: names are checked where they are read
 */
export function resolvePolicy(
  choices: PolicyChoices = {},
  locked?: ReadonlyMap<string, LockedImage>,
): Policy {
  const names = choices.profiles ?? [defaultProfile];
  const chosen = names.map(name => {
    const profile = Object.hasOwn(profiles, name) ? profiles[name] : undefined;
    if (profile === undefined) throw new RangeError(`unknown profile "${name}"`);
    return profile;
  });
  const customRules = customRulesOf(choices);
  return {
    profiles: names,
    podSecurityMinor: choices.podSecurityMinor ?? Number.POSITIVE_INFINITY,
    rules: modesOf(chosen, customRules, choices.rules ?? {}),
    waiting: waitingOf(chosen, choices),
    refusesUndecided: choices.undecided === 'refuse',
    blockOn: choices.blockOn ?? 'none',
    failOn: choices.failOn ?? 'high',
    minSeverity: choices.minSeverity ?? 'low',
    strict: choices.strict ?? false,
    annotate: choices.annotate ?? true,
    exceptions: choices.exceptions ?? [],
    exposed: choices.exposed ?? [],
    trustAnnotations: choices.trustAnnotations ?? [],
    workloads: placesOf(choices.workloads ?? []),
    networkPolicy: {...networkPolicyDefaults, ...choices.networkPolicy},
    images: new ImageBook(locked, choices.registries?.mirrors),
    registries: choices.registries?.allowed,
    customRules,
    entryLocks: {exceptions: new Map()},
  };
}

/** The rules that `choices` bring, in their order. */
export const customRulesOf = ({
  customRules = [],
  admissionPolicies = [],
}: PolicyChoices): readonly CustomRule[] => [
  ...customRules,
  ...admissionPolicies.flatMap(({rules}) => rules),
];

function modesOf(
  chosen: readonly Profile[],
  custom: readonly CustomRule[],
  overrides: Readonly<Record<string, Mode>>,
): ReadonlyMap<string, Mode> {
  const result = new Map<string, Mode>();
  for (const rule of everyRule) {
    const {id} = rule;
    const strictest = Math.max(0, ...chosen.map(profile => modes.indexOf(modeIn(profile, rule))));
    const mode = (Object.hasOwn(overrides, id) ? overrides[id] : undefined) ?? modes[strictest];
    if (mode !== undefined && mode !== 'off') result.set(id, mode);
  }
  for (const {id} of custom) {
    if (!Object.hasOwn(overrides, id) || overrides[id] !== 'off') result.set(id, 'flag');
  }
  return result;
}

/**
 * The rules whose rewrites wait if something speaks against them. A mode in `rules` decides. So
 * does a profile that includes the rewrite and does not wait, unless the rewrite may keep the
 * container from starting or cut off intended clients, or `undecided` says otherwise.
 */
function waitingOf(
  chosen: readonly Profile[],
  {rules: overrides = {}, undecided}: PolicyChoices,
): ReadonlySet<string> {
  if (undecided === 'fix') return new Set();
  const waits = (rule: (typeof everyRule)[number]) =>
    undecided !== undefined ||
    rule.rewrite?.mayStopStart === true ||
    rule.rewrite?.mayCutOff === true ||
    chosen.every(profile => profile.waits === true || modeIn(profile, rule) !== 'fix');
  const open = everyRule.filter(({id}) => !Object.hasOwn(overrides, id));
  return new Set(open.filter(waits).map(({id}) => id));
}

function placesOf(workloads: readonly CustomWorkload[]): PodPlaces {
  const places = new Map<string, PodPlace[]>();
  for (const {group, kind, path, holds = 'template'} of workloads) {
    const key = `${group}/${kind}`;
    const place: PodPlace = {
      path: stepsOf(path),
      form: holds === 'settings' ? 'settings' : 'template',
      ...(holds === 'template' ? {} : {isBare: true}),
    };
    const same = places.get(key);
    if (same === undefined) places.set(key, [place]);
    else same.push(place);
  }
  return places;
}
