import type {Finding} from '../../src/findings/finding.ts';
import {harden} from '../../src/harden.ts';
import type {JsonMap} from '../../src/json.ts';
import type {Resource} from '../../src/kubernetes/resource.ts';
import type {Policy} from '../../src/policy/policy.ts';
import {readStream} from '../../src/stream/manifest-stream.ts';
import {isDefinition, type Judge, type Judgement, type NamespaceLevel} from './judge.ts';

/** An object of a stream, with the answers of the API server before and after hardening. */
export interface JudgedObject {
  /** Group, kind and name. */
  readonly title: string;
  /** Undefined for an object that the hardening added. */
  readonly before?: Judgement;
  readonly after: Judgement;
  /** The rules of the Pod Security Standards with a finding on it that is not fixed. */
  readonly left: readonly string[];
}

/** The objects of `text`, as Kubernetes reads them. */
export const objectsOf = (text: string, name: string): readonly Resource[] =>
  readStream(text, name).resources;

/**
 * Creates the custom resource definitions of all streams: then objects of their kinds can be
 * checked.
 */
export async function installDefinitions(
  judge: Judge,
  streams: readonly {readonly text: string; readonly name: string}[],
): Promise<void> {
  const values = streams.flatMap(({text, name}) => objectsOf(text, name).map(({value}) => value));
  await judge.install(values);
}

/**
 * Checks each object of a stream before and after hardening with `policy`, in a namespace of that
 * level. Definitions are not checked, but installed.
 */
export async function judgeStream(
  judge: Judge,
  {text, name}: {readonly text: string; readonly name: string},
  policy: Policy,
  level: NamespaceLevel,
): Promise<readonly JudgedObject[]> {
  const hardened = harden(text, name, policy);
  const before = new Originals(objectsOf(text, name));
  const judged = objectsOf(hardened.text, name)
    .filter(({value}) => !isDefinition(value))
    .map(async resource => {
      const original = before.take(resource);
      const judgement = original && (await judge.judge(original, level));
      return {
        title: keyOf(resource),
        ...(judgement === undefined ? {} : {before: judgement}),
        after: await judge.judge(resource.value, level),
        left: leftOf(resource, hardened.findings),
      };
    });
  return Promise.all(judged);
}

/** The objects before hardening, each returned once. */
class Originals {
  readonly #byKey = new Map<string, JsonMap[]>();

  constructor(resources: readonly Resource[]) {
    for (const resource of resources) {
      const key = keyOf(resource);
      const same = this.#byKey.get(key) ?? [];
      this.#byKey.set(key, [...same, resource.value]);
    }
  }

  take(resource: Resource): JsonMap | undefined {
    return this.#byKey.get(keyOf(resource))?.shift();
  }
}

const keyOf = ({apiVersion, kind, namespace, name}: Resource): string =>
  [apiVersion, kind, namespace, name].filter(part => part !== undefined).join(' ');

const leftOf = (
  {apiVersion, kind, namespace, name}: Resource,
  findings: readonly Finding[],
): readonly string[] => {
  const left = findings.filter(
    ({status, resource, references}) =>
      status !== 'fixed' &&
      references.podSecurity !== undefined &&
      resource.apiVersion === apiVersion &&
      resource.kind === kind &&
      resource.namespace === namespace &&
      resource.name === name,
  );
  return [...new Set(left.map(({rule}) => rule))].sort();
};
