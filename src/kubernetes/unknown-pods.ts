import {
  asList,
  asString,
  isList,
  isMap,
  type Json,
  type JsonMap,
  type Path,
  valueAt,
} from '../json.ts';
import {isDnsLabel} from './names.ts';
import type {PodPlaces} from './pod-places.ts';
import {podTemplatesOf} from './pod-templates.ts';
import type {Resource} from './resource.ts';
import {mayHoldUnknownPods} from './unknown-kinds.ts';
import {
  isContainer,
  isNamedContainer,
  type UnsafeSetting,
  unsafeSettingAt,
} from './unsafe-setting.ts';

/** What looks like a pod spec or a container, in a place that nobody declared. */
export interface UnknownPod {
  /** The pod spec, or the container. */
  readonly path: Path;
  /** How `workloads` in the policy describes it. */
  readonly place: string;
  /** A policy cannot declare a single `container`. */
  readonly holds: 'template' | 'spec' | 'container';
}

/** An unsafe setting of a pod or a container, in a place that nobody declared. */
interface UnknownSetting extends UnsafeSetting {
  /** From the root of the object. */
  readonly path: Path;
  /** For a setting in a patch that is a string: its path in the patch. */
  readonly inText?: Path;
  /** The name of the container around it. */
  readonly container?: string;
}

interface UnknownPods {
  /** Each place once: items of one list are one place. */
  readonly pods: readonly UnknownPod[];
  readonly settings: readonly UnknownSetting[];
}

/** Parses a string as YAML: its documents, or none if it is invalid. */
export type ReadText = (text: string) => readonly Json[];

/**
 * What looks like pods and unsafe settings in a custom resource, outside the known places and
 * `more`. A mapping with a list of `containers` counts as a pod if the items have names and
 * something to run. So patterns of policies and metrics do not count.
 */
export function unknownPodsIn(
  resource: Resource,
  readText: ReadText,
  more?: PodPlaces,
): UnknownPods {
  if (!mayHoldUnknownPods(resource)) return nothing;
  const search = new Search(knownPodsIn(resource, more), readText);
  for (const [key, value] of Object.entries(resource.value)) {
    if (key !== 'metadata' && key !== 'status') search.at(key, value);
  }
  return {pods: [...search.pods.values()], settings: search.settings};
}

const nothing: UnknownPods = {pods: [], settings: []};

/** The pods of `resource` that rules check. */
function knownPodsIn(resource: Resource, more: PodPlaces | undefined): ReadonlySet<Json> {
  const known = new Set<Json>();
  for (const {path, place} of podTemplatesOf(resource, more)) {
    const pod = valueAt(resource.value, place.isBare === true ? path : [...path, 'spec']);
    if (isMap(pod)) known.add(pod);
  }
  return known;
}

/** Only the chart decides what its values mean, and a schema runs nothing. */
const opaqueKeys: ReadonlySet<string> = new Set([
  'helmValues',
  'openAPIV3Schema',
  'valuesInline',
  'valuesObject',
]);

/** Whether no operator reads `key` of `holder` as a pod. */
const isOpaque = (key: string, holder: JsonMap, parent: string): boolean =>
  opaqueKeys.has(key) ||
  (key === 'values' && (parent === 'helm' || chartKeys.some(each => Object.hasOwn(holder, each))));

const chartKeys = ['chart', 'chartName', 'chartRef'];

class Search {
  readonly pods = new Map<string, UnknownPod>();
  readonly settings: UnknownSetting[] = [];
  readonly #known: ReadonlySet<Json>;
  readonly #readText: ReadText;
  /** The current path of the search, copied only when something is found. */
  readonly #path: (string | number)[] = [];
  /** The containers of pods that have been found. */
  readonly #containers = new Set<Json>();
  /** The path of the string that is being parsed. */
  #text: Path | undefined;

  constructor(known: ReadonlySet<Json>, readText: ReadText) {
    this.#known = known;
    this.#readText = readText;
  }

  /** Looks at `value` at `key` of `holder`, which is at the key `parent`. */
  at(key: string, value: Json | undefined, holder: JsonMap = {}, parent = '', container?: string) {
    if (isOpaque(key, holder, parent)) return;
    this.#path.push(key);
    this.#see(key, value, holder, parent, container);
    this.#path.pop();
  }

  #see(
    key: string,
    value: Json | undefined,
    holder: JsonMap,
    parent: string,
    container: string | undefined,
  ): void {
    const setting = unsafeSettingAt(key, value, holder, parent);
    if (setting !== undefined) this.#addSetting(setting, container);
    if (key === 'patch' && typeof value === 'string') this.#seeText(value);
    else if (isList(value)) {
      for (const [index, item] of value.entries()) {
        this.#path.push(index);
        if (isMap(item)) this.#seeMap(key, item, container);
        this.#path.pop();
      }
    } else if (isMap(value)) this.#seeMap(key, value, container);
  }

  #seeMap(key: string, map: JsonMap, around: string | undefined): void {
    if (this.#known.has(map)) return;
    if (isPodSpec(map)) this.#addPod(map);
    else if (isContainer(map) && !this.#containers.has(map)) this.#addContainer();
    const container = isNamedContainer(map) ? asString(map['name']) : around;
    const setsField = isPatch(map);
    if (setsField) this.#seePatch(map, container);
    for (const [each, child] of Object.entries(map)) {
      if (!setsField || each !== 'value') this.at(each, child, map, key, container);
    }
  }

  /**
   * A patch by path, as in JSON Patch and Istio's overlays: it sets the field at the end of the
   * path.
   */
  #seePatch({path, value = null}: JsonMap, container: string | undefined): void {
    const steps = (asString(path) ?? '').split(/[./]/).filter(step => step !== '');
    const isItem = /^(?:-|\d+|\[.*\])$/.test(steps.at(-1) ?? '');
    if (isItem) steps.pop();
    this.#path.push('value');
    const key = steps.at(-1) ?? '';
    if (isItem && isMap(value)) this.#seeMap(key, value, container);
    else this.#see(key, isItem ? [value] : value, {}, steps.at(-2) ?? '', container);
    this.#path.pop();
  }

  #seeText(text: string): void {
    if (this.#text !== undefined) return;
    this.#text = this.#path.splice(0);
    for (const document of this.#readText(text)) this.#see('', document, {}, '', undefined);
    this.#path.push(...this.#text);
    this.#text = undefined;
  }

  #addSetting(setting: UnsafeSetting, container: string | undefined): void {
    const path = [...this.#path];
    this.settings.push({
      ...setting,
      ...(this.#text === undefined ? {path} : {path: this.#text, inText: path}),
      ...(container === undefined ? {} : {container}),
    });
  }

  #addPod({containers}: JsonMap): void {
    for (const item of asList(containers)) if (isMap(item)) this.#containers.add(item);
    if (this.#text !== undefined) return;
    const isTemplate = this.#path.length > 1 && this.#path.at(-1) === 'spec';
    this.#add(isTemplate ? 'template' : 'spec', isTemplate ? this.#path.slice(0, -1) : this.#path);
  }

  #addContainer(): void {
    if (this.#text === undefined) this.#add('container', this.#path);
  }

  #add(holds: UnknownPod['holds'], at: Path): void {
    const place = written(at);
    if (this.pods.has(place)) return;
    this.pods.set(place, {path: [...this.#path], place, holds});
  }
}

/** Whether `map` sets a field of another object: a `test` or a removal does not. */
const isPatch = ({path, value, op}: JsonMap): boolean =>
  typeof path === 'string' && value !== undefined && op !== 'test' && op !== 'remove';

function isPodSpec({containers}: JsonMap): boolean {
  if (!isList(containers) || containers.length === 0) return false;
  return containers.every(
    item =>
      isMap(item) &&
      isDnsLabel(asString(item['name']) ?? '') &&
      workFields.some(field => Object.hasOwn(item, field)),
  );
}

const workFields = ['image', 'command', 'args', 'securityContext'];
/**
 * `path` in the notation of policies; `*` stands for list items, and for keys that cannot be
 * written.
 */
const written = (path: Path): string =>
  path
    .map(step => (typeof step === 'string' && /^[^.[\]*]+$/.test(step) ? `.${step}` : '[*]'))
    .join('')
    .replace(/^\./, '');

/** Argo's kinds with a workflow, and its path. */
const workflows: Readonly<Record<string, Path>> = {
  'argoproj.io/ClusterWorkflowTemplate': ['spec'],
  'argoproj.io/CronWorkflow': ['spec', 'workflowSpec'],
  'argoproj.io/Workflow': ['spec'],
  'argoproj.io/WorkflowTemplate': ['spec'],
};

/** The paths where an Argo workflow, its defaults or one of its templates patches its pods. */
export function podPatchesIn({group, kind, value}: Resource): readonly Path[] {
  const key = `${group}/${kind}`;
  const at = Object.hasOwn(workflows, key) ? workflows[key] : undefined;
  if (at === undefined) return [];
  const templates = [...asList(valueAt(value, [...at, 'templates'])).keys()];
  return [at, [...at, 'templateDefaults'], ...templates.map(index => [...at, 'templates', index])]
    .map(place => [...place, 'podSpecPatch'])
    .filter(path => (asString(valueAt(value, path)) ?? '') !== '');
}
