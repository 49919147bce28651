import {asList, asMap, asString, type Json, type JsonMap, type Path, valueAt} from '../../json.ts';
import type {Resource} from '../../kubernetes/resource.ts';
import type {Workload} from '../../kubernetes/workload.ts';
import {isProxyBypass} from './proxy-bypass.ts';

const emptyMap: JsonMap = {};

/** A text that the containers of a pod get, and its field. */
export interface PodText {
  readonly text: string;
  readonly resource: Resource;
  readonly path: Path;
  /** The port next to it, for example in `DB_PORT` next to `DB_HOST`. */
  readonly portBeside?: number;
}

/** A ConfigMap or Secret that a pod reads, completely or only some keys. */
export interface ConfigUse {
  readonly kind: 'ConfigMap' | 'Secret';
  readonly name: string;
  readonly keys?: readonly string[];
}

/** The texts in the pod itself: `command`, `args`, and the plain values of `env`. */
export function* ownTextsOf({resource, pod}: Workload): Iterable<PodText> {
  for (const {value, path} of pod.containers) {
    for (const field of ['command', 'args']) {
      const items = asList(value[field]);
      for (const [index, item] of items.entries()) {
        const text = asString(item);
        const option = asString(items[index - 1]) ?? '';
        if (text === undefined || isProxyBypass(option)) continue;
        yield {text, resource, path: [...path, field, index]};
      }
    }
    const values = envValues(value);
    for (const [index, item] of asList(value['env']).entries()) {
      const text = asString(asMap(item)?.['value']);
      const name = asString(asMap(item)?.['name']) ?? '';
      if (text === undefined || isProxyBypass(name)) continue;
      const port = portBeside(name, values);
      const place = {text, resource, path: [...path, 'env', index, 'value']};
      yield port === undefined ? place : {...place, portBeside: port};
    }
  }
}

const envValues = (container: JsonMap): ReadonlyMap<string, string> =>
  new Map(
    asList(container['env']).flatMap(item => {
      const {name, value} = asMap(item) ?? emptyMap;
      return typeof name === 'string' && typeof value === 'string' ? [[name, value]] : [];
    }),
  );

function portBeside(name: string, values: ReadonlyMap<string, string>): number | undefined {
  if (!name.endsWith('_HOST')) return undefined;
  const port = values.get(name.replace(/_HOST$/, '_PORT')) ?? '';
  return /^\d{1,5}$/.test(port) ? Number(port) : undefined;
}

/** The ConfigMaps and Secrets that the pod mounts, or imports into its environment. */
export function* configsOf({pod}: Workload): Iterable<ConfigUse> {
  for (const {value} of pod.containers) {
    for (const item of asList(value['envFrom'])) {
      yield* configUse('ConfigMap', valueAt(item, ['configMapRef']));
      yield* configUse('Secret', valueAt(item, ['secretRef']));
    }
    for (const item of asList(value['env'])) {
      if (isProxyBypass(asString(asMap(item)?.['name']) ?? '')) continue;
      yield* configUse('ConfigMap', valueAt(item, ['valueFrom', 'configMapKeyRef']));
      yield* configUse('Secret', valueAt(item, ['valueFrom', 'secretKeyRef']));
    }
  }
  for (const volume of asList(pod.value['volumes'])) {
    for (const source of [volume, ...asList(valueAt(volume, ['projected', 'sources']))]) {
      yield* configUse('ConfigMap', valueAt(source, ['configMap']));
      yield* configUse('Secret', valueAt(source, ['secret']));
    }
  }
}

function* configUse(kind: ConfigUse['kind'], value: Json | undefined): Iterable<ConfigUse> {
  const reference = asMap(value);
  const name = asString(reference?.['name']) ?? asString(reference?.['secretName']);
  if (reference === undefined || name === undefined) return;
  const items = asList(reference['items']).map(item => asMap(item)?.['key']);
  const keys = [...items, reference['key']].map(asString).filter(key => key !== undefined);
  yield keys.length === 0 ? {kind, name} : {kind, name, keys};
}

/** The texts of a ConfigMap or Secret, plain or base64, for one key or all. */
export function* configTextsOf(resource: Resource): Iterable<PodText & {readonly key: string}> {
  for (const field of ['data', 'stringData']) {
    const isEncoded = resource.kind === 'Secret' && field === 'data';
    for (const [key, value] of Object.entries(asMap(resource.value[field]) ?? emptyMap)) {
      const text = asString(value);
      if (text === undefined || isProxyBypass(key)) continue;
      const plain = isEncoded ? Buffer.from(text, 'base64').toString('utf8') : text;
      yield {text: plain, resource, path: [field, key], key};
    }
  }
}

/** The index key of a ConfigMap or Secret: `ConfigMap/name`. */
export const configKey = ({kind, name}: {readonly kind: string; readonly name: string}): string =>
  `${kind}/${name}`;
