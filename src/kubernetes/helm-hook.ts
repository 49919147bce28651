import {asString, type JsonMap, valueAt} from '../json.ts';
import type {Resource} from './resource.ts';

/** Events at which the release's own objects are not there: not yet, or no more. */
const eventsWithoutRelease = ['pre-install', 'pre-upgrade', 'pre-rollback', 'post-delete'];

/** Kinds that Helm watches until they have completed, so that nothing of theirs runs on. */
const runToCompletion = ['Job', 'Pod'];

/**
 * The annotations that make an object be there whenever the hook `resource` runs: undefined where
 * it is no hook, or where it only runs beside the release, whose objects are all there then.
 *
 * Helm creates hooks in the order of their weights, and does not count them to the release: it
 * deletes one before it creates it anew, and with `hook-succeeded` when all hooks of the event
 * have succeeded. On an upgrade the object that an earlier release had may not have been made.
 */
export function companionAnnotations({value, kind}: Resource): JsonMap | undefined {
  const annotation = (key: string) => asString(valueAt(value, ['metadata', 'annotations', key]));
  const events = annotation('helm.sh/hook');
  const names = (events ?? '').split(',').map(event => event.trim().toLowerCase());
  if (events === undefined || !names.some(event => eventsWithoutRelease.includes(event))) {
    return undefined;
  }
  const weight = Number.parseInt(annotation('helm.sh/hook-weight') ?? '', 10);
  const policies = ['before-hook-creation'];
  if (runToCompletion.includes(kind)) policies.push('hook-succeeded');
  return {
    'helm.sh/hook': events,
    'helm.sh/hook-weight': String((Number.isSafeInteger(weight) ? weight : 0) - 1),
    'helm.sh/hook-delete-policy': policies.join(','),
  };
}
