import {unlessRelaxed} from './pod-platform.ts';
import {ofPodAndContainers} from './security-context.ts';

export const noRootUser = ofPodAndContainers(
  {
    rule: 'no-root-user',
    name: 'rootUsers',
    outcome: 'rewritten',
  },
  (holder, minor) => unlessRelaxed(`${holder}.?securityContext.?runAsUser.orValue(1) == 0`)(minor),
);
