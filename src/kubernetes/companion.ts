import type {JsonMap} from '../json.ts';
import {type Hook, hookOf, runsWithoutRelease, runToCompletion, waveOf} from './hook.ts';
import type {Resource} from './resource.ts';

/**
 * The annotations that make an object exist whenever `resource` runs. Undefined if it is not a
 * hook, or if it runs only when the objects of the release exist.
 */
export function companionAnnotations(resource: Resource): JsonMap | undefined {
  const hook = hookOf(resource);
  if (hook !== undefined && runsWithoutRelease(hook)) {
    return hook.tool === 'helm' ? besideHelmHook(hook, resource) : besideArgoHook(hook);
  }
  const wave = waveOf(resource);
  return wave < 0 ? {[argoWave]: String(wave - 1)} : undefined;
}

/**
 * Helm creates hooks in the order of their weights, and they are not part of the release: it
 * deletes a hook before it creates it again, and with `hook-succeeded` when all hooks of the event
 * have succeeded. On an upgrade, the earlier release may not have created the object.
 */
function besideHelmHook({events, weight}: Hook, {kind}: Resource): JsonMap {
  const policies = ['before-hook-creation'];
  if (runToCompletion.includes(kind)) policies.push('hook-succeeded');
  return {
    'helm.sh/hook': events.join(','),
    'helm.sh/hook-weight': String(weight - 1),
    'helm.sh/hook-delete-policy': policies.join(','),
  };
}

const argoWave = 'argocd.argoproj.io/sync-wave';

/**
 * Argo CD's names (case-sensitive) of the phases in which objects that are not hooks may not exist.
 */
const phases: Readonly<Record<string, string>> = {
  presync: 'PreSync',
  sync: 'Sync',
  postsync: 'PostSync',
  syncfail: 'SyncFail',
  predelete: 'PreDelete',
  postdelete: 'PostDelete',
};

/**
 * Argo CD applies hooks phase by phase, and in one phase wave by wave
 * (https://argo-cd.readthedocs.io/en/stable/user-guide/sync-waves/). The objects that the pods of a
 * hook need stay: they are deleted before they are created again, not after they succeed.
 */
const besideArgoHook = ({events, weight}: Hook): JsonMap => ({
  'argocd.argoproj.io/hook': events.flatMap(event => phases[event] ?? []).join(','),
  [argoWave]: String(weight - 1),
  'argocd.argoproj.io/hook-delete-policy': 'BeforeHookCreation',
});
