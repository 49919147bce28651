import {inAnyCase, isMap, type Json, type JsonMap, textOf} from '../json.ts';
import {memoized} from '../memoized.ts';
import type {Resource} from './resource.ts';

/** An object that exists only at some events of a release or a sync. */
export interface Hook {
  readonly tool: 'helm' | 'argo';
  /** The events, or Argo's phases, in lower case. */
  readonly events: readonly string[];
  /**
   * Of two hooks of one event, the one with the lower weight (Helm) or wave (Argo) is created
   * first.
   */
  readonly weight: number;
  /** When it is deleted, in lower case. */
  readonly deletedOn: readonly string[];
}

/**
 * The hook that `resource` is, if it is one. Helm looks at the document, so at the list if the
 * object is in one. It finds `metadata` and `annotations` in upper or lower case, as Go's
 * encoding/json does.
 */
export const hookOf = memoized((resource: Resource): Hook | undefined => {
  const annotations = annotationsOf(resource.list ?? resource.value);
  const helm = annotations.get('helm.sh/hook');
  if (helm !== undefined) {
    return {
      tool: 'helm',
      events: namesIn(helm),
      weight: weightOf(annotations.get('helm.sh/hook-weight')),
      deletedOn: namesIn(annotations.get('helm.sh/hook-delete-policy')),
    };
  }
  const own = annotationsOf(resource.value);
  const argo = own.get('argocd.argoproj.io/hook');
  if (argo === undefined) return undefined;
  return {
    tool: 'argo',
    events: namesIn(argo),
    weight: weightOf(own.get('argocd.argoproj.io/sync-wave')),
    deletedOn: namesIn(own.get('argocd.argoproj.io/hook-delete-policy')),
  };
});

function annotationsOf(value: JsonMap): ReadonlyMap<string, Json> {
  const found = new Map<string, Json>();
  for (const metadata of inAnyCase(value, 'metadata')) {
    for (const annotations of isMap(metadata) ? inAnyCase(metadata, 'annotations') : []) {
      if (!isMap(annotations)) continue;
      for (const [key, each] of Object.entries(annotations)) found.set(key, each);
    }
  }
  return found;
}

const namesIn = (value: Json | undefined): readonly string[] =>
  textOf(value)
    .split(',')
    .map(name => name.trim().toLowerCase())
    .filter(name => name !== '');

/** As strconv.Atoi reads it; 0 if it is not a number. */
function weightOf(value: Json | undefined): number {
  const text = textOf(value);
  return /^[-+]?\d+$/.test(text) && Number.isSafeInteger(Number(text)) ? Number(text) : 0;
}

/**
 * Kinds that Helm waits for until they have completed, so that none of their pods keeps running.
 */
export const runToCompletion: readonly string[] = ['Job', 'Pod'];

/**
 * Events at which the objects of the release do not exist yet, no longer exist, or may not exist.
 */
const eventsWithoutRelease: Readonly<Record<Hook['tool'], readonly string[]>> = {
  helm: ['pre-install', 'pre-upgrade', 'pre-rollback', 'post-delete'],
  argo: ['presync', 'syncfail', 'postdelete'],
};

/** Whether a hook runs when the objects of the release may not exist. */
export const runsWithoutRelease = ({tool, events}: Hook): boolean =>
  events.some(event => eventsWithoutRelease[tool].includes(event));

/** Argo's wave, in which an object is applied within its phase; default 0. */
export const waveOf = memoized(({value}: Resource): number =>
  weightOf(annotationsOf(value).get('argocd.argoproj.io/sync-wave')),
);

/** Events after which the release exists. Helm ignores hooks of unknown events. */
const eventsOfRelease: Readonly<Record<Hook['tool'], readonly string[]>> = {
  helm: [
    'pre-install',
    'post-install',
    'pre-upgrade',
    'post-upgrade',
    'pre-rollback',
    'post-rollback',
  ],
  argo: ['presync', 'sync', 'postsync'],
};
const otherEvents: Readonly<Record<Hook['tool'], readonly string[]>> = {
  helm: ['pre-delete', 'post-delete', 'test', 'test-success'],
  argo: ['syncfail', 'predelete', 'postdelete'],
};

/** Whether a hook is created at all, and at an event that leaves a release behind. */
export const isMadeForRelease = ({tool, events}: Hook): boolean =>
  events.some(event => eventsOfRelease[tool].includes(event)) &&
  events.every(event => [...eventsOfRelease[tool], ...otherEvents[tool]].includes(event));

/** Whether a hook is deleted once the hooks of its event have succeeded. */
export const isDeleted = ({deletedOn}: Hook): boolean =>
  deletedOn.some(each => each === 'hook-succeeded' || each === 'hooksucceeded');
