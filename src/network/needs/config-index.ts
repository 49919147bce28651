import {asMap, asString, valueAt} from '../../json.ts';
import {NameIndex} from '../../kubernetes/name-index.ts';
import type {Resource} from '../../kubernetes/resource.ts';
import type {StreamIndex} from '../../kubernetes/stream-index.ts';
import {memoized} from '../../memoized.ts';
import type {ConfigName, ConfigValues} from './pod-env.ts';
import {configTextsOf} from './pod-texts.ts';
import {portsByStem} from './setting-names.ts';

/** The ConfigMaps and Secrets of a stream, by name and by label. */
export class ConfigIndex {
  readonly #byName = new NameIndex<Resource>();
  readonly #byLabel = new NameIndex<Resource>();

  constructor(stream: StreamIndex) {
    for (const resource of [...stream.ofKind('ConfigMap'), ...stream.ofKind('Secret')]) {
      const {kind, namespace, value} = resource;
      this.#byName.addResource(resource, resource, `${kind}/`);
      const labels = asMap(valueAt(value, ['metadata', 'labels'])) ?? {};
      for (const [key, label] of Object.entries(labels)) {
        this.#byLabel.add(`${kind}/${key}`, namespace, resource);
        this.#byLabel.add(`${kind}/${key}=${asString(label) ?? ''}`, namespace, resource);
      }
    }
  }

  find({kind, name}: ConfigName, namespace: string | undefined): readonly Resource[] {
    return this.#byName.find(`${kind}/${name}`, namespace);
  }

  labelled({kind, key, value, namespace}: ConfigQuery): readonly Resource[] {
    return this.#byLabel.find(`${kind}/${key}${value === undefined ? '' : `=${value}`}`, namespace);
  }

  /** What a pod in `namespace` can read. */
  seenFrom(namespace: string | undefined): ConfigValues {
    return {
      text: (config, key) => {
        for (const each of this.find(config, namespace)) {
          const text = textsOf(each).get(key);
          if (text !== undefined) return text;
        }
        return undefined;
      },
      ports: config => {
        const [first] = this.find(config, namespace);
        return first === undefined ? new Map() : portsOf(first);
      },
    };
  }
}

/** Which ConfigMaps or Secrets: those with a label, in one namespace or in all. */
export interface ConfigQuery {
  readonly kind: ConfigName['kind'];
  readonly key: string;
  /** Without it, any value. */
  readonly value?: string;
  readonly namespace?: string;
}

const textsOf = memoized(
  (resource: Resource): ReadonlyMap<string, string> =>
    new Map([...configTextsOf(resource)].map(({key, text}) => [key, text])),
);
const portsOf = memoized((resource: Resource) => portsByStem(textsOf(resource)));
