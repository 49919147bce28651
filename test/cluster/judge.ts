import type {JsonMap} from '../../src/json.ts';
import type {ApiClient, Response} from './api-client.ts';
import {until} from './control-plane.ts';

/** The Pod Security level that a namespace enforces and warns of. */
export type NamespaceLevel = 'privileged' | 'baseline' | 'restricted';

export interface Judgement {
  /**
   * `admitted`: accepted, pods and all. `violating`: the level refuses the pod, or the pods that
   * the workload would make. `refused`: invalid at any level. `unserved`: of a kind that the
   * server does not know.
   */
  readonly verdict: 'admitted' | 'violating' | 'refused' | 'unserved';
  /** The message of the server; empty if it is admitted. */
  readonly reason: string;
  /** The errors of strict field validation. */
  readonly fields: readonly string[];
}

interface ServedKind {
  readonly path: string;
  readonly namespaced: boolean;
}

interface ResourceList {
  readonly resources: readonly {
    readonly name: string;
    readonly kind: string;
    readonly namespaced: boolean;
  }[];
}

/** Asks a real API server, with a dry run, about an object. Each question is asked once. */
export class Judge {
  readonly #api: ApiClient;
  readonly #served = new Map<string, Promise<ReadonlyMap<string, ServedKind>>>();
  readonly #answers = new Map<string, Promise<Judgement>>();

  private constructor(api: ApiClient) {
    this.#api = api;
  }

  /** Creates a judge with a namespace for each level, once the server enforces it. */
  static async in(api: ApiClient): Promise<Judge> {
    const judge = new Judge(api);
    for (const level of ['privileged', 'baseline', 'restricted'] as const) {
      await createNamespace(api, level, level);
      const expected = level === 'privileged' ? 'admitted' : 'violating';
      await until(`namespace ${level}`, async () => {
        const {verdict, reason} = await judge.#ask(privilegedPod, level);
        if (verdict !== expected) throw new Error(reason);
      });
    }
    return judge;
  }

  /** Creates the custom resource definitions among `objects`; those it already has stay. */
  async install(objects: readonly JsonMap[]): Promise<void> {
    const definitions = objects.filter(isDefinition);
    for (const definition of definitions) {
      await this.#api.request('POST', definitionsPath, definition);
    }
    await until('custom resource definitions', async () => {
      const {items} = await this.#api.demand<{items: readonly Definition[]}>(
        'GET',
        definitionsPath,
      );
      if (!items.every(isDecided)) throw new Error('some are not decided');
    });
    this.#served.clear();
  }

  /**
   * The answer of the server for `object` in a namespace of that level, whatever namespace it sets.
   */
  judge(object: JsonMap, level: NamespaceLevel): Promise<Judgement> {
    const key = `${level} ${JSON.stringify(object)}`;
    const known = this.#answers.get(key) ?? this.#ask(object, level);
    this.#answers.set(key, known);
    return known;
  }

  async #ask(object: JsonMap, level: NamespaceLevel): Promise<Judgement> {
    const {apiVersion, kind} = object;
    const served = (await this.#kindsOf(String(apiVersion))).get(String(kind));
    if (served === undefined) {
      return {verdict: 'unserved', reason: `${apiVersion} ${kind}`, fields: []};
    }
    const metadata = {...(object['metadata'] as JsonMap | undefined)};
    delete metadata['namespace'];
    const place = served.namespaced ? `namespaces/${level}/` : '';
    const path = served.path.replace('{place}', place);
    const query = '?dryRun=All&fieldValidation=Warn';
    return toJudgement(await this.#api.request('POST', `${path}${query}`, {...object, metadata}));
  }

  #kindsOf(apiVersion: string): Promise<ReadonlyMap<string, ServedKind>> {
    const known = this.#served.get(apiVersion) ?? this.#discover(apiVersion);
    this.#served.set(apiVersion, known);
    return known;
  }

  async #discover(apiVersion: string): Promise<ReadonlyMap<string, ServedKind>> {
    const root = apiVersion.includes('/') ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
    const {status, body} = await this.#api.request('GET', root);
    if (status !== 200) return new Map();
    const {resources} = body as ResourceList;
    return new Map(
      resources
        .filter(({name}) => !name.includes('/'))
        .map(({kind, name, namespaced}) => [kind, {path: `${root}/{place}${name}`, namespaced}]),
    );
  }
}

const privilegedPod = {
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: {name: 'privileged'},
  spec: {containers: [{name: 'app', image: 'app', securityContext: {privileged: true}}]},
};

/** Creates a namespace that enforces `level` of the Pod Security Standards and warns of it. */
export async function createNamespace(
  api: ApiClient,
  name: string,
  level: NamespaceLevel,
): Promise<void> {
  const labels = {
    'pod-security.kubernetes.io/enforce': level,
    'pod-security.kubernetes.io/warn': level,
  };
  const namespace = {apiVersion: 'v1', kind: 'Namespace', metadata: {name, labels}};
  await api.demand('POST', '/api/v1/namespaces', namespace);
}

const definitionsPath = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';

export const isDefinition = ({kind}: JsonMap): boolean => kind === 'CustomResourceDefinition';

interface Definition {
  readonly status?: {
    readonly conditions?: readonly {readonly type: string; readonly status: string}[];
  };
}

/** Whether it is served, or never will be because its names are taken. */
const isDecided = ({status}: Definition): boolean =>
  status?.conditions?.some(
    condition =>
      (condition.type === 'Established' && condition.status === 'True') ||
      (condition.type === 'NamesAccepted' && condition.status === 'False'),
  ) ?? false;

function toJudgement({status, body, warnings}: Response): Judgement {
  const fields = warnings.filter(text => /^(?:unknown|duplicate) field/.test(text));
  const violation = warnings.find(text => text.startsWith('would violate PodSecurity'));
  if (status < 300) {
    return {
      verdict: violation === undefined ? 'admitted' : 'violating',
      reason: violation ?? '',
      fields,
    };
  }
  const {message = '', reason = ''} = body as {message?: string; reason?: string};
  if (reason === 'AlreadyExists') return {verdict: 'admitted', reason: '', fields};
  const isViolation = / violates PodSecurity /.test(message);
  return {verdict: isViolation ? 'violating' : 'refused', reason: message || `${status}`, fields};
}
