import {asList, asMap, asString, type JsonMap, type Path, valueAt} from '../../json.ts';
import type {Container} from '../../kubernetes/pod-spec.ts';
import type {Workload} from '../../kubernetes/workload.ts';
import {expanded} from './expand.ts';
import {hostStem, portsByStem} from './setting-names.ts';

/** The ConfigMaps and Secrets that a pod can read, by kind and name. */
export interface ConfigValues {
  /** The text of one key. */
  text(config: ConfigName, key: string): string | undefined;
  /** The ports among its texts, by what their keys have in common with those of hosts. */
  ports(config: ConfigName): ReadonlyMap<string, number>;
}

export interface ConfigName {
  readonly kind: 'ConfigMap' | 'Secret';
  readonly name: string;
}

const noPorts: ReadonlyMap<string, number> = new Map();
export const noValues: ConfigValues = {text: () => undefined, ports: () => noPorts};

/** A variable of a container whose value is in the pod itself. */
interface PlainVariable {
  readonly name: string;
  readonly text: string;
  readonly path: Path;
}

/** The variables of one container. */
export interface Environment {
  readonly plain: readonly PlainVariable[];
  /** The value of a variable, if that is known. */
  readonly textOf: (name: string) => string | undefined;
  /** The port that stands apart from the host in a variable. */
  readonly portBeside: (name: string) => number | undefined;
}

/** What each container of a pod finds in its environment, as far as the stream shows it. */
export const environmentsOf = (workload: Workload, configs: ConfigValues): Environments =>
  new Map(
    workload.pod.containers.map(each => [each, environmentOf(each, workload, configs)] as const),
  );

export type Environments = ReadonlyMap<Container, Environment>;

function environmentOf(
  container: Container,
  workload: Workload,
  configs: ConfigValues,
): Environment {
  const imports = [...importsOf(container)];
  const values = new Map<string, string>();
  const textOf = (name: string): string | undefined => {
    const own = values.get(name);
    if (own !== undefined) return own;
    for (const {config, prefix} of imports) {
      const isNamed = name.startsWith(prefix);
      const text = isNamed ? configs.text(config, name.slice(prefix.length)) : undefined;
      if (text !== undefined) return text;
    }
    return undefined;
  };
  const plain: PlainVariable[] = [];
  for (const [index, item] of asList(container.value['env']).entries()) {
    const variable = asMap(item) ?? {};
    const name = asString(variable['name']) ?? '';
    const found = valueIn(variable, [...container.path, 'env', index], workload, configs);
    if (found === undefined) continue;
    const text = expanded(found.text, textOf);
    values.set(name, text);
    if (found.path !== undefined) plain.push({name, text, path: found.path});
  }
  const ports = portsByStem(values);
  const portBeside = (name: string): number | undefined => {
    const stem = hostStem(name);
    if (stem === undefined) return undefined;
    const all = [ports, ...imports.map(({config}) => configs.ports(config))];
    return all.find(each => each.has(stem))?.get(stem);
  };
  return {plain, textOf, portBeside};
}

/** A ConfigMap or Secret whose keys are variables of a container, with a prefix. */
interface Import {
  readonly config: ConfigName;
  readonly prefix: string;
}

function* importsOf({value}: Container): Iterable<Import> {
  for (const item of asList(value['envFrom'])) {
    const prefix = asString(asMap(item)?.['prefix']) ?? '';
    for (const [kind, field] of [
      ['ConfigMap', 'configMapRef'],
      ['Secret', 'secretRef'],
    ] as const) {
      const name = asString(valueAt(item, [field, 'name']));
      if (name !== undefined) yield {config: {kind, name}, prefix};
    }
  }
}

/** The text of a variable, with its path if that is in the pod. */
function valueIn(
  variable: JsonMap,
  path: Path,
  {pod}: Workload,
  configs: ConfigValues,
): {readonly text: string; readonly path?: Path} | undefined {
  const value = asString(variable['value']);
  if (value !== undefined) return {text: value, path: [...path, 'value']};
  const from = asMap(variable['valueFrom']);
  const field = asString(valueAt(from, ['fieldRef', 'fieldPath'])) ?? '';
  const annotation = /^metadata\.annotations\['(.+)'\]$/.exec(field)?.[1];
  if (annotation !== undefined) {
    const text = asString(valueAt(pod.metadata, ['annotations', annotation]));
    const place = [...pod.metadataPath, 'annotations', annotation];
    return text === undefined ? undefined : {text, path: place};
  }
  for (const [kind, key] of keySources) {
    const reference = asMap(from?.[key]);
    const [name, wanted] = [asString(reference?.['name']), asString(reference?.['key'])];
    if (name === undefined || wanted === undefined) continue;
    const text = configs.text({kind, name}, wanted);
    if (text !== undefined) return {text};
  }
  return undefined;
}

const keySources = [
  ['ConfigMap', 'configMapKeyRef'],
  ['Secret', 'secretKeyRef'],
] as const;
