import {placeOf} from './checks/host-path.ts';
import type {Check} from './language/check.ts';
import type {Shape} from './shape.ts';

/** How the items that a check is asked of, one by one, are written in CEL. */
interface Items {
  readonly list: string;
  /** What `finds` calls an item. */
  readonly item: string;
  /** The name by which a message tells it. */
  readonly name: string;
  /** What a message calls the items. */
  readonly noun: string;
  /** Whether that is a container's name, by which an exception may mean it. */
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
  // Bindings of any kind may lack the field.
  bindingSubject: {
    list: 'dyn(object).?subjects.orValue([])',
    item: 'u',
    name: 'u.name',
    noun: 'subjects',
  },
};

/** The items that checks of `subject` are asked of; undefined where it is the object as a whole. */
export const itemsOf = (subject: Check['subject']): Items | undefined => items[subject];

/** Volumes that are a place on the node. */
const hostPaths = `variables.pod.?volumes.orValue([]).filter(v, has(v.hostPath)).map(v, {'name': string(v.name), 'place': ${placeOf('v.hostPath.path')}, 'type': string(v.hostPath.?type.orValue(''))})`;

/** The CEL variables that checks of pods may use; none where `shape` has no pod spec. */
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
 * A condition that is true of a request to create, or to change what checks ask about. What an
 * update leaves as it was is no news: a scaled, labelled or finalized object goes on. Of the
 * annotations only those count that choose a profile.
 */
export function isNewOrChanged(
  {part, moreParts = [], containers}: Shape,
  readsAnnotations: boolean,
): string {
  // Of several kinds that are asked the same way, one may lack a field.
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

/** Where the annotations of a pod lie, by where its spec does. */
const annotationsPart = (part: string): string => part.replace(/spec$/, 'metadata.annotations');

const optionalPath = (part: string): string => part.split('.').join('.?');
