import type {Definition, Definitions, Schema} from './open-api.ts';

/** A type of Kubernetes: the codes of its fields, as `src/kubernetes/schema/types.ts` explains them. */
type Fields = ReadonlyMap<string, string>;

/** The definition that `$ref` names. */
const named = ($ref: string): string => $ref.replace('#/definitions/', '');

/** Types that are no mappings with fields, by the end of their names. */
const special: readonly (readonly [end: string, code: string])[] = [
  ['.api.resource.Quantity', 'q'],
  ['.util.intstr.IntOrString', 'c'],
  ['.meta.v1.Time', 't'],
  ['.meta.v1.MicroTime', 't'],
  ['.meta.v1.FieldsV1', '*'],
  ['.runtime.RawExtension', '*'],
  ['.JSON', '*'],
  ['.JSONSchemaPropsOrArray', '*'],
  ['.JSONSchemaPropsOrBool', '*'],
  ['.JSONSchemaPropsOrStringArray', '*'],
  // A rule never reads a definition: see `src/check/concern.ts`.
  ['.CustomResourceDefinitionSpec', '*'],
];

const scalars: ReadonlyMap<string, string> = new Map([
  ['string', 's'],
  ['string byte', 'y'],
  ['string date-time', 't'],
  ['boolean', 'b'],
  ['integer int32', 'i'],
  ['integer int64', 'l'],
  ['number double', 'n'],
  ['object', '*'],
]);

/** Kubernetes gives IntOrString to ports, and to numbers that may be percentages. */
const portFields: ReadonlySet<string> = new Set(['port', 'servicePort', 'targetPort']);

/** The definitions that objects of a kind with `metadata` consist of, merged over all versions of Kubernetes. */
class Types {
  readonly byName = new Map<string, Map<string, string>>();
  readonly kinds = new Map<string, string>();
  readonly #versions: readonly Definitions[];
  /** The types that a field had in older versions, and the later ones. */
  readonly #replaced = new Map<string, string>();

  constructor(versions: readonly Definitions[]) {
    this.#versions = versions;
    for (const definitions of versions) {
      for (const [name, definition] of Object.entries(definitions)) {
        if (isObject(definition)) this.#addKinds(name, definition);
      }
    }
    for (const [older, later] of this.#replaced) this.#merge(older, later);
  }

  /** @throws {Error} if a field that was a scalar is something else now */
  #merge(older: string, later: string): void {
    const [from, to] = [this.byName.get(older), this.byName.get(later)];
    if (from === undefined || to === undefined) throw new Error(`${older} became ${later}`);
    for (const [key, code] of from) if (!to.has(key)) to.set(key, code);
  }

  #addKinds(name: string, {'x-kubernetes-group-version-kind': kinds = []}: Definition): void {
    for (const {group, version, kind} of kinds) this.kinds.set(`${group}/${version}/${kind}`, name);
    this.#add(name);
  }

  #add(name: string): void {
    if (this.byName.has(name)) return;
    const fields = new Map<string, string>();
    this.byName.set(name, fields);
    for (const definitions of this.#versions) {
      for (const [key, schema] of Object.entries(definitions[name]?.properties ?? {})) {
        const code = this.#codeOf(schema, key);
        const known = fields.get(key);
        if (known !== undefined && known !== code) this.#replaced.set(known, code);
        fields.set(key, code);
      }
    }
  }

  #codeOf({$ref, type, format, items, additionalProperties}: Schema, key: string): string {
    if ($ref !== undefined) return this.#codeOfNamed(named($ref), key);
    if (items !== undefined) return `[${this.#codeOf(items, key)}`;
    if (additionalProperties !== undefined) return `{${this.#codeOf(additionalProperties, key)}`;
    const code = scalars.get([type, format].filter(Boolean).join(' '));
    if (code === undefined) throw new Error(`${key} has the unknown type ${type} ${format}`);
    return code;
  }

  #codeOfNamed(name: string, key: string): string {
    const code = special.find(([end]) => name.endsWith(end))?.[1];
    if (code === 'c' && portFields.has(key)) return 'p';
    if (code !== undefined) return code;
    this.#add(name);
    return name;
  }
}

/** Whether objects of a definition are what manifests contain: no lists, options or parts of objects. */
const isObject = ({properties}: Definition): boolean =>
  properties?.['metadata']?.$ref?.endsWith('.ObjectMeta') === true;

/** Types with the same fields of the same types are one: they differ in nothing, in whatever version they are. */
function classesOf(types: ReadonlyMap<string, Fields>): ReadonlyMap<string, string> {
  let classes = new Map([...types.keys()].map(name => [name, '']));
  for (let count = 1; ; ) {
    const known = classes;
    const bySignature = new Map<string, string>();
    const next = new Map<string, string>();
    for (const [name, fields] of types) {
      const written = [...fields].map(([key, code]) => `${key}:${inClasses(code, known)}`).sort();
      const signature = `${known.get(name)} ${written.join()}`;
      if (!bySignature.has(signature)) bySignature.set(signature, `#${bySignature.size}`);
      next.set(name, bySignature.get(signature) ?? '');
    }
    classes = next;
    if (bySignature.size === count) return classes;
    count = bySignature.size;
  }
}

const inClasses = (code: string, classes: ReadonlyMap<string, string>): string =>
  code.replace(/[^[{]+$/, name => classes.get(name) ?? name);

/**
 * The table of `src/kubernetes/schema/table.ts`: its kinds and its types, one a line.
 *
 * @param versions from the oldest to the newest: a field of any is a field
 */
export function typeTableOf(versions: readonly Definitions[]): {
  readonly kinds: string;
  readonly types: string;
} {
  const {byName, kinds} = new Types(versions);
  const classes = classesOf(byName);
  const names = shortNames(classes);
  const types = new Map<string, string>();
  for (const [name, fields] of byName) {
    const short = names.get(classes.get(name) ?? '') ?? '';
    const written = new Map<string, string[]>();
    for (const [key, code] of fields) {
      const type = code.replace(/[^[{]+$/, part => names.get(classes.get(part) ?? '') ?? part);
      written.set(type, [...(written.get(type) ?? []), key]);
    }
    const groups = [...written].map(([type, keys]) => `${type}:${keys.sort().join()}`).sort();
    types.set(short, [short, ...groups].join('|'));
  }
  const groups = new Map<string, string[]>();
  for (const [kind, name] of kinds) {
    const at = kind.lastIndexOf('/');
    const short = names.get(classes.get(name) ?? '') ?? '';
    const own = kind.slice(at + 1);
    const group = kind.slice(0, at);
    groups.set(group, [...(groups.get(group) ?? []), own === short ? own : `${own}=${short}`]);
  }
  return {
    kinds: [...groups]
      .map(([group, own]) => `${group}:${own.sort().join()}`)
      .sort()
      .join('\n'),
    types: [...types.values()].sort().join('\n'),
  };
}

/** A short name for each class of types: the last part of a full name, with a number if several have it. */
function shortNames(classes: ReadonlyMap<string, string>): ReadonlyMap<string, string> {
  const names = new Map<string, string>();
  const taken = new Set<string>();
  for (const [name, id] of classes) {
    if (names.has(id)) continue;
    const short = name.replace(/^.*\./, '');
    let free = short;
    for (let count = 2; taken.has(free); count++) free = `${short}${count}`;
    taken.add(free);
    names.set(id, free);
  }
  return names;
}
