import {isList, isMap, type Json, type JsonMap} from '../json.ts';

/**
 * What the API server does with an object: `valid` is accepted; `unknown` has unknown fields, so
 * that kubectl and Helm refuse it, while other clients get it accepted without them; `refused` is
 * refused.
 */
export type Validity = 'valid' | 'unknown' | 'refused';

export type Check = (value: Json | undefined) => Validity;

const worstFirst = ['refused', 'unknown'] as const;
const worst = (all: readonly Validity[]): Validity =>
  worstFirst.find(each => all.includes(each)) ?? 'valid';

export const isThat = (holds: boolean): Validity => (holds ? 'valid' : 'refused');

/** A field that is missing or null, which is the same to the API server. */
export const optional =
  (check: Check): Check =>
  value =>
    value === undefined || value === null ? 'valid' : check(value);

export const text =
  (fits: (text: string) => boolean): Check =>
  value =>
    isThat(typeof value === 'string' && fits(value));

export const oneOf = (...texts: readonly string[]): Check => text(each => texts.includes(each));

export const listOf =
  (check: Check): Check =>
  value =>
    isList(value) ? worst(value.map(check)) : 'refused';

/** An object with `fields`, and the conditions between them. Null is an object without any. */
export const object =
  (fields: Readonly<Record<string, Check>>, holds: (map: JsonMap) => boolean = () => true): Check =>
  value => {
    const map = value === null ? {} : value;
    if (!isMap(map)) return 'refused';
    const isKnown = Object.keys(map).every(key => Object.hasOwn(fields, key));
    const known = Object.entries(fields).map(([key, check]) => check(map[key]));
    return worst([...known, isKnown ? 'valid' : 'unknown', isThat(holds(map))]);
  };

export const mapOf =
  (isKey: (key: string) => boolean, check: Check): Check =>
  value =>
    isMap(value)
      ? worst(Object.entries(value).map(([key, each]) => (isKey(key) ? check(each) : 'refused')))
      : 'refused';

export const isAbsent = (value: Json | undefined): boolean => value === undefined || value === null;
export const sizeOf = (value: Json | undefined): number => (isList(value) ? value.length : 0);
export const isOf = (low: number, high: number) => (value: Json | undefined) =>
  isThat(Number.isInteger(value) && Number(value) >= low && Number(value) <= high);
