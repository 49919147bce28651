import {
  asList,
  asString,
  childrenOf,
  isList,
  isMap,
  type Json,
  type JsonList,
  type JsonMap,
  type Path,
  textOf,
  valueAt,
} from '../json.ts';
import {createdBy, type Part} from './created-objects.ts';
import {isDnsLabel} from './names.ts';
import type {PodPlaces} from './pod-places.ts';
import {podSpecAt} from './pod-spec.ts';
import {podTemplatesOf} from './pod-templates.ts';
import type {Resource} from './resource.ts';
import {isCustom, isPolicy} from './unknown-kinds.ts';
import {
  isContainer,
  isNamedContainer,
  type UnsafeSetting,
  unsafeSettingAt,
} from './unsafe-setting.ts';
import {WorkLimit} from './work-limit.ts';

/** What looks like a pod spec or a container, in a place that nobody declared. */
export interface UnknownPod {
  /** The pod spec, the container, or the text that contains it. */
  readonly path: Path;
  /** How `workloads` in the policy describes it. */
  readonly place: string;
  /** A policy cannot declare a single `container`, nor a text of manifests or an expression. */
  readonly holds: 'template' | 'spec' | 'container' | 'manifests' | 'expression';
}

/** An unsafe setting of a pod or a container, in a place that nobody declared. */
interface UnknownSetting extends UnsafeSetting {
  /** From the root of the object. */
  readonly path: Path;
  /** For a setting in a text: its path in the patch or the manifest. */
  readonly inText?: {readonly path: Path; readonly is: 'patch' | 'manifest'};
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
 * `more`; in a policy, only in the objects that it creates. A mapping with a list of `containers`
 * counts as a pod if the items have names and something to run. So patterns of policies and metrics
 * do not count.
 */
export function unknownPodsIn(
  resource: Resource,
  readText: ReadText,
  more?: PodPlaces,
): UnknownPods {
  if (!isCustom(resource)) return nothing;
  const search = new Search(knownPodsIn(resource, more), readText);
  for (const part of partsOf(resource)) search.part(part);
  return {pods: [...search.pods.values()], settings: search.settings};
}

const nothing: UnknownPods = {pods: [], settings: []};

/** The parts of a custom resource that describe what will exist. */
function* partsOf(resource: Resource): Generator<Part> {
  if (isPolicy(resource)) yield* createdBy(resource, resource.value);
  else {
    for (const [key, value] of Object.entries(resource.value)) {
      if (key !== 'metadata' && key !== 'status') yield {path: [key], value, is: 'value'};
    }
  }
}

/**
 * The pods and containers of `resource` that rules check, each with the keys that they check in it: undefined if they
 * check all of it. A schema may claim a pod where there is more than that: only what rules read there is checked.
 */
function knownPodsIn(
  resource: Resource,
  more: PodPlaces | undefined,
): ReadonlyMap<Json, ReadonlySet<string> | undefined> {
  const known = new Map<Json, ReadonlySet<string> | undefined>();
  for (const place of podTemplatesOf(resource, more)) {
    const pod = podSpecAt(resource, place);
    if (pod === undefined) continue;
    const isDefined = place.place.isDefined === true;
    if (isDefined) for (const {value} of pod.containers) known.set(value, keysOfContainer);
    const isBoth = known.has(pod.value);
    known.set(pod.value, isDefined ? (isBoth ? keysOfBoth : keysOfPod) : undefined);
  }
  return known;
}

const keysOfPod: ReadonlySet<string> = new Set([
  'hostIPC',
  'hostNetwork',
  'hostPID',
  'securityContext',
  'volumes',
]);
const keysOfContainer: ReadonlySet<string> = new Set(['ports', 'securityContext']);
const keysOfBoth: ReadonlySet<string> = new Set([...keysOfPod, ...keysOfContainer]);

/** Only the chart decides what its values mean, and a schema runs nothing. */
const opaqueKeys: ReadonlySet<string> = new Set([
  'helmValues',
  'openAPIV3Schema',
  'valuesInline',
  'valuesObject',
]);

/** Whether a field of that name holds what only a chart gives a meaning. */
export const isOfChart = (name: string): boolean => name === 'values' || opaqueKeys.has(name);

/** Whether no operator reads `key` of `holder` as a pod. */
const isOpaque = (key: string, holder: JsonMap, parent: string): boolean =>
  opaqueKeys.has(key) ||
  (key === 'values' && (parent === 'helm' || chartKeys.some(each => Object.hasOwn(holder, each))));

const chartKeys = ['chart', 'chartName', 'chartRef'];

/** An API server takes at most 3 MiB for an object. */
const mostText = 4_000_000;
const tooMuchText =
  'a custom resource contains more than 4,000,000 characters of text, which no API server accepts: repeat less of it with aliases';

class Search {
  readonly pods = new Map<string, UnknownPod>();
  readonly settings: UnknownSetting[] = [];
  readonly #known: ReadonlyMap<Json, ReadonlySet<string> | undefined>;
  readonly #readText: ReadText;
  /** The current path of the search, copied only when something is found. */
  readonly #path: (string | number)[] = [];
  /** The containers of pods that have been found. */
  readonly #containers = new Set<Json>();
  /** The string that is being searched, and its path. */
  #text: {readonly path: Path; readonly is: 'patch' | 'manifest'} | undefined;
  /** Aliases may repeat a long text many times. */
  readonly #length = new WorkLimit(mostText, tooMuchText);
  /** Each text is parsed once. */
  readonly #texts = new Set<string>();

  constructor(known: ReadonlyMap<Json, ReadonlySet<string> | undefined>, readText: ReadText) {
    this.#known = known;
    this.#readText = readText;
  }

  part({path, value, is}: Part): void {
    const key = textOf(path.at(-1));
    this.#path.push(...path);
    if (is === 'manifests') this.#seeText(asString(value) ?? '', 'manifest', true);
    else if (is === 'value' && !isOpaque(key, {}, '')) this.#see(key, value, {}, '', undefined);
    else if (is === 'expression' && looksLikePods(asString(value) ?? '')) this.#add(is, path);
    this.#path.length = 0;
  }

  /** Looks at `value` at `key` of `holder`, which is at the key `parent`. */
  #at(key: string, value: Json, holder: JsonMap, parent: string, container?: string): void {
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
    if (typeof value === 'string') this.#seeString(key, value);
    else if (isList(value)) {
      for (const [index, item] of value.entries()) {
        this.#path.push(index);
        if (isMap(item)) this.#seeMap(key, item, container);
        else if (typeof item === 'string') this.#seeString(key, item);
        this.#path.pop();
      }
    } else if (isMap(value)) this.#seeMap(key, value, container);
  }

  #seeMap(key: string, map: JsonMap, around: string | undefined): void {
    const checked = this.#known.get(map);
    if (this.#known.has(map)) {
      if (checked === undefined) {
        this.#seeTexts(map);
        return;
      }
    } else if (isPodSpec(map)) this.#addPod(map);
    else if (isContainer(map) && !this.#containers.has(map)) this.#addContainer();
    const container = isNamedContainer(map) ? asString(map['name']) : around;
    const setsField = isPatch(map);
    if (setsField) this.#seePatch(map, container);
    for (const [each, child] of Object.entries(map)) {
      if (checked?.has(each) === true) {
        if (isList(child) || isMap(child)) this.#seeTexts(child);
      } else if (!setsField || each !== 'value') this.#at(each, child, map, key, container);
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

  /** Looks only at the texts in a part of the object that rules check. */
  #seeTexts(value: JsonList | JsonMap): void {
    for (const [key, child] of childrenOf(value)) {
      this.#path.push(key);
      if (typeof child === 'string') this.#seeString(textOf(key), child);
      else if (isList(child) || isMap(child)) this.#seeTexts(child);
      this.#path.pop();
    }
  }

  #seeString(key: string, text: string): void {
    this.#length.count(text.length);
    if (key === 'patch') this.#seeText(text, 'patch');
    else if (mayBeManifest(text)) this.#seeText(text, 'manifest');
  }

  /** Looks at the documents of `text`; of a manifest only at objects, unless it `isCreated`. */
  #seeText(text: string, is: 'patch' | 'manifest', isCreated = false): void {
    if (this.#text !== undefined || this.#texts.has(text)) return;
    this.#texts.add(text);
    this.#text = {path: this.#path.splice(0), is};
    for (const document of this.#readText(text)) {
      if (is === 'patch' || isCreated || isObject(document)) {
        this.#see('', document, {}, '', undefined);
      }
    }
    this.#path.push(...this.#text.path);
    this.#text = undefined;
  }

  #addSetting(setting: UnsafeSetting, container: string | undefined): void {
    const path = [...this.#path];
    this.settings.push({
      ...setting,
      ...(this.#text === undefined
        ? {path}
        : {path: this.#text.path, inText: {path, is: this.#text.is}}),
      ...(container === undefined ? {} : {container}),
    });
  }

  #addPod({containers}: JsonMap): void {
    for (const item of asList(containers)) if (isMap(item)) this.#containers.add(item);
    if (this.#text?.is === 'manifest') this.#add('manifests', this.#text.path);
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
    const path = [...(this.#text?.path ?? this.#path)];
    this.pods.set(place, {path, place, holds});
  }
}

/** Whether a text may have the keys of an object, perhaps written with escapes. */
const mayBeManifest = (text: string): boolean =>
  (text.includes('apiVersion') && text.includes('kind')) || /\\[xuU\r\n]/.test(text);

const isObject = (document: Json): boolean =>
  isMap(document) && ['apiVersion', 'kind'].every(key => (asString(document[key]) ?? '') !== '');

/** Whether an expression in CEL has the keys of pods: it returns mappings as CEL writes them. */
const looksLikePods = (expression: string): boolean =>
  /(["'])(?:containers|hostIPC|hostNetwork|hostPath|hostPID|privileged)\1\s*:/.test(expression);

/** Whether `map` sets a field of another object: a `test` or a removal does not. */
const isPatch = ({path, value, op}: JsonMap): boolean =>
  typeof path === 'string' && value !== undefined && op !== 'test' && op !== 'remove';

function isPodSpec({containers}: JsonMap): boolean {
  if (!isList(containers) || containers.length === 0) return false;
  return containers.every(
    item =>
      isMap(item) &&
      isContainerName(asString(item['name']) ?? '') &&
      workFields.some(field => Object.hasOwn(item, field)),
  );
}

/** The name may be filled in when the object is created. */
const isContainerName = (name: string): boolean => isDnsLabel(name) || name.includes('{{');

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
