import {asList, asMap, asString, type Json, type JsonMap, type Path, valueAt} from '../../json.ts';
import type {Container} from '../../kubernetes/pod-spec.ts';
import type {Resource} from '../../kubernetes/resource.ts';
import type {Workload} from '../../kubernetes/workload.ts';
import {expanded} from './expand.ts';
import {
  type ConfigName,
  type Environment,
  type Environments,
  environmentsOf,
  noValues,
} from './pod-env.ts';
import {isProxyBypass} from './proxy-bypass.ts';
import {portBeside as portBesideIn, portIn, portsByStem} from './setting-names.ts';

const emptyMap: JsonMap = {};

/** A text that the containers of a pod get, and its field. */
export interface PodText {
  readonly text: string;
  readonly resource: Resource;
  readonly path: Path;
  /** The name of the variable, key or option whose value it is. */
  readonly setting?: string;
  /** The port next to it, for example in `DB_PORT` next to `DB_HOST`. */
  readonly portBeside?: number;
}

/** A ConfigMap or Secret that a pod reads, completely or only some keys. */
export interface ConfigUse extends ConfigName {
  readonly keys?: ReadonlySet<string>;
  /** The variable that gets the text of the only key. */
  readonly variable?: string;
  /** A port among the variables that stands apart from the host in that one. */
  readonly portBeside?: number;
}

/**
 * The texts in the pod itself: `command`, `args`, the plain values of `env`, and annotations that
 * they refer to, with the references to variables in them replaced as far as `environments` has
 * them.
 */
export function* ownTextsOf(
  workload: Workload,
  environments: Environments = environmentsOf(workload, noValues),
): Iterable<PodText> {
  const {resource} = workload;
  for (const [container, {plain, textOf, portBeside}] of environments) {
    yield* argumentsOf(container, resource, textOf);
    for (const {name, text, path} of plain) {
      if (isProxyBypass(name)) continue;
      const port = portBeside(name);
      const place = {text, resource, path, setting: name};
      yield port === undefined ? place : {...place, portBeside: port};
    }
  }
}

function* argumentsOf(
  {value, path}: Container,
  resource: Resource,
  textOf: Environment['textOf'],
): Iterable<PodText> {
  for (const field of ['command', 'args']) {
    const items = asList(value[field]).map(item => {
      const text = asString(item);
      return text === undefined ? undefined : expanded(text, textOf);
    });
    const ports = portsByStem(optionsIn(items));
    for (const [index, text] of items.entries()) {
      const before = items[index - 1] ?? '';
      if (text === undefined || isProxyBypass(before)) continue;
      const option = /^(-[\w.-]+)=/.exec(text)?.[1] ?? (isOption(before) ? before : undefined);
      const port = portIn(items[index + 1]) ?? (option && portBesideIn(option, ports));
      yield {
        text,
        resource,
        path: [...path, field, index],
        ...(option === undefined ? {} : {setting: option}),
        ...(typeof port === 'number' ? {portBeside: port} : {}),
      };
    }
  }
}

const isOption = (text: string): boolean => /^-[\w.-]+$/.test(text);

/** The options with their values, in one item or in two. */
function* optionsIn(
  items: readonly (string | undefined)[],
): Iterable<readonly [option: string, value: string]> {
  for (const [index, text = ''] of items.entries()) {
    const [, option, value] = /^(-[\w.-]+)=(.*)$/.exec(text) ?? [];
    if (option !== undefined && value !== undefined) yield [option, value];
    else if (isOption(text)) yield [text, items[index + 1] ?? ''];
  }
}

/** The ConfigMaps and Secrets that the pod mounts, or imports into its environment. */
export function* configsOf(workload: Workload, environments: Environments): Iterable<ConfigUse> {
  const {pod} = workload;
  for (const [{value}, {portBeside}] of environments) {
    for (const item of asList(value['envFrom'])) {
      yield* configUse('ConfigMap', valueAt(item, ['configMapRef']));
      yield* configUse('Secret', valueAt(item, ['secretRef']));
    }
    for (const item of asList(value['env'])) {
      const variable = asString(asMap(item)?.['name']) ?? '';
      if (isProxyBypass(variable)) continue;
      const port = portBeside(variable);
      const more = {variable, ...(port === undefined ? {} : {portBeside: port})};
      yield* configUse('ConfigMap', valueAt(item, ['valueFrom', 'configMapKeyRef']), more);
      yield* configUse('Secret', valueAt(item, ['valueFrom', 'secretKeyRef']), more);
    }
  }
  const parts = mountedParts(workload);
  for (const volume of asList(pod.value['volumes'])) {
    const mounted = parts.get(asString(asMap(volume)?.['name']) ?? '');
    for (const source of [volume, ...asList(valueAt(volume, ['projected', 'sources']))]) {
      yield* configUse('ConfigMap', valueAt(source, ['configMap']), {}, mounted);
      yield* configUse('Secret', valueAt(source, ['secret']), {}, mounted);
    }
  }
}

/**
 * The files of each volume that containers mount, if they mount only some of them with `subPath`.
 */
function mountedParts({pod}: Workload): ReadonlyMap<string, ReadonlySet<string> | undefined> {
  const parts = new Map<string, Set<string> | undefined>();
  for (const {value} of pod.containers) {
    for (const item of asList(value['volumeMounts'])) {
      const mount = asMap(item) ?? {};
      const name = asString(mount['name']) ?? '';
      const part = (asString(mount['subPath']) ?? '').replace(/\/$/, '');
      const known = parts.has(name) ? parts.get(name) : new Set<string>();
      parts.set(name, part === '' ? undefined : known?.add(part));
    }
  }
  return parts;
}

function* configUse(
  kind: ConfigUse['kind'],
  value: Json | undefined,
  more: Pick<ConfigUse, 'variable' | 'portBeside'> = {},
  mounted?: ReadonlySet<string>,
): Iterable<ConfigUse> {
  const reference = asMap(value);
  const name = asString(reference?.['name']) ?? asString(reference?.['secretName']);
  if (reference === undefined || name === undefined) return;
  const key = asString(reference['key']);
  const items = asList(reference['items']).flatMap(item => {
    const {key: own, path} = asMap(item) ?? emptyMap;
    return typeof own === 'string' ? [{key: own, path: asString(path) ?? own}] : [];
  });
  if (key !== undefined) yield {kind, name, keys: new Set([key]), ...more};
  else if (items.length > 0) {
    const isMounted = ({path}: {readonly path: string}) => isPartOf(path, mounted);
    yield {kind, name, keys: new Set(items.filter(isMounted).map(each => each.key))};
  } else yield {kind, name, ...(mounted === undefined ? {} : {keys: mounted})};
}

/** Whether a file of a volume is mounted, itself or with one of its folders. */
function isPartOf(path: string, mounted: ReadonlySet<string> | undefined): boolean {
  if (mounted === undefined || mounted.has(path)) return true;
  for (let at = path.indexOf('/'); at !== -1; at = path.indexOf('/', at + 1)) {
    if (mounted.has(path.slice(0, at))) return true;
  }
  return false;
}

/** The texts of a ConfigMap or Secret, plain or base64, for one key or all. */
export function* configTextsOf(resource: Resource): Iterable<PodText & {readonly key: string}> {
  const texts: (PodText & {readonly key: string})[] = [];
  for (const field of ['data', 'stringData']) {
    const isEncoded = resource.kind === 'Secret' && field === 'data';
    for (const [key, value] of Object.entries(asMap(resource.value[field]) ?? emptyMap)) {
      const text = asString(value);
      if (text === undefined || isProxyBypass(key)) continue;
      const plain = isEncoded ? Buffer.from(text, 'base64').toString('utf8') : text;
      texts.push({text: plain, resource, path: [field, key], key, setting: key});
    }
  }
  const ports = portsByStem(texts.map(({key, text}) => [key, text]));
  for (const each of texts) {
    const port = portBesideIn(each.key, ports);
    yield port === undefined ? each : {...each, portBeside: port};
  }
}
