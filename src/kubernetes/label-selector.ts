import {asList, asMap, asString, Dictionary, type Json, type JsonMap} from '../json.ts';
import {isLabelKey, isLabelValue} from './names.ts';

/**
 * Labels as the API server reads them: null is an empty string. Labels that it refuses, together
 * with the object, are left out: a selector with them would be refused too.
 */
export function labelsIn(value: Json | undefined): JsonMap {
  const labels = new Dictionary();
  for (const [key, each] of Object.entries(asMap(value) ?? {})) {
    const text = each ?? '';
    if (typeof text === 'string' && isLabelKey(key) && isLabelValue(text)) labels[key] = text;
  }
  return labels;
}

/** One requirement of a selector. All must be met. */
export interface Requirement {
  readonly key: string;
  /** Whether the label must be one of these; otherwise it must be none of them. */
  readonly isWanted: boolean;
  /** Absent if only the presence of a value matters. */
  readonly values?: ReadonlySet<Json | undefined>;
}

/**
 * The requirements of a LabelSelector (`matchLabels` and `matchExpressions`). An empty selector
 * requires nothing, and selects everything. Undefined means that it selects nothing: it is not a
 * mapping, or has an unknown operator.
 */
export function requirementsOf(selector: Json | undefined): readonly Requirement[] | undefined {
  const map = asMap(selector);
  if (map === undefined) return undefined;
  const requirements: Requirement[] = [];
  for (const [key, value] of Object.entries(asMap(map['matchLabels']) ?? {})) {
    requirements.push({key, isWanted: true, values: new Set([value ?? ''])});
  }
  for (const item of asList(map['matchExpressions'])) {
    const requirement = requirementOf(asMap(item));
    if (requirement === undefined) return undefined;
    requirements.push(requirement);
  }
  return requirements;
}

function requirementOf(expression: JsonMap | undefined): Requirement | undefined {
  const key = asString(expression?.['key']);
  const operator = expression?.['operator'];
  if (key === undefined) return undefined;
  switch (operator) {
    case 'In':
    case 'NotIn':
      return {key, isWanted: operator === 'In', values: new Set(asList(expression?.['values']))};
    case 'Exists':
    case 'DoesNotExist':
      return {key, isWanted: operator === 'Exists'};
    default:
      return undefined;
  }
}

/** Whether `labels` meet all requirements. */
export const holdOf = (
  requirements: readonly Requirement[],
  labels: JsonMap | undefined,
): boolean =>
  requirements.every(({key, isWanted, values}) => {
    const value = labels?.[key];
    const isListed = value !== undefined && (values === undefined || values.has(value));
    return isListed === isWanted;
  });

/** Whether a LabelSelector selects `labels`: see `requirementsOf`. */
export function selectsLabels(selector: Json | undefined, labels: JsonMap | undefined): boolean {
  const requirements = requirementsOf(selector);
  return requirements !== undefined && holdOf(requirements, labels);
}
