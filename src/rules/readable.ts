import {isDeepStrictEqual} from 'node:util';
import {isList, type JsonMap, type Path, valueAt} from '../json.ts';
import {laterDuplicatesIn} from '../kubernetes/duplicates.ts';
import {
  containerFields,
  type FieldFault,
  type FieldTypes,
  faultsIn,
  fieldsByKind,
  listFields,
  metadataFields,
  podFields,
} from '../kubernetes/field-types.ts';
import {allowAnnotation, ownMarksOf, reasonAnnotation} from '../kubernetes/own-marks.ts';
import {obstaclesIn} from '../kubernetes/pod-templates.ts';
import {rangeFaultsOf} from '../kubernetes/policy-ranges.ts';
import {whyAnnotationFails} from '../policy/annotations.ts';
import type {Rule, Violation} from './rule.ts';

/**
 * Restricted, in what rules read: values of a type that the API server refuses (`hostNetwork:
 * "true"`, `replicas: "2"`, a `spec` that is a list), ranges of a NetworkPolicy that it refuses,
 * keys that differ from a field only in case, which it ignores (`hostport`), duplicate keys, and
 * merge keys that override earlier keys, on which YAML parsers differ; objects that occur twice in
 * a text, and objects with `items` that are not lists. Existing annotations of kube-harden are
 * noted.
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
    const {value, group, kind} = resource;
    yield* violationsIn(value, metadataFields, []);
    const fields = fieldsByKind.get(`${group}/${kind}`);
    const inFields = fields === undefined ? none : violationsIn(value, fields, []);
    yield* inFields;
    if (Object.hasOwn(value, 'items')) yield* violationsIn(value, listFields, []);
    if (isList(value['items'])) yield {path: ['items'], message: notOnlyAList};
    for (const {path, expected} of obstaclesIn(resource, policy.workloads)) {
      if (inFields.some(({path: told}) => isDeepStrictEqual(told, path))) continue;
      yield toViolation(value, {path, expected, isUnknown: false}, []);
    }
    for (const {path, expected} of rangeFaultsOf(resource)) {
      yield toViolation(value, {path, expected, isUnknown: false}, []);
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
  *checkPod({value, metadata, metadataPath, path, form}) {
    if (form === 'settings') return;
    yield* violationsIn(value, podFields, path);
    if (metadata !== undefined && metadataPath.length > 1) {
      yield* violationsIn({metadata}, metadataFields, metadataPath.slice(0, -1));
    }
  },
  *checkContainer({name, value, path}, {form}) {
    if (form === 'settings') return;
    for (const violation of violationsIn(value, containerFields, path)) {
      yield {...violation, container: name};
    }
  },
};

function violationsIn(value: JsonMap, fields: FieldTypes, at: Path): readonly Violation[] {
  const faults = faultsIn(value, fields);
  return faults.length === 0 ? none : faults.map(fault => toViolation(value, fault, at));
}

const exceptionMarks: ReadonlySet<string> = new Set([allowAnnotation, reasonAnnotation]);

const claim =
  'already has a `kube-harden.io/` annotation or label, from an earlier run or from its author: it proves nothing, and is ignored';

const duplicate =
  'an object of this kind and name appears earlier in the stream: kubectl replaces it with this one, and Helm either fails or picks one unpredictably';
const duplicateInAnother =
  'an object of this kind and name is already in another file: if both are applied, this one replaces it; if the folders are for different clusters, audit them one by one';
const notOnlyAList =
  'the object has a list of `items`, but its kind is not a list: kubectl and Helm apply only the items, other tools the object itself';

const none: readonly Violation[] = [];

function toViolation(value: JsonMap, {path, expected, isUnknown}: FieldFault, at: Path): Violation {
  const field = path.findLast(step => typeof step === 'string') ?? '';
  const found = JSON.stringify(valueAt(value, path) ?? null);
  const shown = found.length > longestShown ? `${found.slice(0, longestShown)}…` : found;
  const message = isUnknown
    ? `\`${field}\` is not a field, and is ignored: did you mean \`${expected}\`?`
    : `\`${field}\` must be ${expected}, not ${shown}: the API server refuses it`;
  return {path: [...at, ...path], message};
}

const longestShown = 40;
