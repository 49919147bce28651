import {asMap, asString, type Json, type JsonMap, type Path, valueAt} from '../json.ts';
import type {Resource} from '../kubernetes/resource.ts';
import {type KnownRelease, StableNames, shownName} from '../kubernetes/stable-names.ts';
import type {Finding} from './finding.ts';

/** What is found where: without the values of fields, and the names that each render makes anew. */
interface Found {
  readonly rule: string;
  readonly container?: string;
  /** From the root of the object. */
  readonly path: Path;
  /** A note is never the same as a finding. */
  readonly isNote: boolean;
  /** Which of several conditions on the field it is about. */
  readonly part?: string;
}

/**
 * Gives each finding in a stream a text by which the next render, audit or version of the manifests
 * recognizes it: the rule, the object and the field. Lines, the positions of list items, and the names
 * of the release and its namespace do not matter. Equal ones are numbered.
 */
export class Fingerprints {
  readonly #names: StableNames;
  readonly #counts = new Map<string, number>();

  constructor(resources: readonly Resource[], release?: KnownRelease) {
    this.#names = new StableNames(resources, release);
  }

  of({rule, container, path, isNote, part}: Found, resource: Resource): string {
    const field = fieldText(path, resource.value, text => this.#names.within(text, resource));
    const text = [
      ...(isNote ? ['note'] : []),
      rule,
      this.#names.titleOf(resource),
      ...(container === undefined ? [] : [shownName(this.#names.within(container, resource))]),
      ...(field === '' ? [] : [field]),
      ...(part === undefined ? [] : [part]),
    ].join(' ');
    return numbered(text, this.#counts);
  }
}

/** `text`, with a number if it has been there before. `counts` remembers it. */
export function numbered(text: string, counts: Map<string, number>): string {
  const count = (counts.get(text) ?? 0) + 1;
  counts.set(text, count);
  return count === 1 ? text : `${text} #${count}`;
}

/** A text as it was before equal ones were numbered. */
export const withoutNumber = (text: string): string => text.replace(/ #\d+$/, '');

/** The findings of several streams, in which equal ones are numbered. */
export function numberedAnew(findings: readonly Finding[]): readonly Finding[] {
  const counts = new Map<string, number>();
  return findings.map(finding => {
    const fingerprint = numbered(withoutNumber(finding.fingerprint), counts);
    return {...finding, fingerprint};
  });
}

/** The path of a field, with the identity of each item of a list instead of its position. */
function fieldText(path: Path, object: JsonMap, stable: (name: string) => string): string {
  let value: Json | undefined = object;
  let text = '';
  for (const step of path) {
    value = valueAt(value, [step]);
    const name = itemName(value);
    if (typeof step !== 'number') text += `${text === '' ? '' : '.'}${shownName(step)}`;
    else text += `[${name === undefined ? '*' : shownName(stable(name))}]`;
  }
  return text;
}

/** By which a person knows an item of a list; many have nothing. */
function itemName(item: Json | undefined): string | undefined {
  if (typeof item === 'string') return item;
  const map = asMap(item);
  for (const key of ['name', 'containerPort', 'port', 'host', 'key', 'kind']) {
    const value = map?.[key];
    if (typeof value === 'number') return `${value}`;
    if (asString(value) !== undefined && value !== '') return value as string;
  }
  return undefined;
}
