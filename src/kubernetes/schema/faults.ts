import {isList, isMap, type Json, type JsonMap, type Path} from '../../json.ts';
import {scalars} from './scalars.ts';
import {type FieldType, FieldTypes} from './types.ts';

/** A mapping with fields around a fault, and its path. */
export interface Surrounding {
  readonly type: FieldTypes;
  readonly path: Path;
}

/** A value of the wrong type for its field, or a key that is no field. */
export interface FieldFault {
  readonly path: Path;
  /** The type that is expected; absent for a key that is no field. */
  readonly expected?: string;
  /** The mappings with fields around a key that is no field, from the outermost inwards. */
  readonly around?: readonly Surrounding[];
}

/**
 * How much of a mapping its type describes: `all` of it; or `some`, in an object of which only some fields are those
 * of Kubernetes: there, only a key that differs from a field in its case is a fault, and a text may be a template.
 */
export type Strictness = 'all' | 'some';

/** What the API server would refuse or ignore in a mapping of a type. */
export function faultsIn(
  value: JsonMap,
  type: FieldTypes,
  strictness: Strictness,
): readonly FieldFault[] {
  const search = new FaultSearch(strictness);
  search.inFields(value, type);
  return search.found;
}

const longestField = 40;

const noFaults: readonly FieldFault[] = [];

class FaultSearch {
  #found: FieldFault[] | undefined;
  readonly #isStrict: boolean;
  /** The current path of the search, copied only when something is found. */
  readonly #path: (string | number)[] = [];
  /** The types of the mappings around it, and how long the path was at each. */
  readonly #types: FieldTypes[] = [];
  readonly #depths: number[] = [];

  constructor(strictness: Strictness) {
    this.#isStrict = strictness === 'all';
  }

  get found(): readonly FieldFault[] {
    return this.#found ?? noFaults;
  }

  inFields(value: JsonMap, type: FieldTypes): void {
    const {fields} = type;
    this.#types.push(type);
    this.#depths.push(this.#path.length);
    for (const key of Object.keys(value)) {
      const field = fields.get(key);
      this.#path.push(key);
      if (field !== undefined) this.#in(value[key], field);
      else if (this.#isStrict || hasInOtherCase(fields, key)) this.#reportUnknown();
      this.#path.pop();
    }
    this.#types.pop();
    this.#depths.pop();
  }

  #in(value: Json | undefined, type: FieldType): void {
    // The API server treats null as a missing field.
    if (value === undefined || value === null) return;
    if (typeof type === 'string') {
      const {expected, fits} = scalars[type];
      if (!fits(value) && (this.#isStrict || !isTemplate(value))) this.#report(expected);
    } else if ('items' in type) {
      if (!isList(value)) this.#report('a list');
      else for (const [index, item] of value.entries()) this.#inChild(index, item, type.items);
    } else if (!isMap(value)) this.#report('a mapping');
    else if (type instanceof FieldTypes) this.inFields(value, type);
    else for (const key of Object.keys(value)) this.#inChild(key, value[key], type.values);
  }

  #inChild(key: string | number, value: Json | undefined, type: FieldType): void {
    this.#path.push(key);
    this.#in(value, type);
    this.#path.pop();
  }

  #report(expected: string): void {
    this.#found ??= [];
    this.#found.push({path: [...this.#path], expected});
  }

  #reportUnknown(): void {
    const around = this.#types.map((type, index) => ({
      type,
      path: this.#path.slice(0, this.#depths[index]),
    }));
    this.#found ??= [];
    this.#found.push({path: [...this.#path], around});
  }
}

/** Where operators fill in values, as Argo's do. */
const isTemplate = (value: Json): boolean => typeof value === 'string' && value.includes('{{');

function hasInOtherCase(fields: ReadonlyMap<string, FieldType>, key: string): boolean {
  return key.length <= longestField && fieldInOtherCase(fields, key) !== undefined;
}

/** The field that `key` is but for its case. */
export function fieldInOtherCase(
  fields: ReadonlyMap<string, FieldType>,
  key: string,
): string | undefined {
  const lower = key.toLowerCase();
  for (const field of fields.keys()) {
    if (field.length === key.length && field.toLowerCase() === lower) return field;
  }
  return undefined;
}
