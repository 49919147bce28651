import {asList, asMap, asString, type Json, type JsonMap, valueAt} from '../json.ts';
import {knownPlaces, type PodPlace, type PodPlaces} from './pod-places.ts';
import type {GroupKind} from './resource.ts';
import {isCustom, isPolicy} from './unknown-kinds.ts';
import {isOfChart} from './unknown-pods.ts';
import {WorkLimit} from './work-limit.ts';

/** How many parts all schemas that one call reads may have: those of 300 operators have some 100,000. */
const mostParts = 2_000_000;
const tooManyParts =
  'the schemas of the custom resource definitions have more than 2,000,000 parts: give fewer of them';

/** How deep pods are looked for in a schema, and how many places one kind may have. */
const deepest = 64;
const mostPlaces = 500;

/** Whether the schema of a kind tells where its pods are: no table and no policy has told it already. */
export const isOpen = (object: GroupKind, declared: PodPlaces): boolean => {
  const key = `${object.group}/${object.kind}`;
  return isCustom(object) && !isPolicy(object) && !knownPlaces.has(key) && !declared.has(key);
};

/** The kind that a CustomResourceDefinition defines, in `spec` of its value. */
export const kindDefinedBy = (definition: JsonMap): GroupKind => ({
  group: asString(valueAt(definition, ['spec', 'group'])) ?? '',
  kind: asString(valueAt(definition, ['spec', 'names', 'kind'])) ?? '',
});

/** Reads where objects of custom kinds contain pods from the schemas of their definitions. */
export class DefinedPlaces {
  readonly #places = new Map<string, readonly PodPlace[]>();
  readonly #parts = new WorkLimit(mostParts, tooManyParts);

  /** The places by kind, of all definitions that were added; no kind without one. */
  get places(): PodPlaces {
    return this.#places;
  }

  /** @throws {UsageError} if all schemas together are too large */
  add(definition: JsonMap): void {
    const {group, kind} = kindDefinedBy(definition);
    const search = new SchemaSearch(this.#parts);
    for (const schema of schemasOf(definition)) search.object(schema);
    const places = [...search.places.values()];
    if (places.length > 0) this.#places.set(`${group}/${kind}`, places);
  }
}

/** The schemas of all versions of a definition, in the form of `v1` or of `v1beta1`. */
function schemasOf({spec}: JsonMap): readonly JsonMap[] {
  const versions = asList(asMap(spec)?.['versions']);
  return [
    valueAt(spec, ['validation', 'openAPIV3Schema']),
    ...versions.map(version => valueAt(version, ['schema', 'openAPIV3Schema'])),
  ]
    .map(asMap)
    .filter(schema => schema !== undefined);
}

type Steps = readonly string[];

class SchemaSearch {
  readonly places = new Map<string, PodPlace>();
  readonly #parts: WorkLimit;

  constructor(parts: WorkLimit) {
    this.#parts = parts;
  }

  /** What describes objects of the kind: their metadata and their status are of no operator's pods. */
  object(schema: JsonMap): void {
    for (const [name, property] of Object.entries(asMap(schema['properties']) ?? {})) {
      if (name !== 'metadata' && name !== 'status') this.#at(name, property, [], undefined);
    }
  }

  #at(name: string, schema: Json, path: Steps, holder: JsonMap | undefined): void {
    if (name !== '*' && !isOfChart(name)) this.#in(schema, [...path, name], holder);
  }

  /** `holder` has the properties of the mapping around, in which this is at the end of `path`. */
  #in(value: Json | undefined, path: Steps, holder?: JsonMap): void {
    const schema = asMap(value);
    if (schema === undefined || path.length > deepest) return;
    this.#parts.count(1);
    this.#in(schema['items'], [...path, '*']);
    this.#in(schema['additionalProperties'], [...path, '*']);
    const properties = asMap(schema['properties']);
    if (properties === undefined) return;
    const found = placeOf(schema, properties, path, holder);
    if (found !== undefined) this.#add(found);
    for (const [name, property] of Object.entries(properties)) {
      if (found === undefined || !isPartOf(found, name)) this.#at(name, property, path, properties);
    }
  }

  /** Of two forms that versions give a place, the one that allows less holds. */
  #add(place: PodPlace): void {
    const key = place.path.join('.');
    const known = this.places.get(key);
    if (this.places.size >= mostPlaces && known === undefined) return;
    if (known === undefined || place.form === 'settings') this.places.set(key, place);
  }
}

const podLists = ['containers', 'initContainers', 'ephemeralContainers'];

/** Whether rules see what is at `name` of a place as its own part. */
const isPartOf = ({containers}: PodPlace, name: string): boolean =>
  containers === undefined && podLists.includes(name);

/** What a pod contains: with all of these, and with required containers, it is a PodSpec. */
const fieldsOfPod = [
  'automountServiceAccountToken',
  'containers',
  'hostNetwork',
  'initContainers',
  'securityContext',
  'serviceAccountName',
  'volumes',
];

/** The pod, or the settings of a pod or a container, that a mapping with `properties` is. */
function placeOf(
  {required}: JsonMap,
  properties: JsonMap,
  path: Steps,
  holder: JsonMap | undefined,
): PodPlace | undefined {
  const has = (name: string) => Object.hasOwn(properties, name);
  const defined = {isDefined: true} as const;
  if (isContainerList(properties['containers'])) {
    const isWhole = asList(required).includes('containers') && fieldsOfPod.every(has);
    if (!isWhole) return {path, form: 'settings', isBare: true, ...defined};
    const isInTemplate = path.at(-1) === 'spec' && holder !== undefined && 'metadata' in holder;
    if (isInTemplate) return {path: path.slice(0, -1), form: 'template', ...defined};
    return {path, form: 'template', isBare: true, ...defined};
  }
  const context = asMap(valueAt(properties['securityContext'], ['properties'])) ?? {};
  const inContext = (name: string) => Object.hasOwn(context, name);
  if (ofContainers.some(inContext)) {
    return {path, form: 'settings', isBare: true, containers: [[]], ...defined};
  }
  const isOfPod = ofPods.some(inContext) || hostFields.some(name => isFlag(properties[name]));
  return isOfPod ? {path, form: 'settings', isBare: true, containers: [], ...defined} : undefined;
}

/** Fields that only the security context of a container has. */
const ofContainers = [
  'allowPrivilegeEscalation',
  'capabilities',
  'privileged',
  'readOnlyRootFilesystem',
];
const ofPods = ['fsGroup', 'runAsNonRoot', 'runAsUser', 'supplementalGroups', 'sysctls'];
const hostFields = ['hostIPC', 'hostNetwork', 'hostPID'];

const isFlag = (schema: Json | undefined): boolean => asMap(schema)?.['type'] === 'boolean';

function isContainerList(schema: Json | undefined): boolean {
  const item = asMap(valueAt(schema, ['items', 'properties'])) ?? {};
  return ['image', 'name', 'securityContext'].every(name => Object.hasOwn(item, name));
}
