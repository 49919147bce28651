import {asList, asMap, asString, type Json, type JsonMap, textOf} from '../../json.ts';
import type {Workload} from '../../kubernetes/workload.ts';
import {namespaceNameLabel} from '../needs/outside.ts';

/** The node that stands for every client, or for every destination. */
export const everywhere = 'anywhere';

/** The node that stands for every pod. */
export const everyPod = 'any pod of the cluster';

/** Whether a node is a range of addresses. */
export const isRange = (node: string): boolean => /^[\d.:a-f]+\/\d/.test(node);

/** The name of a workload in a graph: `Deployment/web`, or `Deployment/shop/web`. */
export const nodeOf = ({resource: {kind, namespace, name}}: Workload): string =>
  [kind, ...(namespace === undefined ? [] : [namespace]), name].join('/');

/** The name of the pods that two selectors match in a graph. */
export function podsText(
  podSelector: Json | undefined,
  namespaceSelector: Json | undefined,
): string {
  const pods = selectorText(podSelector);
  const who = pods === '' ? 'any pod' : `pods ${pods}`;
  if (namespaceSelector === undefined) return `${who} of the namespace`;
  const namespaces = selectorText(namespaceSelector);
  return namespaces === '' ? `${who} of the cluster` : `${who} of namespaces ${namespaces}`;
}

/** The only namespace that a selector can match; undefined if there may be several. */
export function namespaceOf({matchLabels, matchExpressions}: JsonMap): string | undefined {
  const label = asString(asMap(matchLabels)?.[namespaceNameLabel]);
  if (label !== undefined) return label;
  for (const item of asList(matchExpressions)) {
    const {key, operator, values} = asMap(item) ?? {};
    const [name, ...others] = asList(values);
    if (key === namespaceNameLabel && operator === 'In' && others.length === 0) {
      return asString(name);
    }
  }
  return undefined;
}

/** Whether a selector selects everything, like a missing one. */
export const isEmptySelector = (selector: JsonMap | undefined): boolean =>
  selectorText(selector) === '';

/** A selector in kubectl notation: `app=web,tier in (a,b),!old`. */
function selectorText(selector: Json | undefined): string {
  const map = asMap(selector);
  const labels = Object.entries(asMap(map?.['matchLabels']) ?? {});
  return [
    ...labels.map(([key, value]) => `${key}=${textOf(value)}`),
    ...asList(map?.['matchExpressions']).map(item => expressionText(asMap(item) ?? {})),
  ].join(',');
}

function expressionText({key, operator, values}: JsonMap): string {
  const list = `(${asList(values).map(textOf).join(',')})`;
  if (operator === 'Exists') return textOf(key);
  if (operator === 'DoesNotExist') return `!${textOf(key)}`;
  return `${textOf(key)} ${operator === 'In' ? 'in' : 'notin'} ${list}`;
}
