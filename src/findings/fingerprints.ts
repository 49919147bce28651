import type {Verdict} from '../check/verdict.ts';
import {asMap, asString, type Json, type JsonMap, type Path, valueAt} from '../json.ts';
import type {Resource} from '../kubernetes/resource.ts';
import {type StableNames, shownName} from '../kubernetes/stable-names.ts';
import type {Finding} from './finding.ts';
import {subjectOf} from './subject.ts';

/**
 * Gives each finding in a stream a text by which the next render, audit or version of the manifests
 * recognizes it: the rule, the object, the field, and which value there it is about. Lines, the positions of list items,
 * and the names of the release and its namespace do not matter. A note is never the same as a finding. Equal ones are
 * numbered.
 */
export class Fingerprints {
  readonly #names: StableNames;
  readonly #counts = new Map<string, number>();

  constructor(names: StableNames) {
    this.#names = names;
  }

  of(verdict: Verdict, resource: Resource): string {
    const {rule, violation, status} = verdict;
    const {container, part, path, place = path} = violation;
    const stable = (text: string) => this.#names.within(text, resource);
    const field = fieldText(place, resource.value, stable);
    const subject = subjectOf(verdict, resource, this.#names);
    const where = subject === undefined ? field : `${field}=${subject}`;
    const text = [
      ...(status === 'noted' ? ['note'] : []),
      rule.id,
      this.#names.titleOf(resource),
      ...(container === undefined ? [] : [shownName(stable(container))]),
      ...(where === '' ? [] : [where]),
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
