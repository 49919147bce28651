import {isList, isMap, type Json, type Path} from '../../json.ts';
import {mostSimilar} from '../../text/suggest.ts';
import {type FieldFault, fieldInOtherCase, type Surrounding} from './faults.ts';
import {type FieldType, FieldTypes, type Scalar, typesWith} from './types.ts';

/** What a key that is no field was probably meant to be. */
export type Meant =
  | {readonly field: string}
  /** The mapping where it is a field, as `spec.containers[*].securityContext`; empty for the object itself. */
  | {readonly place: string};

/** What the key of a fault was meant to be, judged by its name and its value; undefined if nothing is near. */
export function meantBy(
  {path, around = []}: FieldFault,
  value: Json | undefined,
): Meant | undefined {
  const key = String(path.at(-1));
  const fields = around.at(-1)?.type.fields ?? new Map<string, FieldType>();
  const inOtherCase = fieldInOtherCase(fields, key);
  if (inOtherCase !== undefined) return {field: inOtherCase};
  const place = isTelling(key) ? nearestPlace(key, value, around) : undefined;
  if (place !== undefined) return {place};
  const field = mostSimilar(key, [...fields.keys()]);
  return field === undefined ? undefined : {field};
}

/** Whether few types have the field: where a `name` or a `type` belongs, nobody knows. */
function isTelling(key: string): boolean {
  const count = typesWith(key);
  return count > 0 && count <= mostTypes;
}

const mostTypes = 20;

/** How many mappings deep below one around the key its place is looked for. */
const deepest = 4;

/** The nearest mapping with the field: in the mapping with the key, then in the one around it, and so on. */
function nearestPlace(
  key: string,
  value: Json | undefined,
  around: readonly Surrounding[],
): string | undefined {
  for (let index = around.length - 1; index >= 0; index--) {
    const {type, path} = around[index] as Surrounding;
    const below = placeBelow(type, key, shapeOf(value));
    if (below === 'several') return undefined;
    if (below !== undefined) return written([...path, ...below]);
  }
  return undefined;
}

/** `*` stands for any item of a list, or any key of a mapping. */
type Steps = readonly string[];

/** What has been found for a type, by the key and the shape of its value: an input may ask for it very often. */
const known = new WeakMap<FieldTypes, Map<string, Steps | 'several' | undefined>>();

/** The nearest place below `root`, or at it; `several` if some are equally near. */
function placeBelow(root: FieldTypes, key: string, shape: Shape): Steps | 'several' | undefined {
  const ofRoot = known.get(root) ?? new Map<string, Steps | 'several' | undefined>();
  known.set(root, ofRoot);
  const asked = `${key} ${shape}`;
  if (!ofRoot.has(asked)) ofRoot.set(asked, findBelow(root, key, shape));
  return ofRoot.get(asked);
}

function findBelow(root: FieldTypes, key: string, shape: Shape): Steps | 'several' | undefined {
  let level: readonly Place[] = [{type: root, steps: []}];
  const seen = new Set<FieldTypes>([root]);
  for (let depth = 0; depth <= deepest && level.length > 0; depth++) {
    const [found, ...others] = level.filter(({type}) => takes(type.fields.get(key), shape));
    if (found !== undefined) return others.length > 0 ? 'several' : found.steps;
    const next: Place[] = [];
    for (const place of level) {
      for (const below of placesIn(place)) {
        if (!seen.has(below.type)) next.push(below);
      }
    }
    for (const {type} of next) seen.add(type);
    level = next;
  }
  return undefined;
}

interface Place {
  readonly type: FieldTypes;
  readonly steps: Steps;
}

function* placesIn({type, steps}: Place): Generator<Place> {
  for (const [name, field] of type.fields) {
    const [inner, ...items] = insideOf(field);
    if (inner !== undefined && !aside.has(name)) {
      yield {type: inner, steps: [...steps, name, ...items]};
    }
  }
}

/** Nobody writes these by hand, or they have the same fields as a list of which more is written. */
const aside: ReadonlySet<string> = new Set([
  'ephemeralContainers',
  'initContainers',
  'managedFields',
  'status',
]);

/** The mapping with fields in a value of a type, after the steps of lists and mappings to it. */
function insideOf(type: FieldType): readonly [FieldTypes?, ...string[]] {
  if (type instanceof FieldTypes) return [type];
  if (typeof type === 'string') return [];
  const [inner, ...steps] = insideOf('items' in type ? type.items : type.values);
  return inner === undefined ? [] : [inner, '*', ...steps];
}

type Shape = 'anything' | 'boolean' | 'list' | 'mapping' | 'number' | 'string';

function shapeOf(value: Json | undefined): Shape {
  if (isList(value)) return 'list';
  if (isMap(value)) return 'mapping';
  const type = typeof value;
  return type === 'boolean' || type === 'number' || type === 'string' ? type : 'anything';
}

/** Whether a field of a type may have a value of that shape. */
function takes(type: FieldType | undefined, shape: Shape): boolean {
  if (type === undefined) return false;
  if (shape === 'anything') return true;
  if (typeof type !== 'string') return shape === ('items' in type ? 'list' : 'mapping');
  return type === 'anything' || shapesOf[type].includes(shape);
}

const shapesOf: Readonly<Record<Exclude<Scalar, 'anything'>, readonly Shape[]>> = {
  base64: ['string'],
  boolean: ['boolean'],
  count: ['number', 'string'],
  int32: ['number'],
  int64: ['number'],
  number: ['number'],
  port: ['number', 'string'],
  quantity: ['number', 'string'],
  string: ['string'],
  time: ['string'],
};

const written = (path: Path): string =>
  path
    .map(step => (typeof step === 'number' || step === '*' ? `[${step}]` : `.${step}`))
    .join('')
    .replace(/^\./, '');
