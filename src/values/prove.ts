import type {ValueAdvice, ValueOutcome} from '../findings/value-advice.ts';
import {isMap, type JsonMap, toPointer} from '../json.ts';
import {candidatesOf} from './candidates.ts';
import {type Laboratory, LimitError, type Provable} from './laboratory.ts';
import {withoutVolume} from './listed-volumes.ts';
import {isWithinPath, type NamedPath, shownPath} from './named-path.ts';
import {LandingMap, type Plan, plansFor} from './plan.ts';
import {whyRefused} from './refused.ts';
import {type Change, differenceOf, readable, Volatile} from './rendering.ts';
import {
  type Landings,
  landingsIn,
  type Sentinel,
  sentinelSettings,
  sentinelsFor,
} from './sentinels.ts';
import {copyOf, effective, overlayOf, type Setting, shownSetting} from './setting.ts';
import {leavesOf, switchesFor} from './switches.ts';
import type {Wish} from './wishes.ts';

export interface Proof {
  /** For each finding of the baseline. */
  readonly advice: readonly ValueAdvice[];
  /** The values that were proven together; empty if there are none. */
  readonly values: JsonMap;
  /** How many findings these clear. */
  readonly cleared: number;
}

/** Looks for the values that clear the findings of a chart, and proves each by rendering with it. */
export async function proveValues(laboratory: Laboratory): Promise<Proof> {
  const prover = new Prover(laboratory);
  const whyStopped = await withinLimits(() => prover.search());
  if (whyStopped !== undefined) prover.stop(whyStopped);
  await withinLimits(() => prover.confirm());
  return prover.result();
}

/** Why work had to stop; undefined if it did not. */
async function withinLimits(work: () => Promise<void>): Promise<string | undefined> {
  try {
    await work();
    return undefined;
  } catch (error) {
    if (error instanceof LimitError) return error.message;
    throw error;
  }
}

/** Settings that are tried, and the findings that they should clear. */
interface Trial {
  readonly settings: readonly Setting[];
  readonly findings: readonly number[];
  /** Where they land on purpose; nothing if their names alone speak for them. */
  readonly own: Places;
  readonly isExample: boolean;
}

interface Success {
  readonly trial: Trial;
  readonly outcome: ValueOutcome;
  readonly alsoChanges: readonly string[];
}

/** Places in objects, by their identity. */
type Places = ReadonlyMap<string, readonly NamedPath[]>;

/** Where the settings of a trial land: the mappings and fields, and what is set in them. */
interface Reach {
  readonly holders: Places;
  readonly targets: Places;
}

/** How many plans for the same finding are tried. */
const mostRounds = 3;

/** How many different trials are made at once, and for how many kinds of findings keys are looked up by their names. */
const mostTrials = 500;
const mostKinds = 500;

/** How many trials of keys by their names are made. */
const mostSwitches = 30;

class Prover {
  readonly #lab: Laboratory;
  readonly #findings: readonly Provable[];
  readonly #results: (Success | undefined)[];
  readonly #reasons = new Map<number, string>();
  /** The objects with findings. */
  readonly #objects: ReadonlySet<string>;
  /** The places that any finding wants changed. */
  readonly #wished: Places;
  readonly #reach = new WeakMap<Trial, Reach>();
  #volatile: Volatile | undefined;
  #landings = new LandingMap([]);
  #proven: readonly Success[] = [];
  #stopped: string | undefined;
  #whyNone = 'the chart offers no such value';

  constructor(lab: Laboratory) {
    this.#lab = lab;
    this.#findings = lab.baseline.findings;
    this.#results = this.#findings.map(() => undefined);
    this.#objects = new Set(this.#findings.map(({object}) => object.id));
    const wished = new Map<string, NamedPath[]>();
    for (const {object, wishes} of this.#findings) {
      for (const {changes} of wishes) for (const {path} of changes) addTo(wished, object.id, path);
    }
    this.#wished = wished;
  }

  stop(reason: string): void {
    this.#stopped = reason;
  }

  async search(): Promise<void> {
    if (this.#findings.length === 0) return;
    const {baseline} = this.#lab;
    const [second] = await Promise.all([this.#lab.again(), this.#probe()]);
    this.#volatile = new Volatile(baseline.rendering, second);
    const {values} = this.#lab.model;
    const plans = this.#findings.map(({wishes, object}) =>
      plansFor(wishes, object, this.#landings, values),
    );
    for (let round = 0; round < mostRounds; round++) await this.#try(this.#trialsOf(plans, round));
    await this.#trySwitches();
  }

  /** Finds out where values land. */
  async #probe(): Promise<void> {
    const {model, baseline} = this.#lab;
    const wanted = new Set(this.#findings.flatMap(({wishes}) => wishes.flatMap(fieldNames)));
    const sentinels = sentinelsFor(candidatesOf(model, wanted), baseline.rendering);
    const maps = sentinels.filter(({candidate}) => candidate.isMap);
    const fields = sentinels.filter(({candidate}) => !candidate.isMap);
    const found = (await this.#landingsOf(sentinels, false)) ?? [
      ...((await this.#landingsOf(maps, true)) ?? []),
      ...((await this.#landingsOf(fields, true)) ?? []),
    ];
    if (found.length === 0 && sentinels.length > 0) this.#whyNone = rendersWithNone;
    this.#landings = new LandingMap(found);
  }

  /** If a template fails, halves are tried: one key must not hide all others. */
  async #landingsOf(
    sentinels: readonly Sentinel[],
    halves: boolean,
  ): Promise<readonly Landings[] | undefined> {
    if (sentinels.length === 0) return [];
    const settings = sentinelSettings(sentinels, this.#lab.model.values);
    const rendering = await this.#lab.render(overlayOf(settings, this.#lab.model.values), 'probe');
    const landings =
      rendering === undefined ? undefined : readable(() => landingsIn(rendering, sentinels));
    if (landings !== undefined) return [landings];
    if (!halves || sentinels.length === 1) return undefined;
    const middle = Math.ceil(sentinels.length / 2);
    const first = await this.#landingsOf(sentinels.slice(0, middle), true);
    const second = await this.#landingsOf(sentinels.slice(middle), true);
    return [...(first ?? []), ...(second ?? [])];
  }

  /** The trials for what is not cleared yet: findings with the same settings share one. */
  #trialsOf(plans: readonly (readonly Plan[])[], round: number): readonly Trial[] {
    const trials = new Map<string, Trial & {findings: number[]; own: Map<string, NamedPath[]>}>();
    for (const [index, options] of plans.entries()) {
      const plan = options[round];
      if (plan === undefined || this.#results[index] !== undefined) continue;
      const key = JSON.stringify(plan.settings);
      const trial = trials.get(key) ?? {
        settings: plan.settings,
        findings: [],
        own: new Map<string, NamedPath[]>(),
        isExample: plan.isExample,
      };
      trials.set(key, trial);
      trial.findings.push(index);
      const {id} = (this.#findings[index] as Provable).object;
      for (const path of plan.own) addTo(trial.own, id, path);
    }
    return [...trials.values()].slice(0, mostTrials);
  }

  /** Tries all at once, and halves of them as long as that is not clean. */
  async #try(trials: readonly Trial[]): Promise<void> {
    if (trials.length === 0) return;
    const compatible = withoutConflicts(trials);
    const isClean = await this.#tryTogether(compatible);
    if (!isClean && compatible.length > 1) {
      const middle = Math.ceil(compatible.length / 2);
      await this.#try(compatible.slice(0, middle));
      await this.#try(compatible.slice(middle));
    }
    const rest = trials.filter(each => !compatible.includes(each));
    await this.#try(rest);
  }

  /** @returns whether every change is explained */
  async #tryTogether(trials: readonly Trial[]): Promise<boolean> {
    const {model, baseline} = this.#lab;
    const rendering = await this.#lab.render(
      overlayOf(
        trials.flatMap(({settings}) => settings),
        model.values,
      ),
      'trial',
    );
    const audited = rendering === undefined ? undefined : this.#lab.audit(rendering);
    if (rendering === undefined || audited === undefined) {
      return this.#reject(trials, 'the chart does not render with the value that was tried');
    }
    const difference = differenceOf(baseline.rendering, rendering);
    const changes = (this.#volatile?.without(difference.changes) ?? difference.changes).filter(
      each => !isChecksum(each),
    );
    const refused = whyRefused({...difference, changes});
    if (refused !== undefined) return this.#reject(trials, refused);
    if (this.#hasNew(audited.findings))
      return this.#reject(trials, 'the value that was tried causes another finding');
    const left = this.#marksOf(audited.findings);
    if (trials.length > 1 && changes.some(each => !this.#isExplained(each, trials))) return false;
    for (const trial of trials) this.#accept(trial, changes, left, trials);
    return true;
  }

  /** Whether something that was not there is found. Equal findings are counted. */
  #hasNew(after: readonly Provable[]): boolean {
    const counts = new Map<string, number>();
    for (const each of this.#findings) {
      const mark = this.#markOf(each);
      counts.set(mark, (counts.get(mark) ?? 0) + 1);
    }
    return after.some(each => {
      const mark = this.#markOf(each);
      const count = (counts.get(mark) ?? 0) - 1;
      counts.set(mark, count);
      return count < 0;
    });
  }

  #marksOf(findings: readonly Provable[]): ReadonlySet<string> {
    return new Set(findings.map(each => this.#markOf(each)));
  }

  /** By which a finding is known in all renderings: an object whose name is random has another one in each. */
  #markOf({mark, object, rule, container}: Provable): string {
    const kind = this.#volatile?.kindOfRenamed(object.id, this.#objects);
    return kind === undefined ? mark : JSON.stringify([kind, rule, container]);
  }

  /** @returns false; remembers why a single trial is of no use */
  #reject(trials: readonly Trial[], reason: string): boolean {
    if (trials.length === 1)
      for (const index of trials[0]?.findings ?? []) this.#reasons.set(index, reason);
    return false;
  }

  #isExplained(change: Change, trials: readonly Trial[]): boolean {
    return isUnderOne(change, this.#wished) || trials.some(trial => this.#reaches(trial, change));
  }

  /** Whether the sentinels have shown that the settings of a trial land there. */
  #reaches(trial: Trial, change: Change): boolean {
    return isUnderOne(change, this.#reachOf(trial).holders);
  }

  /** Whether a change is at a key that the trial sets, or around one and at no key of another trial. */
  #causes(trial: Trial, change: Change, trials: readonly Trial[]): boolean {
    if (isUnderOne(change, this.#reachOf(trial).targets)) return true;
    const isOfOther = trials.some(each => isUnderOne(change, this.#reachOf(each).targets));
    return !isOfOther && this.#reaches(trial, change);
  }

  #reachOf(trial: Trial): Reach {
    const known = this.#reach.get(trial);
    if (known !== undefined) return known;
    const reach = {
      holders: new Map<string, NamedPath[]>(),
      targets: new Map<string, NamedPath[]>(),
    };
    for (const {path} of trial.settings) {
      for (let length = 1; length <= path.length; length++) {
        for (const landing of this.#landings.byKey.get(toPointer(path.slice(0, length))) ?? []) {
          addTo(reach.holders, landing.id, landing.path);
          addTo(reach.targets, landing.id, [...landing.path, ...path.slice(length).map(String)]);
        }
      }
    }
    this.#reach.set(trial, reach);
    return reach;
  }

  #accept(
    trial: Trial,
    all: readonly Change[],
    left: ReadonlySet<string>,
    trials: readonly Trial[],
  ): void {
    const isCleared = (index: number) => !left.has(this.#markOf(this.#findings[index] as Provable));
    const changes =
      trials.length === 1 ? all : all.filter(each => this.#causes(trial, each, trials));
    for (const index of trial.findings.filter(isCleared)) {
      const finding = this.#findings[index] as Provable;
      const others = changes.filter(each => !isWished(each, finding));
      const isRemoving = others.some(isRemoval) || changes.some(isLostVolume);
      const outcome = isRemoving ? 'removes' : this.#outcomeOf(trial, finding, others);
      const success = {trial, outcome, alsoChanges: shownChanges(others)};
      if (isBetter(success, this.#results[index])) this.#results[index] = success;
    }
  }

  #outcomeOf(trial: Trial, {rule, object}: Provable, others: readonly Change[]): ValueOutcome {
    const isExpected = (change: Change) =>
      trial.own.size > 0
        ? isUnderOne(change, trial.own)
        : change.id === object.id || isAskedFor(rule, change);
    const isNarrow = others.every(each => isUnderOne(each, this.#wished) || isExpected(each));
    if (!isNarrow) return 'wider';
    return trial.isExample ? 'choose' : 'proven';
  }

  /** Keys by their names, and lists of volumes, for what no sentinel has shown. */
  async #trySwitches(): Promise<void> {
    for (const trial of this.#switchTrials()) {
      const isLeft = !trial.findings.every(index => isDone(this.#results[index]));
      if (isLeft) await this.#tryTogether([trial]);
    }
  }

  #switchTrials(): readonly Trial[] {
    const {values} = this.#lab.model;
    const leaves = leavesOf(values);
    const known = new Map<string, readonly (readonly Setting[])[]>();
    const trials = new Map<string, Trial & {readonly findings: number[]}>();
    for (const [index, finding] of this.#findings.entries()) {
      if (this.#results[index] !== undefined) continue;
      const {rule, container, volume, object} = finding;
      const kind = JSON.stringify([rule, container, volume, object.id]);
      if (!known.has(kind) && known.size >= mostKinds) continue;
      const ways = known.get(kind) ?? [
        ...switchesFor(finding, leaves).map(each => [each]),
        ...(volume === undefined ? [] : [withoutVolume(volume, values)]),
      ];
      known.set(kind, ways);
      for (const settings of ways.filter(each => each.length > 0)) {
        const key = JSON.stringify(settings);
        const trial = trials.get(key) ?? {
          settings,
          findings: [],
          own: new Map<string, NamedPath[]>(),
          isExample: false,
        };
        trials.set(key, trial);
        trial.findings.push(index);
      }
    }
    return [...trials.values()].slice(0, mostSwitches);
  }

  /** Renders all that was proven at once; what does not hold together is left out of the values. */
  async confirm(): Promise<void> {
    const proven = [
      ...new Set(this.#results.filter(each => each?.outcome === 'proven')),
    ] as Success[];
    this.#proven = await this.#holding(uniqueTrials(proven));
  }

  async #holding(successes: readonly Success[]): Promise<readonly Success[]> {
    if (successes.length < 2) return successes;
    const values = this.#valuesOf(successes);
    const rendering = await this.#lab.render(values, 'confirmation');
    const audited = rendering === undefined ? undefined : this.#lab.audit(rendering);
    if (audited !== undefined && !this.#hasNew(audited.findings)) {
      const left = this.#marksOf(audited.findings);
      const holds = successes.filter(({trial}) =>
        trial.findings.some(index => !left.has(this.#markOf(this.#findings[index] as Provable))),
      );
      if (holds.length === successes.length) return successes;
    }
    return this.#holding(successes.slice(0, Math.ceil(successes.length / 2)));
  }

  #valuesOf(successes: readonly Success[]): JsonMap {
    return overlayOf(
      successes.flatMap(({trial}) => trial.settings),
      this.#lab.model.values,
    );
  }

  result(): Proof {
    return {
      advice: this.#results.map((result, index) => this.#adviceFor(result, index)),
      values: this.#valuesOf(this.#proven),
      cleared: new Set(this.#proven.flatMap(({trial}) => this.#provenBy(trial))).size,
    };
  }

  /** The findings that a trial clears. */
  #provenBy({settings}: Trial): readonly number[] {
    const key = JSON.stringify(settings);
    return [...this.#results.keys()].filter(index => {
      const result = this.#results[index];
      return result?.outcome === 'proven' && JSON.stringify(result.trial.settings) === key;
    });
  }

  #adviceFor(result: Success | undefined, index: number): ValueAdvice {
    if (result !== undefined) {
      const {outcome, trial, alsoChanges} = result;
      const {values} = this.#lab.model;
      const set = effective(trial.settings, values).map(each =>
        shownSetting({...each, value: copyOf(each.value)}, values),
      );
      return {outcome, set, ...(alsoChanges.length === 0 ? {} : {alsoChanges})};
    }
    if (this.#stopped !== undefined) return {outcome: 'untried', set: [], reason: this.#stopped};
    return {
      outcome: 'none',
      set: [],
      reason: this.#reasons.get(index) ?? this.#whyNone,
    };
  }
}

const rendersWithNone = 'the chart does not render with any of the values that were tried';

/** How much a reader wants a result. */
const order: readonly ValueOutcome[] = ['proven', 'choose', 'wider', 'removes'];

const isBetter = (one: Success, other: Success | undefined): boolean =>
  other === undefined || order.indexOf(one.outcome) < order.indexOf(other.outcome);

const isDone = (result: Success | undefined): boolean =>
  result?.outcome === 'proven' || result?.outcome === 'choose';

/** Each set of settings once. */
const uniqueTrials = (successes: readonly Success[]): readonly Success[] => [
  ...new Map(successes.map(each => [JSON.stringify(each.trial.settings), each])).values(),
];

/** An annotation that changes with any value, so that pods start anew. */
const isChecksum = ({path}: Change): boolean =>
  path.includes('annotations') && /checksum|hash/i.test(path.at(-1) ?? '');

/** Whether an object, or an item of a list such as a container, is gone. */
const isRemoval = ({path, before, after}: Change): boolean =>
  after === undefined &&
  isMap(before) &&
  (path.length === 0 || path.at(-1)?.startsWith('[') === true);

/** A volume is missed by its pod, whether a rule asks for that or not. */
const isLostVolume = (change: Change): boolean =>
  isRemoval(change) && change.path.at(-2) === 'volumes';

/** Whether a change elsewhere is what a rule asks for. */
const isAskedFor = (rule: string, {path, title}: Change): boolean =>
  (rule === 'require-network-policy' && path.length === 0 && title.startsWith('NetworkPolicy/')) ||
  (rule === 'no-automounted-token' && path.at(-1) === 'automountServiceAccountToken');

const isUnderOne = ({id, path}: Change, places: Places): boolean =>
  (places.get(id) ?? []).some(place => isWithinPath(path, place));

function addTo(places: Map<string, NamedPath[]>, id: string, path: NamedPath): void {
  const known = places.get(id);
  if (known === undefined) places.set(id, [path]);
  else known.push(path);
}

const isWished = ({id, path}: Change, {object, wishes}: Provable): boolean =>
  id === object.id &&
  wishes.some(({changes}) => changes.some(wish => isWithinPath(path, wish.path)));

/** The last steps of the fields that a wish changes, without one that is too common to be looked for by its name. */
const fieldNames = ({changes}: Wish): readonly string[] =>
  changes
    .map(({path}) => path.at(-1) ?? '')
    .filter(name => name !== 'type' && name !== '' && !name.startsWith('['));

const mostShown = 20;

function shownChanges(changes: readonly Change[]): readonly string[] {
  const shown = changes.map(({title, path, after}) => {
    if (path.length > 0) return `${title}: ${shownPath(path)}`;
    return after === undefined ? `${title} is gone` : `${title} is added`;
  });
  return [...new Set(shown)].slice(0, mostShown);
}

/** The trials that can be made together: the first one that sets a key decides. */
function withoutConflicts(trials: readonly Trial[]): readonly Trial[] {
  const known = new Map<string, string>();
  return trials.filter(({settings}) => {
    const texts = settings
      .filter(each => each.isRestated !== true)
      .map(({path, value}) => [toPointer(path), JSON.stringify(value)] as const);
    const agrees = texts.every(
      ([key, text]) => (known.get(key) ?? text) === text && !isInside(key, known),
    );
    if (agrees) for (const [key, text] of texts) known.set(key, text);
    return agrees;
  });
}

/** Whether a key is above or below one that is set. */
function isInside(key: string, known: ReadonlyMap<string, string>): boolean {
  return [...known.keys()].some(
    other => key !== other && (key.startsWith(`${other}/`) || other.startsWith(`${key}/`)),
  );
}
