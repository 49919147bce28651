import {placeOf} from './checks/host-path.ts';
import type {Check} from './language/check.ts';
import type {Shape} from './shape.ts';

/** How the items that a check looks at, one by one, are written in CEL. */
interface Items {
  readonly list: string;
  /** The name of an item in `finds`. */
  readonly item: string;
  /** The name of the item in messages. */
  readonly name: string;
  /** The word for the items in messages. */
  readonly noun: string;
  /** Whether this is the name of a container, which an exception can match. */
  readonly isContainer?: true;
}

const items: Readonly<Partial<Record<Check['subject'], Items>>> = {
  container: {
    list: 'variables.containers',
    item: 'c',
    name: 'c.name',
    noun: 'containers',
    isContainer: true,
  },
  volume: {list: 'variables.pod.?volumes.orValue([])', item: 'v', name: 'v.name', noun: 'volumes'},
  hostPath: {list: 'variables.hostPaths', item: 'h', name: 'h.name', noun: 'volumes'},
  sysctl: {
    list: 'variables.pod.?securityContext.?sysctls.orValue([])',
    item: 's',
    name: 's.name',
    noun: 'sysctls',
  },
  annotation: {
    list: 'variables.annotations',
    item: 'a',
    name: "a.substring(a.indexOf('/') + 1)",
    noun: 'containers',
    isContainer: true,
  },
  // Bindings may lack the field.
  bindingSubject: {
    list: 'dyn(object).?subjects.orValue([])',
    item: 'u',
    name: 'u.name',
    noun: 'subjects',
  },
};

/** The items that checks of `subject` look at; undefined if it is the object as a whole. */
export const itemsOf = (subject: Check['subject']): Items | undefined => items[subject];

/** Host path volumes. */
const hostPaths = `variables.pod.?volumes.orValue([]).filter(v, has(v.hostPath)).map(v, {'name': string(v.name), 'place': ${placeOf('v.hostPath.path')}, 'type': string(v.hostPath.?type.orValue(''))})`;

/** The CEL variables that checks of pods may use; none if `shape` has no pod spec. */
export function podVariablesOf({part, containers}: Shape): ReadonlyMap<string, string> {
  if (containers === undefined) return new Map();
  return new Map([
    ['pod', `object.${part}`],
    ['containers', containers],
    ['hostPaths', hostPaths],
    ['annotations', `object.${optionalPath(annotationsPart(part))}.orValue({})`],
  ]);
}

/**
 * A condition that is true for a request to create an object, or to change what checks look at. An
 * update that changes nothing there passes, so that objects can still be scaled, labelled or
 * finalized. Of the annotations, only those that choose a profile count.
 */
export function isNewOrChanged(
  {part, moreParts = [], containers}: Shape,
  readsAnnotations: boolean,
): string {
  // Of several kinds that are checked in the same way, one may lack a field.
  const root = (name: string): string => (moreParts.length === 0 ? name : `dyn(${name})`);
  const changed = (path: string): string =>
    `${root('object')}.?${optionalPath(path)} != ${root('oldObject')}.?${optionalPath(path)}`;
  const terms = ['oldObject == null', ...[part, ...moreParts].map(changed)];
  if (containers !== undefined && readsAnnotations) {
    const annotations = `?${optionalPath(annotationsPart(part))}`;
    terms.push(
      `object.${annotations}.orValue({}).exists(a, a.matches('(apparmor|seccomp)[.]security[.]') && object.${annotations}[?a] != oldObject.${annotations}[?a])`,
    );
  }
  return terms.join(' || ');
}

/** The path of a pod's annotations, by the path of its spec. */
const annotationsPart = (part: string): string => part.replace(/spec$/, 'metadata.annotations');

const optionalPath = (part: string): string => part.split('.').join('.?');
