import type {Rule} from './rule.ts';

/** Restricted field: pod `spec.shareProcessNamespace`: must be absent or false. */
export const noSharedProcesses: Rule = {
  id: 'no-shared-processes',
  title: 'Containers must not share a process namespace',
  severity: 'low',
  remedy: 'Remove `shareProcessNamespace: true`.',
  rationale:
    'Whoever breaks into one container of the pod can see the processes of the others, including their environment variables and files, and send signals to them.',
  references: {},
  *checkPod({value, path}) {
    if (value['shareProcessNamespace'] !== true) return;
    const message =
      '`shareProcessNamespace: true` lets each container see the processes of the others, including their environment variables and files';
    yield {path: [...path, 'shareProcessNamespace'], message};
  },
};
