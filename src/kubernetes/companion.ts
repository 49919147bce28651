import type {JsonMap} from '../json.ts';
import {type Hook, hookOf, runsWithoutRelease, runToCompletion, waveOf} from './hook.ts';
import type {Resource} from './resource.ts';

/**
 * The annotations that make an object be there whenever `resource` runs: undefined where it is no hook, or
 * where it only runs beside the release, whose objects are all there then.
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
 * Helm creates hooks in the order of their weights, and does not count them to the release: it
 * deletes one before it creates it anew, and with `hook-succeeded` when all hooks of the event
 * have succeeded. On an upgrade the object that an earlier release had may not have been made.
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

/** Argo's names of the phases, whose case counts, in which what is no hook may not be there. */
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
 * (https://argo-cd.readthedocs.io/en/stable/user-guide/sync-waves/). What pods of a hook need stays:
 * it is deleted before it is made anew, and not when it has been made.
 */
const besideArgoHook = ({events, weight}: Hook): JsonMap => ({
  'argocd.argoproj.io/hook': events.flatMap(event => phases[event] ?? []).join(','),
  [argoWave]: String(weight - 1),
  'argocd.argoproj.io/hook-delete-policy': 'BeforeHookCreation',
});
