import {asMap, type JsonMap} from '../../json.ts';
import {memoized} from '../../memoized.ts';
import {
  applyDoubtOf,
  type Direction,
  type Doubt,
  type Isolator,
  presenceFor,
} from '../isolation.ts';
import {all, type Known, type Labels} from '../known-labels.ts';
import type {Rest} from '../label-index.ts';
import {metadataValidity} from '../metadata-validity.ts';
import {textIn} from '../pod-labels.ts';
import type {Resource} from '../resource.ts';
import {settledPart} from '../running-pods.ts';
import type {StreamIndex} from '../stream-index.ts';
import type {Workload} from '../workload.ts';
import {adminKinds, adminPolicies, isAdmin} from './admin.ts';
import {
  calicoKinds,
  calicoLabels,
  calicoPolicies,
  isCalico,
  type PassingTiers,
  passingTiers,
} from './calico.ts';
import {ciliumKinds, ciliumPolicies, isCilium} from './cilium.ts';
import {keyOfKind, kindsDefinedIn} from './definitions.ts';
import type {PluginPolicy} from './plugin-policy.ts';

const kinds = new Set([...ciliumKinds, ...calicoKinds, ...adminKinds]);

/** The policies in the stream that are not NetworkPolicies, and the pods that they select. */
export class PluginPolicies {
  readonly #stream: StreamIndex;
  readonly #policies: readonly PluginPolicy[];
  readonly #defined: ReadonlySet<string>;
  /** The labels of the namespaces in the stream. */
  readonly #namespaces: ReadonlyMap<string, JsonMap>;

  constructor(stream: StreamIndex) {
    this.#stream = stream;
    const tiers = passingTiers(stream.ofKind('Tier'));
    const resources = [...kinds].flatMap(kind => stream.ofKind(kind));
    this.#policies = resources.flatMap(resource => read(resource, tiers));
    this.#defined = this.#policies.length === 0 ? new Set() : kindsDefinedIn(stream);
    this.#namespaces = new Map(
      (this.#policies.length === 0 ? [] : stream.ofKind('Namespace')).map(({name, value}) => [
        name,
        asMap(asMap(value['metadata'])?.['labels']) ?? {},
      ]),
    );
  }

  /** The policies that admit someone, in the order of their kinds. */
  get policies(): readonly PluginPolicy[] {
    return this.#policies;
  }

  /**
   * The workloads that they close, or may close, in `direction`: each with the first policy that
   * certainly does, or otherwise the first.
   */
  isolatedIn(direction: Direction): ReadonlyMap<Workload, Isolator> {
    const isolated = new Map<Workload, Isolator>();
    const seen = new Set<string>();
    const unsure = this.#stream.pods.rest();
    for (const policy of this.#policies) {
      const closure = policy.closes[direction];
      const key = `${closure} ${keyOf(policy)}`;
      if (closure === 'none' || seen.has(key)) continue;
      seen.add(key);
      const ofPart = closure === 'some' ? 'part' : undefined;
      for (const {workload, doubt = ofPart} of this.selectedBy(policy, unsure)) {
        if (doubt === undefined) {
          isolated.set(workload, {policy: policy.resource});
          unsure.drop(workload);
        } else if (!isolated.has(workload)) {
          isolated.set(workload, {policy: policy.resource, doubt});
        }
      }
    }
    return isolated;
  }

  /**
   * The workloads (among `rest` if given) that a policy selects or may select, and that exist at
   * the same time.
   */
  *selectedBy(
    policy: PluginPolicy,
    rest?: Rest<Workload>,
  ): Iterable<{readonly workload: Workload; readonly doubt?: Doubt}> {
    const {resource, finds, namespaces} = policy;
    const validity = validityOf(resource);
    if (validity === 'refused') return;
    const own = namespaces === undefined ? resource.namespace : undefined;
    for (const workload of this.#stream.pods.select(settledPart(finds), own, rest)) {
      if (workload.isHostNetwork) continue;
      const isMeant = this.#means(policy, workload);
      if (isMeant === false) continue;
      const presence = presenceFor(resource, workload.resource);
      if (presence === 'never') continue;
      const doubt =
        (presence === 'surely' ? undefined : presence) ??
        (validity === 'unknown' ? 'unknown field' : applyDoubtOf(resource)) ??
        this.#doubtOf(policy, workload, isMeant);
      yield doubt === undefined ? {workload} : {workload, doubt};
    }
  }

  #doubtOf(
    {resource, namespaces}: PluginPolicy,
    workload: Workload,
    isMeant: Known,
  ): Doubt | undefined {
    if (this.#defined.has(keyOfKind(resource))) return 'definition';
    const isOfNamespace = namespaces === undefined;
    if (isOfNamespace && resource.namespace !== workload.resource.namespace) return 'namespace';
    return isMeant === undefined ? 'selector' : undefined;
  }

  #means({resource, pods, namespaces}: PluginPolicy, workload: Workload): Known {
    const ofPod = this.#stream.pods.labelsOf(workload);
    const ofNamespace = this.#labelsOf(workload.resource.namespace);
    const own = isCalico(resource) ? calicoLabels(ofPod, ofNamespace) : ofPod;
    return all([pods(own), namespaces === undefined ? true : namespaces(ofNamespace)]);
  }

  /** For a namespace that is not in the stream, only the name is known. */
  #labelsOf(namespace: string | undefined): Labels {
    const labels = namespace === undefined ? undefined : this.#namespaces.get(namespace);
    return key => {
      if (key === 'kubernetes.io/metadata.name') return namespace;
      return labels === undefined ? undefined : textIn(labels, key);
    };
  }
}

/** What the API server does with it, as far as its metadata decides. */
const validityOf = memoized(({value}: Resource) => metadataValidity(value['metadata'] ?? null));

/** The selection of a policy, and when it exists. */
const keyOf = ({resource, selection}: PluginPolicy): string => {
  const {group, kind, namespace, value} = resource;
  const annotations = asMap(value['metadata'])?.['annotations'] ?? null;
  const validity = validityOf(resource);
  const doubt = applyDoubtOf(resource) ?? null;
  return JSON.stringify([group, kind, namespace ?? '', selection, annotations, validity, doubt]);
};

function read(resource: Resource, tiers: PassingTiers): readonly PluginPolicy[] {
  if (isCilium(resource)) return [...ciliumPolicies(resource)];
  if (isCalico(resource)) return [...calicoPolicies(resource, tiers)];
  return isAdmin(resource) ? [...adminPolicies(resource)] : [];
}
