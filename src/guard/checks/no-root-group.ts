import type {Check} from '../language/check.ts';
import {unlessRelaxed} from './pod-platform.ts';
import {ofPodAndContainers} from './security-context.ts';

const context = 'variables.pod.?securityContext';

export const noRootGroup: readonly Check[] = [
  ...ofPodAndContainers(
    {rule: 'no-root-group', name: 'rootGroups', outcome: 'flagged'},
    (holder, minor) =>
      unlessRelaxed(`${holder}.?securityContext.?runAsGroup.orValue(1) == 0`)(minor),
  ),
  {
    rule: 'no-root-group',
    name: 'rootFileGroup',
    subject: 'pod',
    finds: unlessRelaxed(
      `${context}.?fsGroup.orValue(1) == 0 || ${context}.?supplementalGroups.orValue([]).exists(g, g == 0)`,
    ),
    outcome: 'flagged',
  },
];
