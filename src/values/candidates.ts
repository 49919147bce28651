import {asMap, isList, isMap, type Json, type JsonMap, type Path, valueAt} from '../json.ts';
import type {ChartModel, ChartPart} from './chart.ts';

/** A key that may be where a field of the output comes from. */
export interface Candidate {
  readonly path: Path;
  /** Whether its value is rendered as a mapping with fields; otherwise as a single field. */
  readonly isMap: boolean;
  /** Whether the values of the chart have it. */
  readonly isKnown: boolean;
}

/** Beyond this, the rest is not looked at. */
const mostCandidates = 4000;
const mostVisited = 200_000;

/** Names of keys whose mapping is rendered as a security context, as capabilities or as resources. */
const holderName =
  /(?:security|sec|pod|container)\w*context|^context$|^capabilities$|^seccompprofile$|resources$|^limits$/i;

/** Whether a key is named like such a mapping. */
export const isHolderName = (key: string | number | undefined): boolean =>
  typeof key === 'string' && holderName.test(key);

/** The fields of the output under which such a mapping is rendered. */
const holderFields: ReadonlySet<string> = new Set([
  'securityContext',
  'capabilities',
  'seccompProfile',
  'resources',
  'limits',
]);

/** Keys that a mapping with the settings of one workload or container has. */
const componentKeys = [
  'image',
  'resources',
  'nodeSelector',
  'tolerations',
  'affinity',
  'enabled',
  'replicas',
  'replicaCount',
  'podAnnotations',
  'annotations',
  'repository',
  'tag',
  'args',
  'command',
  'env',
  'extraArgs',
  'extraEnv',
  'podLabels',
  'priorityClassName',
];

/** Fields that say that a mapping is a security context, whatever its name. */
const contextFields = [
  'runAsUser',
  'runAsNonRoot',
  'runAsGroup',
  'fsGroup',
  'allowPrivilegeEscalation',
  'readOnlyRootFilesystem',
  'privileged',
  'capabilities',
  'seccompProfile',
];

/**
 * The keys that may fill the wanted fields, named by their last step: those in the values, and those that only
 * templates refer to.
 */
export function candidatesOf(
  {values, parts}: ChartModel,
  wanted: ReadonlySet<string>,
): readonly Candidate[] {
  const found = new Found(values);
  const prefixes = new Map(parts.map(part => [JSON.stringify(part.prefix), part]));
  const walk = new Walk(found, wanted, prefixes);
  walk.visit(values, [], undefined);
  for (const part of parts) addReferences(part, found, wanted);
  return found.all;
}

class Found {
  readonly #values: JsonMap;
  readonly #known = new Map<string, Candidate>();

  constructor(values: JsonMap) {
    this.#values = values;
  }

  get all(): readonly Candidate[] {
    return [...this.#known.values()];
  }

  add(path: Path, isMapping: boolean): void {
    if (this.#known.size >= mostCandidates) return;
    const value = valueAt(this.#values, path);
    if (!fits(value, isMapping) || !this.#isReachable(path)) return;
    const key = JSON.stringify([isMapping, ...path]);
    if (this.#known.has(key)) return;
    this.#known.set(key, {path, isMap: isMapping, isKnown: value !== undefined});
  }

  /** Whether only mappings, lists and what is missing are on the way. */
  #isReachable(path: Path): boolean {
    for (let length = 1; length < path.length; length++) {
      const value = valueAt(this.#values, path.slice(0, length));
      if (value === undefined || value === null) return true;
      if (!isMap(value) && !isList(value)) return false;
    }
    return true;
  }
}

/** Whether a key with `value` may become a mapping, or a field. */
const fits = (value: Json | undefined, isMapping: boolean): boolean =>
  value === undefined ||
  value === null ||
  value === '' ||
  (isMapping ? isMap(value) : !isMap(value) && !isList(value));

class Walk {
  readonly #found: Found;
  readonly #wanted: ReadonlySet<string>;
  readonly #parts: ReadonlyMap<string, ChartPart>;
  readonly #names = new Map<ChartPart, readonly string[]>();
  #visited = 0;

  constructor(found: Found, wanted: ReadonlySet<string>, parts: ReadonlyMap<string, ChartPart>) {
    this.#found = found;
    this.#wanted = wanted;
    this.#parts = parts;
  }

  visit(value: JsonMap, path: Path, within: ChartPart | undefined): void {
    const part = this.#parts.get(JSON.stringify(path)) ?? within;
    if (this.#visited++ > mostVisited) return;
    if (isComponent(value) || part !== within) {
      for (const name of this.#namesIn(part)) this.#found.add([...path, name], true);
    }
    const name = path.at(-1);
    if (isHolder(name, value)) this.#found.add(path, true);
    for (const key of Object.keys(value)) {
      if (this.#visited++ > mostVisited) return;
      const child = value[key];
      if (isMap(child)) this.visit(child, [...path, key], part);
      else if (isList(child)) this.#visitList(child, [...path, key], part);
      else if (holderName.test(key) && (child === null || child === ''))
        this.#found.add([...path, key], true);
      else if (this.#wanted.has(key) || isProfileType(key, name))
        this.#found.add([...path, key], false);
    }
  }

  /** A list of containers, which are rendered as they are. */
  #visitList(list: readonly (Json | undefined)[], path: Path, part: ChartPart | undefined): void {
    for (const [index, item] of list.entries()) {
      const map = asMap(item);
      if (map === undefined || map['image'] === undefined) continue;
      this.#found.add([...path, index, 'securityContext'], true);
      this.visit(map, [...path, index], part);
    }
  }

  /** The names of mappings that the templates of a chart refer to, in whatever scope. */
  #namesIn(part: ChartPart | undefined): readonly string[] {
    if (part === undefined) return [];
    const known = this.#names.get(part);
    if (known !== undefined) return known;
    const names = new Set<string>();
    for (const text of part.templates) {
      for (const [, dotted, quoted] of text.matchAll(/\.([A-Za-z]\w*)|"([A-Za-z]\w*)"/g)) {
        const name = dotted ?? quoted ?? '';
        if (holderName.test(name) && names.size < mostNames) names.add(name);
      }
    }
    const list = [...names];
    this.#names.set(part, list);
    return list;
  }
}

const mostNames = 20;

const isComponent = (value: JsonMap): boolean =>
  componentKeys.some(key => value[key] !== undefined);

/** `seccompProfile.type`, where a template writes the mapping itself; other types are too many. */
const isProfileType = (key: string, holder: string | number | undefined): boolean =>
  key === 'type' && typeof holder === 'string' && /seccomp/i.test(holder);

const isHolder = (name: string | number | undefined, value: JsonMap): boolean =>
  typeof name === 'string' &&
  (isHolderName(name) || contextFields.some(field => value[field] !== undefined));

/** The keys that templates name completely, with the field of the output before them. */
function addReferences(
  {prefix, templates}: ChartPart,
  found: Found,
  wanted: ReadonlySet<string>,
): void {
  for (const text of templates) {
    for (const {names, field} of referencesIn(text)) {
      const last = names.at(-1) ?? '';
      // What is global is that of all subcharts.
      const path = names[0] === 'global' ? names : [...prefix, ...names];
      if (isHolderName(last) || holderFields.has(field)) found.add(path, true);
      if (wanted.has(last) || wanted.has(field) || isProfileType(last, names.at(-2)))
        found.add(path, false);
    }
  }
}

interface Reference {
  readonly names: readonly string[];
  /** The last key of the output before it. */
  readonly field: string;
}

/** The values that a template refers to: `.Values.a.b`, `((.Values.a).b)`, `index .Values "a" "b"`, `dig "a" "b" "" .Values.c`. */
function* referencesIn(template: string): Iterable<Reference> {
  let field = '';
  for (const line of template.split('\n')) {
    field = /^\s*(?:-\s+)?([A-Za-z]\w*):/.exec(line)?.[1] ?? field;
    for (const [, chain = ''] of line.matchAll(chainOfValues)) yield {names: namesIn(chain), field};
    for (const [, chain = '', quoted = ''] of line.matchAll(indexedValues)) {
      yield {names: [...namesIn(chain), ...quotedIn(quoted)], field};
    }
    for (const [, quoted = '', chain = ''] of line.matchAll(dugValues)) {
      yield {names: [...namesIn(chain), ...quotedIn(quoted)], field};
    }
  }
}

const chainOfValues = /\.Values((?:\)*\.[A-Za-z_]\w*)+)/g;

const indexedValues = /\bindex\s+\$?\.Values((?:\.[A-Za-z_]\w*)*)((?:\s+"[^"]+")+)/g;

/** The last argument before the mapping is what `dig` gives where a key is missing. */
const dugValues =
  /\bdig((?:\s+"[^"]+")+)\s+[^\s.]\S*\s+\(?\$?\.Values(?:\.AsMap)?((?:\.[A-Za-z_]\w*)*)/g;

const namesIn = (chain: string): readonly string[] => chain.match(/[A-Za-z_]\w*/g) ?? [];

const quotedIn = (text: string): readonly string[] =>
  [...text.matchAll(/"([^"]+)"/g)].map(([, name = '']) => name);
