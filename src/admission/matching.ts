import {asList, asMap, asString, type Json, type JsonMap} from '../json.ts';
import {isClusterScoped} from '../kubernetes/cluster-scoped.ts';
import {labelsIn, requirementsOf} from '../kubernetes/label-selector.ts';
import {unknownNamespace} from './judged.ts';
import type {Judged, Match} from './policy.ts';
import {resourceOf} from './resources.ts';

/**
 * Whether MatchResources of k8s.io/api/admissionregistration/v1 match the creation of an object. Without
 * `resourceRules`, as in a binding, they match what the policy matches.
 */
export function matcherOf(match: JsonMap | undefined): (object: Judged) => Match {
  const {resourceRules, excludeResourceRules, namespaceSelector, objectSelector, matchPolicy} =
    match ?? {};
  const included = asList(resourceRules).map(asMapOrEmpty);
  const excluded = asList(excludeResourceRules).map(asMapOrEmpty);
  return object => {
    if (excluded.some(rule => isOf(rule, object))) return false;
    const labels = labelsIn(asMap(object.resource.value['metadata'])?.['labels']);
    if (!isSelected(objectSelector, labels)) return false;
    const isConverted = (rules: readonly JsonMap[]) =>
      matchPolicy !== 'Exact' && rules.some(rule => isOf(rule, object, anyVersion));
    const isIncluded = included.length === 0 || included.some(rule => isOf(rule, object));
    if (!isIncluded && !isConverted(included)) return false;
    const selected = selectsNamespace(namespaceSelector, object);
    const isSure = isIncluded && !isConverted(excluded);
    return isSure || selected === false ? selected : conversionOf(object);
  };
}

/** A rule for another version matches, too, if the API server serves that: it converts the object. */
const conversionOf = ({resource: {apiVersion}}: Judged): Match => ({
  on: `the versions of its kind: it is written in ${apiVersion}, and the API server may convert it`,
  isConverted: true,
});

const anyVersion = () => true;

const asMapOrEmpty = (value: Json | undefined): JsonMap => asMap(value) ?? {};

function isOf(
  rule: JsonMap,
  {resource}: Judged,
  isVersion = (version: string) => includes(rule['apiVersions'], '*', version),
): boolean {
  const {group, version, name} = resource;
  const plural = resourceOf(resource);
  const scope = asString(rule['scope']) ?? '*';
  const isOfScope =
    scope === '*' ||
    scope === (isClusterScoped(resource.group, resource.kind) ? 'Cluster' : 'Namespaced');
  const names = asList(rule['resourceNames']);
  return (
    isOfScope &&
    includes(rule['apiGroups'], '*', group) &&
    isVersion(version) &&
    includes(rule['operations'], '*', 'CREATE') &&
    includes(rule['resources'], '*', '*/*', plural) &&
    (names.length === 0 || names.includes(name))
  );
}

const includes = (list: Json | undefined, ...wanted: readonly string[]): boolean =>
  asList(list).some(each => typeof each === 'string' && wanted.includes(each));

/** Whether a LabelSelector selects labels; without one, it does. */
function isSelected(selector: Json | undefined, labels: JsonMap): boolean {
  if ((selector ?? null) === null) return true;
  const requirements = requirementsOf(selector);
  return (
    requirements?.every(({key, isWanted, values}) => {
      const isThere = Object.hasOwn(labels, key);
      if (values === undefined) return isThere === isWanted;
      return (isThere && values.has(labels[key])) === isWanted;
    }) ?? false
  );
}

const nameLabel = 'kubernetes.io/metadata.name';

/** Without the Namespace, only its name is known, which is a label of every Namespace. */
function selectsNamespace(selector: Json | undefined, object: Judged): Match {
  const requirements = (selector ?? null) === null ? [] : requirementsOf(selector);
  if (requirements?.length === 0) return true;
  const {resource, namespace, namespaceObject} = object;
  if (resource.group === '' && resource.kind === 'Namespace') {
    return isSelected(selector, labelsOf(resource.value, resource.name));
  }
  // A selector of namespaces does not apply to an object in none.
  if (namespace === '') return true;
  const isNamed = requirements?.every(({key}) => key === nameLabel) ?? true;
  if (namespace === undefined) return {on: unknownNamespace};
  if (namespaceObject === undefined && !isNamed)
    return {on: `the labels of the namespace ${namespace}`};
  return isSelected(selector, labelsOf(namespaceObject?.value, namespace));
}

const labelsOf = (namespace: JsonMap | undefined, name: string): JsonMap => ({
  ...labelsIn(asMap(namespace?.['metadata'])?.['labels']),
  [nameLabel]: name,
});
