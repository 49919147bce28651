import {asList, asMap, asString, type JsonMap, type Path, valueAt} from '../../json.ts';
import type {Direction} from '../isolation.ts';
import {all, type Labels, type LabelTest} from '../known-labels.ts';
import {RangeSet} from '../range-set.ts';
import type {Resource} from '../resource.ts';
import {parseCalicoSelector} from './calico-selector.ts';
import type {PluginOpening, PluginPolicy} from './plugin-policy.ts';

export const calicoKinds = ['NetworkPolicy', 'GlobalNetworkPolicy'];
/** The group that users write, and the one that Calico stores, which some charts also use. */
const groups = ['projectcalico.org', 'crd.projectcalico.org'];

export const isCalico = ({group, kind}: Resource): boolean =>
  groups.includes(group) && calicoKinds.includes(kind);

const selectors = ['selector', 'namespaceSelector', 'serviceAccountSelector'];
const metadataName = 'kubernetes.io/metadata.name';
/** Labels that Calico adds to a pod for its namespace and its service account. */
const namespaceLabel = 'pcns.';
const unknownLabel = /^(?:pcsa\.|projectcalico\.org\/serviceaccount$)/;

/** https://docs.tigera.io/calico/latest/reference/resources/networkpolicy */
export function* calicoPolicies(resource: Resource): Iterable<PluginPolicy> {
  const spec = asMap(resource.value['spec']) ?? {};
  // These apply to node interfaces, before policies of pods.
  if (spec['doNotTrack'] === true || spec['preDNAT'] === true) return;
  const selector = parseCalicoSelector(asString(spec['selector']) ?? '');
  const test = selector?.test ?? unknown;
  const hasAccounts = (spec['serviceAccountSelector'] ?? '') !== '';
  yield {
    resource,
    closes: directionsOf(spec),
    selection: JSON.stringify(selectors.map(field => spec[field] ?? '')),
    finds: {matchExpressions: selector?.demands.filter(isOwn).map(each => ({...each})) ?? []},
    pods: hasAccounts ? labels => all([test(labels), undefined]) : test,
    ...(resource.kind === 'NetworkPolicy' ? {} : {namespaces: namespacesOf(spec)}),
    openings: [...openingsOf(spec)],
  };
}

const unknown: LabelTest = () => undefined;

/** Whether it is a label of the pod itself, which can be used to find it. */
const isOwn = ({key}: {readonly key: string}): boolean =>
  !key.startsWith(namespaceLabel) &&
  !key.startsWith('projectcalico.org/') &&
  !unknownLabel.test(key);

function namespacesOf({namespaceSelector}: JsonMap): LabelTest {
  const text = asString(namespaceSelector) ?? '';
  const test = parseCalicoSelector(text)?.test ?? unknown;
  return labels => test(key => labels(key === 'projectcalico.org/name' ? metadataName : key));
}

/** The labels of a pod for Calico: `own`, and those that it adds for the namespace. */
export const calicoLabels =
  (own: Labels, namespace: Labels): Labels =>
  key => {
    if (key === 'projectcalico.org/orchestrator') return 'k8s';
    if (key === 'projectcalico.org/namespace') return namespace(metadataName);
    if (key === `${namespaceLabel}projectcalico.org/name`) return namespace(metadataName);
    if (key.startsWith(namespaceLabel)) return namespace(key.slice(namespaceLabel.length));
    return unknownLabel.test(key) ? undefined : own(key);
  };

/** The default for `types`: the directions with rules, or ingress if there are no rules. */
function directionsOf(spec: JsonMap): readonly Direction[] {
  const types = asList(spec['types']);
  const has = (direction: Direction) => asList(spec[direction]).length > 0;
  const isOf = (direction: Direction, type: string) =>
    types.length > 0
      ? types.includes(type)
      : has(direction) || (direction === 'ingress' && !has('egress'));
  return [
    ...(isOf('ingress', 'Ingress') ? (['ingress'] as const) : []),
    ...(isOf('egress', 'Egress') ? (['egress'] as const) : []),
  ];
}

/** The fields of a source that only match endpoints in the cluster. */
const endpoints = ['selector', 'namespaceSelector', 'serviceAccounts', 'services'];

function* openingsOf(spec: JsonMap): Iterable<PluginOpening> {
  for (const [index, item] of asList(spec['ingress']).entries()) {
    const rule = asMap(item);
    if (rule?.['action'] !== 'Allow') continue;
    const path: Path = ['spec', 'ingress', index];
    const source = asMap(valueAt(rule, ['source'])) ?? {};
    if (endpoints.some(field => (source[field] ?? '') !== '')) continue;
    const texts = (field: string) => asList(source[field]).map(text => asString(text) ?? '');
    const [nets, without] = [texts('nets'), RangeSet.of(texts('notNets'))];
    if (nets.length === 0 && without.isEmpty) yield {path};
    else {
      const every = nets.length === 0 ? ['0.0.0.0/0', '::/0'] : nets;
      yield {path: [...path, 'source'], ranges: RangeSet.of(every).without(without)};
    }
  }
}
