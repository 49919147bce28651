import {asMap} from '../json.ts';
import {labelsIn} from '../kubernetes/label-selector.ts';
import type {PodPlaces} from '../kubernetes/pod-places.ts';
import {podSpecsOf} from '../kubernetes/pod-spec.ts';
import type {Resource} from '../kubernetes/resource.ts';
import {templateLabels} from '../kubernetes/workload.ts';
import {memoized} from '../memoized.ts';

/** Matches objects; a missing field matches all. `*` stands for any text. */
export interface Selector {
  readonly kind?: string;
  readonly namespace?: string;
  readonly name?: string;
  /** Labels of the pods in the object; of the object itself, if it has none. All must be there. */
  readonly labels?: Readonly<Record<string, string>>;
}

/** Whether `selector` matches `resource`; `places` are the policy's own places of pods. */
export const selects = (
  selector: Selector,
  resource: Resource,
  places: PodPlaces = noPlaces,
): boolean =>
  matches(selector.kind, resource.kind) &&
  matches(selector.namespace, resource.namespace ?? resource.givenNamespace ?? '') &&
  matches(selector.name, resource.name) &&
  (selector.labels === undefined || haveLabels(selector.labels, resource, places));

const noPlaces: PodPlaces = new Map();

/** Whether all pods of an object have such labels, or the object itself if it has no pods. */
function haveLabels(
  wanted: Readonly<Record<string, string>>,
  resource: Resource,
  places: PodPlaces,
): boolean {
  return labelSetsIn(places)(resource).every(labels =>
    Object.entries(wanted).every(([key, pattern]) => {
      const value = labels[key];
      return typeof value === 'string' && matches(pattern, value);
    }),
  );
}

/** Many findings ask for the labels of one object. */
const labelSetsIn = memoized((places: PodPlaces) =>
  memoized((resource: Resource) => {
    const pods = podSpecsOf(resource, places);
    return pods.length > 0
      ? pods.map(templateLabels)
      : [labelsIn(asMap(resource.value['metadata'])?.['labels'])];
  }),
);

/** Whether `text` matches `pattern`, in which `*` stands for any text. Linear in both. */
export function matches(pattern: string | undefined, text: string): boolean {
  if (pattern === undefined) return true;
  if (!isPattern(pattern)) return text === pattern;
  const parts = pattern.split('*');
  const first = parts[0] as string;
  const last = parts[parts.length - 1] as string;
  if (!text.startsWith(first) || text.length < first.length + last.length) return false;
  let at = first.length;
  for (const part of parts.slice(1, -1)) {
    const found = text.indexOf(part, at);
    if (found === -1) return false;
    at = found + part.length;
  }
  return at <= text.length - last.length && text.endsWith(last);
}

/** Whether `text` means more than itself. */
export const isPattern = (text: string): boolean => text.includes('*');
