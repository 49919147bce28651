import {kinds as kindLines, types as typeLines} from './table.ts';

/** A type without fields: `count` and `port` are Kubernetes' IntOrString, a percentage or the name of a port as a string. */
export type Scalar =
  | 'anything'
  | 'base64'
  | 'boolean'
  | 'count'
  | 'int32'
  | 'int64'
  | 'number'
  | 'port'
  | 'quantity'
  | 'string'
  | 'time';

/** The type of a value: a scalar, a list, a mapping with any keys, or a mapping with fields. */
export type FieldType =
  | Scalar
  | {readonly items: FieldType}
  | {readonly values: FieldType}
  | FieldTypes;

/** A mapping with certain fields. Its line of the table is read when it is first asked for. */
export class FieldTypes {
  readonly #line: string;
  #fields: ReadonlyMap<string, FieldType> | undefined;

  constructor(line: string) {
    this.#line = line;
  }

  get fields(): ReadonlyMap<string, FieldType> {
    this.#fields ??= fieldsIn(this.#line);
    return this.#fields;
  }
}

const codes: ReadonlyMap<string, Scalar> = new Map([
  ['*', 'anything'],
  ['b', 'boolean'],
  ['c', 'count'],
  ['i', 'int32'],
  ['l', 'int64'],
  ['n', 'number'],
  ['p', 'port'],
  ['q', 'quantity'],
  ['s', 'string'],
  ['t', 'time'],
  ['y', 'base64'],
]);

/**
 * The fields in a line of the table, after the name of the type: `|b:hostIPC,hostPID|[Container:containers`. Before
 * the names is the code of their type, or the name of one; `[` is a list, and `{` a mapping of it.
 */
function fieldsIn(line: string): ReadonlyMap<string, FieldType> {
  const fields = new Map<string, FieldType>();
  for (const group of line.split('|').slice(1)) {
    const [code = '', names = ''] = group.split(':');
    const type = typeOf(code);
    for (const name of names.split(',')) fields.set(name, type);
  }
  return fields;
}

function typeOf(code: string): FieldType {
  if (code.startsWith('[')) return {items: typeOf(code.slice(1))};
  if (code.startsWith('{')) return {values: typeOf(code.slice(1))};
  return codes.get(code) ?? typeNamed(code);
}

/** The types by name, from the table; made when the first is asked for. */
let byName: ReadonlyMap<string, FieldTypes> | undefined;

/** A type of Kubernetes by its name in the table: that of its definition, with a number if several have it. */
export function typeNamed(name: string): FieldTypes {
  const found = types().get(name);
  if (found === undefined) throw new Error(`Kubernetes has no type ${name}`);
  return found;
}

function types(): ReadonlyMap<string, FieldTypes> {
  byName ??= new Map(
    typeLines
      .trim()
      .split('\n')
      .map(line => [/^[^|]*/.exec(line)?.[0] ?? '', new FieldTypes(line)]),
  );
  return byName;
}

let counts: Map<string, number> | undefined;

/** How many types have a field of that name. */
export function typesWith(field: string): number {
  if (counts === undefined) {
    counts = new Map();
    for (const {fields} of types().values()) {
      for (const name of fields.keys()) counts.set(name, (counts.get(name) ?? 0) + 1);
    }
  }
  return counts.get(field) ?? 0;
}

/** Kubernetes' own kinds of one group and version: the names of their types. */
export interface KindsOfVersion {
  readonly group: string;
  readonly version: string;
  readonly kinds: ReadonlyMap<string, string>;
}

let versions: readonly KindsOfVersion[] | undefined;

/** Kubernetes' own kinds, in all versions of the table. */
export function kindsOfKubernetes(): readonly KindsOfVersion[] {
  versions ??= kindLines.trim().split('\n').map(versionIn);
  return versions;
}

function versionIn(line: string): KindsOfVersion {
  const [groupVersion = '', kinds = ''] = line.split(':');
  const [group = '', version = ''] = groupVersion.split('/');
  const named = kinds.split(',').map(each => {
    const [kind = '', type = kind] = each.split('=');
    return [kind, type] as const;
  });
  return {group, version, kinds: new Map(named)};
}
