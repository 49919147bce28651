import {asList, asMap, asString, Dictionary, type Json, type JsonMap} from '../json.ts';
import {isLabelKey, isLabelValue} from './names.ts';

/**
 * Labels as the API server reads them: null is an empty text. One that it refuses, and with it the object, is left
 * out: a selector that named it would be refused as well.
 */
export function labelsIn(value: Json | undefined): JsonMap {
  const labels = new Dictionary();
  for (const [key, each] of Object.entries(asMap(value) ?? {})) {
    const text = each ?? '';
    if (typeof text === 'string' && isLabelKey(key) && isLabelValue(text)) labels[key] = text;
  }
  return labels;
}

/**
 * Whether a LabelSelector (`matchLabels` and `matchExpressions`, all of which must hold) selects
 * `labels`. An empty selector selects everything; one that is no mapping, or that has an operator
 * which Kubernetes does not know, nothing.
 */
export function selectsLabels(selector: Json | undefined, labels: JsonMap | undefined): boolean {
  const map = asMap(selector);
  if (map === undefined) return false;
  const wanted = Object.entries(asMap(map['matchLabels']) ?? {});
  return (
    wanted.every(([key, value]) => labels?.[key] === (value ?? '')) &&
    asList(map['matchExpressions']).every(item => holds(asMap(item), labels))
  );
}

function holds(requirement: JsonMap | undefined, labels: JsonMap | undefined): boolean {
  const key = asString(requirement?.['key']);
  if (requirement === undefined || key === undefined) return false;
  const value = labels?.[key];
  const isListed = value !== undefined && asList(requirement['values']).includes(value);
  switch (requirement['operator']) {
    case 'In':
      return isListed;
    case 'NotIn':
      return !isListed;
    case 'Exists':
      return value !== undefined;
    case 'DoesNotExist':
      return value === undefined;
    default:
      return false;
  }
}
