import type {JsonMap} from '../json.ts';
import {hookOf, runsWithoutRelease, runToCompletion} from './hook.ts';
import type {Resource} from './resource.ts';

/**
 * The annotations that make an object be there whenever the hook `resource` runs: undefined where
 * it is no hook, or where it only runs beside the release, whose objects are all there then.
 *
 * Helm creates hooks in the order of their weights, and does not count them to the release: it
 * deletes one before it creates it anew, and with `hook-succeeded` when all hooks of the event
 * have succeeded. On an upgrade the object that an earlier release had may not have been made.
 */
export function companionAnnotations(resource: Resource): JsonMap | undefined {
  const hook = hookOf(resource);
  if (hook === undefined || !runsWithoutRelease(hook)) return undefined;
  const policies = ['before-hook-creation'];
  if (runToCompletion.includes(resource.kind)) policies.push('hook-succeeded');
  return {
    'helm.sh/hook': hook.events.join(','),
    'helm.sh/hook-weight': String(hook.weight - 1),
    'helm.sh/hook-delete-policy': policies.join(','),
  };
}
