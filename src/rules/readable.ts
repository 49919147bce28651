import {isDeepStrictEqual} from 'node:util';
import {asMap, isList, type Json, type Path, textOf, valueAt} from '../json.ts';
import {laterDuplicatesIn} from '../kubernetes/duplicates.ts';
import {allowAnnotation, ownMarksOf, reasonAnnotation} from '../kubernetes/own-marks.ts';
import {type Container, podSpecsOf} from '../kubernetes/pod-spec.ts';
import {obstaclesIn} from '../kubernetes/pod-templates.ts';
import {rangeFaultsOf} from '../kubernetes/policy-ranges.ts';
import type {Resource} from '../kubernetes/resource.ts';
import {type FieldFault, faultsIn} from '../kubernetes/schema/faults.ts';
import {knownKind, type MistakenKind, mistakenKind} from '../kubernetes/schema/kinds.ts';
import {meantBy} from '../kubernetes/schema/meant.ts';
import {typeNamed} from '../kubernetes/schema/types.ts';
import {whyAnnotationFails} from '../policy/annotations.ts';
import type {Rule, Violation} from './rule.ts';

/**
 * Restricted, in Kubernetes' own kinds: values of a type that the API server refuses (`hostNetwork:
 * "true"`, `replicas: "2"`, a `spec` that is a list), and keys that are no field in any version of
 * Kubernetes from v1.16 on, which it ignores (`hostport`; `privileged` outside of the `securityContext`
 * of a container). In pods of custom resources: the same values, and keys that differ from a field
 * only in case. Anywhere: a kind of Kubernetes that is misspelt or in a group that has none such;
 * ranges of a NetworkPolicy that the API server refuses; duplicate keys, and merge keys that override
 * earlier keys, on which YAML parsers differ; objects that occur twice in a text, and objects with
 * `items` that are not lists. Existing annotations of kube-harden are noted.
 */
export const readable: Rule = {
  id: 'readable',
  title: 'Manifests must be unambiguous',
  severity: 'medium',
  remedy:
    'Correct the field so that the API server accepts it and every parser reads it the same way.',
  rationale:
    'Where parsers differ, a reviewer or scanner sees one manifest and the cluster runs another, which can hide an unsafe setting.',
  references: {},
  kinds: 'all',
  *checkResource(resource, {policy, ambiguities}) {
    for (const {kind, path} of ambiguities.of(resource)) {
      const what = kind === 'duplicate-key' ? 'occurs twice' : 'is overridden by a merge key';
      const message = `\`${String(path.at(-1))}\` ${what}: YAML parsers disagree about its value`;
      yield {path, message};
    }
    const mistaken = mistakenKind(resource);
    if (mistaken !== undefined) yield noSuchKind(resource, mistaken);
    const {value} = resource;
    const faults = objectFaultsOf(resource);
    const containers =
      faults.length === 0 ? [] : podSpecsOf(resource).flatMap(pod => pod.containers);
    for (const fault of faults) yield toViolation(resource, fault, containers);
    if (isList(value['items'])) yield {path: ['items'], message: notOnlyAList};
    else if ((value['items'] ?? null) !== null) {
      yield toViolation(resource, {path: ['items'], expected: 'a list'});
    }
    for (const obstacle of obstaclesIn(resource, policy.workloads)) {
      if (faults.some(({path}) => isDeepStrictEqual(path, obstacle.path))) continue;
      yield toViolation(resource, obstacle);
    }
    for (const {path, expected} of rangeFaultsOf(resource)) {
      yield toViolation(resource, {path, expected});
    }
  },
  *checkStream({resources}, {stream: {resources: read}, policy: {trustAnnotations}}) {
    for (const [index, resource] of resources.entries()) {
      const marks = ownMarksOf(read[index] ?? resource);
      const asked = marks.find(path => path.at(-1) === allowAnnotation);
      const [path] = marks.filter(each => !exceptionMarks.has(String(each.at(-1))));
      if (path !== undefined) yield {resource, path, message: claim, isNote: true};
      const why = asked === undefined ? undefined : whyAnnotationFails(resource, trustAnnotations);
      if (asked === undefined || why === undefined) continue;
      const message = `\`${allowAnnotation}\` does not count, or not for all rules: ${why}`;
      yield {resource, path: asked, message, isNote: true};
    }
    for (const {resource, isInOneText} of laterDuplicatesIn(resources)) {
      const found = {resource, path: ['metadata', 'name']};
      if (isInOneText) yield {...found, message: duplicate};
      else yield {...found, message: duplicateInAnother, isNote: true};
    }
  },
  *checkPod(pod) {
    const {resource, value, metadata, metadataPath, path, form} = pod;
    if (form === 'settings' || knownKind(resource) !== undefined) return;
    const {initContainers: _, containers: __, ephemeralContainers: ___, ...rest} = value;
    const faults = placed(faultsIn(rest, typeNamed('PodSpec'), 'some'), path);
    for (const fault of faults) yield toViolation(resource, fault);
    if (metadata === undefined || metadataPath.length < 2) return;
    for (const fault of placed(faultsIn(metadata, typeNamed('ObjectMeta'), 'some'), metadataPath)) {
      yield toViolation(resource, fault);
    }
  },
  *checkContainer({name, value, path}, {resource, form}) {
    if (form === 'settings' || knownKind(resource) !== undefined) return;
    for (const fault of placed(faultsIn(value, typeNamed('Container'), 'some'), path)) {
      yield {...toViolation(resource, fault), container: name};
    }
  },
};

/** What the API server refuses or ignores in an object: in a custom resource only in its metadata. */
function objectFaultsOf(resource: Resource): readonly FieldFault[] {
  const {value} = resource;
  const known = knownKind(resource);
  if (known !== undefined) {
    const {items: _, ...fields} = value;
    return faultsIn(fields, known.type, known.isExact ? 'all' : 'some');
  }
  const metadata = asMap(value['metadata']);
  if (metadata === undefined) return [];
  return placed(faultsIn(metadata, typeNamed('ObjectMeta'), 'some'), ['metadata']);
}

const placed = (faults: readonly FieldFault[], at: Path): readonly FieldFault[] =>
  faults.length === 0
    ? faults
    : faults.map(({path, around, ...fault}) => ({
        ...fault,
        path: [...at, ...path],
        ...(around === undefined
          ? {}
          : {around: around.map(each => ({...each, path: [...at, ...each.path]}))}),
      }));

const exceptionMarks: ReadonlySet<string> = new Set([allowAnnotation, reasonAnnotation]);

const claim =
  'already has a `kube-harden.io/` annotation or label, from an earlier run or from its author: it proves nothing, and is ignored';

const duplicate =
  'an object of this kind and name appears earlier in the stream: kubectl replaces it with this one, and Helm either fails or picks one unpredictably';
const duplicateInAnother =
  'an object of this kind and name is already in another file: if both are applied, this one replaces it; if the folders are for different clusters, audit them one by one';
const notOnlyAList =
  'the object has a list of `items`, but its kind is not a list: kubectl and Helm apply only the items, other tools the object itself';

function noSuchKind({apiVersion, kind}: Resource, {field, meant}: MistakenKind): Violation {
  const message = `Kubernetes has no kind \`${kind}\` in \`${apiVersion}\`: did you mean \`${meant}\`?`;
  return {path: [field], message};
}

function toViolation(
  resource: Resource,
  fault: FieldFault,
  containers: readonly Container[] = [],
): Violation {
  const {path, expected} = fault;
  const value = valueAt(resource.value, path);
  const container = containers.find(each => each.path.every((step, at) => step === path[at]));
  return {
    path,
    message: expected === undefined ? noField(fault, value) : wrongType(resource, path, expected),
    ...(container === undefined ? {} : {container: container.name}),
  };
}

function noField(fault: FieldFault, value: Json | undefined): string {
  const field = shortened(fieldAt(fault.path));
  const meant = meantBy(fault, value);
  const is = `\`${field}\` is not a field`;
  if (meant === undefined) return `${is} here, and is ignored or refused`;
  if ('field' in meant) return `${is}, and is ignored: did you mean \`${meant.field}\`?`;
  const place = meant.place === '' ? 'the object itself' : `\`${meant.place}\``;
  return `${is} here, and is ignored: it belongs to ${place}`;
}

function wrongType(resource: Resource, path: Path, expected: string): string {
  const value = valueAt(resource.value, path) ?? null;
  const isSecret = resource.kind === 'Secret' && path.length > 1;
  const found = isSecret ? `this ${typeof value}` : shortened(JSON.stringify(value));
  return `\`${shortened(fieldAt(path))}\` must be ${expected}, not ${found}: the API server refuses it`;
}

const fieldAt = (path: Path): string =>
  textOf(path.findLast(step => typeof step === 'string') ?? '');

const shortened = (text: string): string =>
  text.length > longestShown ? `${text.slice(0, longestShown)}…` : text;

const longestShown = 40;
