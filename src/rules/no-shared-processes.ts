import type {Rule} from './rule.ts';

/** Restricted field: pod `spec.shareProcessNamespace`: must be absent or false. */
export const noSharedProcesses: Rule = {
  id: 'no-shared-processes',
  title: 'Containers of a pod must not share their processes',
  severity: 'low',
  remedy: 'Remove `shareProcessNamespace: true`.',
  rationale:
    'Whoever breaks into one container of the pod sees the processes of the others, with their environments and files, and may signal them.',
  references: {},
  *checkPod({value, path}) {
    if (value['shareProcessNamespace'] !== true) return;
    const message =
      '`shareProcessNamespace: true` shows each container the processes of the others, with their environments and files';
    yield {path: [...path, 'shareProcessNamespace'], message};
  },
};
