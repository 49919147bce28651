import {asMap, type Json, type JsonMap, type Path, valueAt} from '../json.ts';
import {type Candidate, isHolderName} from './candidates.ts';
import type {NamedPath} from './named-path.ts';
import {fieldsIn, objectsIn, type RenderedObject, type Rendering} from './rendering.ts';
import type {Setting} from './setting.ts';

/** The key that is added to a mapping: where it is rendered, the mapping is. */
const probe = 'kubeHardenProbe';

/** Numbers of six digits: a template prints larger ones as `1e+06`. */
const first = 300_000;
const last = 999_999;

/** A candidate, and the number that stands for its value. */
export interface Sentinel {
  readonly candidate: Candidate;
  readonly number: number;
}

/** Gives each candidate a number that is nowhere in the output. */
export function sentinelsFor(
  candidates: readonly Candidate[],
  {text}: Rendering,
): readonly Sentinel[] {
  const taken = new Set(text.match(/\d{6}/g));
  let number = first;
  return candidates.flatMap(candidate => {
    while (taken.has(`${number}`)) number++;
    return number > last ? [] : [{candidate, number: number++}];
  });
}

/** The settings of a render that shows where each candidate goes. What switches it off is switched on. */
export const sentinelSettings = (
  sentinels: readonly Sentinel[],
  values: JsonMap,
): readonly Setting[] =>
  sentinels.flatMap(({candidate: {path, isMap}, number}) => [
    ...guardsOf(path, values),
    {path: isMap ? [...path, probe] : path, value: number},
  ]);

/**
 * The settings that make the chart use what is at `path`, if any are needed: `enabled` in a context, beside it, or in one
 * next to it, as charts have `securityContext.enabled` for `containerSecurityContext`, too.
 */
export function guardsOf(path: Path, values: JsonMap): readonly Setting[] {
  const guards: Setting[] = [];
  for (let length = path.length; length > 0; length--) {
    if (!isHolderName(path[length - 1])) continue;
    const [around, own] = [path.slice(0, length - 1), path.slice(0, length)];
    const beside = Object.keys(asMap(valueAt(values, around)) ?? {}).filter(isHolderName);
    for (const context of [own, ...beside.map(key => [...around, key])]) {
      for (const guard of guardNames.map(key => [...context, key])) {
        if (valueAt(values, guard) === false) guards.push({path: guard, value: true});
      }
    }
  }
  return guards;
}

const guardNames = ['enabled', 'enable'];

/** Where the value of a candidate is in the output. */
export interface Landing {
  readonly candidate: Candidate;
  readonly id: string;
  /** The mapping or the field. */
  readonly path: NamedPath;
}

export interface Landings {
  readonly all: readonly Landing[];
  /** The objects in which something has landed, by their identity. */
  readonly objects: ReadonlyMap<string, RenderedObject>;
}

/** Where the sentinels are in a rendering. @throws {UsageError} if it cannot be read */
export function landingsIn(rendering: Rendering, sentinels: readonly Sentinel[]): Landings {
  const byNumber = new Map(sentinels.map(({candidate, number}) => [number, candidate]));
  const isThere = (text: string) =>
    (text.match(/\d{6}/g) ?? []).some(digits => byNumber.has(Number(digits)));
  const objects = objectsIn(rendering.documents.filter(isThere));
  const all: Landing[] = [];
  for (const object of objects) {
    for (const {path, value} of fieldsIn(object)) {
      const candidate = byNumber.get(numberOf(value));
      if (candidate === undefined) continue;
      const isProbe = path.at(-1) === probe;
      if (isProbe === candidate.isMap)
        all.push({candidate, id: object.id, path: isProbe ? path.slice(0, -1) : path});
    }
  }
  return {all, objects: new Map(objects.map(each => [each.id, each]))};
}

const numberOf = (value: Json): number =>
  typeof value === 'string' && /^\d{6}$/.test(value)
    ? Number(value)
    : typeof value === 'number'
      ? value
      : Number.NaN;
