import {isList, isMap, type Json, type JsonMap, type Path, toPointer} from '../json.ts';
import {isWithinPath, type NamedPath, valueAtNamed} from './named-path.ts';
import type {RenderedObject} from './rendering.ts';
import {guardsOf, type Landing, type Landings} from './sentinels.ts';
import type {Setting} from './setting.ts';
import {fieldChanges, type Wish, type WishedField} from './wishes.ts';

/** Settings that should fulfil a wish. */
export interface Plan {
  readonly settings: readonly Setting[];
  /** Where they land on purpose: in the object of the finding. */
  readonly own: readonly NamedPath[];
  readonly isExample: boolean;
}

/** Where values land, by object and by key. */
export class LandingMap {
  readonly #byObject = new Map<string, Landing[]>();
  /** By the JSON Pointer of the key in the values. */
  readonly byKey: ReadonlyMap<string, readonly Landing[]>;
  readonly #after = new Map<string, RenderedObject>();

  constructor(renderings: readonly Landings[]) {
    const byKey = new Map<string, Landing[]>();
    for (const {all, objects} of renderings) {
      for (const [id, object] of objects) if (!this.#after.has(id)) this.#after.set(id, object);
      for (const landing of all) {
        add(this.#byObject, landing.id, landing);
        add(byKey, toPointer(landing.candidate.path), landing);
      }
    }
    this.byKey = byKey;
  }

  /** The candidates that reach a field of an object, the one with the fewest other places first. */
  reaching(id: string, field: NamedPath): readonly Landing[] {
    return (this.#byObject.get(id) ?? [])
      .filter(({candidate, path}) =>
        candidate.isMap
          ? isAbove(path, field)
          : path.length === field.length && isWithinPath(field, path),
      )
      .sort(
        (one, other) =>
          this.#rank(one) - this.#rank(other) ||
          other.path.length - one.path.length ||
          Number(other.candidate.isKnown) - Number(one.candidate.isKnown),
      );
  }

  #rank({candidate: {path}}: Landing): number {
    return this.byKey.get(toPointer(path))?.length ?? 0;
  }

  /** The object as it is with the sentinels. */
  after(id: string): JsonMap | undefined {
    return this.#after.get(id)?.value;
  }
}

function add(lists: Map<string, Landing[]>, key: string, landing: Landing): void {
  const list = lists.get(key);
  if (list === undefined) lists.set(key, [landing]);
  else list.push(landing);
}

/** Whether a mapping that lands at `path` can hold the field: no list is on the way. */
const isAbove = (path: NamedPath, field: NamedPath): boolean =>
  path.length < field.length &&
  isWithinPath(field, path) &&
  field.slice(path.length).every(step => !step.startsWith('['));

/** How many candidates are tried for one field. */
const mostWays = 3;

/** The plans for the wishes about an object, best first. */
export function plansFor(
  wishes: readonly Wish[],
  object: RenderedObject,
  landings: LandingMap,
  values: JsonMap,
): readonly Plan[] {
  return wishes.flatMap(wish => {
    if (wish.changes.length === 0) return [];
    const plans: Plan[] = [];
    for (let way = 0; way < mostWays; way++) {
      const plan = planFor(wish, way, object, landings, values);
      if (plan !== undefined) plans.push(plan);
    }
    return plans;
  });
}

function planFor(
  {changes, isExample}: Wish,
  way: number,
  object: RenderedObject,
  landings: LandingMap,
  values: JsonMap,
): Plan | undefined {
  const around: Setting[] = [];
  const wanted: Setting[] = [];
  const own: NamedPath[] = [];
  for (const change of changes) {
    const landing = landings.reaching(object.id, change.path)[way];
    // Whether the finding goes away without it, the rendering shows.
    if (landing === undefined && change.value === undefined) continue;
    if (landing === undefined) return undefined;
    around.push(...settingsAround(landing, object, landings, values));
    wanted.push(settingFor(change, landing, object));
    own.push(landing.path);
  }
  if (wanted.length === 0) return undefined;
  return {settings: unique([...around, ...wanted]), own, isExample};
}

function settingFor(
  {path, value}: WishedField,
  {candidate, path: place}: Landing,
  object: RenderedObject,
): Setting {
  const inside = candidate.isMap ? path.slice(place.length) : [];
  const wanted = value ?? emptied(valueAtNamed(object.value, path));
  return {path: [...candidate.path, ...inside], value: wanted};
}

/** What else must be set so that the chart uses a candidate, and renders the rest as before. */
function settingsAround(
  {candidate, path: place}: Landing,
  object: RenderedObject,
  landings: LandingMap,
  values: JsonMap,
): readonly Setting[] {
  const guards = guardsOf(candidate.path, values);
  if (!candidate.isMap) return guards;
  const before = valueAtNamed(object.value, place);
  const after = valueAtNamed(landings.after(object.id), place);
  return [...guards, ...restated(before, after, candidate.path)];
}

/** What a field that must go is set to: null removes a default, and Helm merges no lists. */
function emptied(before: Json | undefined): Json {
  if (isList(before)) return [];
  return before === true ? false : null;
}

/** The fields that a template has by default, and leaves out as soon as the values have any. */
function restated(before: Json | undefined, after: Json | undefined, at: Path): readonly Setting[] {
  if (!isMap(before) || !isMap(after)) return [];
  return fieldChanges(after, before).flatMap(({path, value}) => {
    const isLost = value !== undefined && value !== null && valueAtNamed(after, path) === undefined;
    return isLost && path.every(step => !step.startsWith('['))
      ? [{path: [...at, ...path], value, isRestated: true}]
      : [];
  });
}

/** Each setting once. */
const unique = (settings: readonly Setting[]): readonly Setting[] => [
  ...new Map(settings.map(each => [JSON.stringify(each), each])).values(),
];
