import {allowedTypesAt} from '../../rules/no-custom-selinux.ts';
import {celList} from '../language/cel.ts';
import {ofPodAndContainers} from './security-context.ts';

export const noCustomSelinux = ofPodAndContainers(
  {
    rule: 'no-custom-selinux',
    name: 'customSelinux',
    outcome: 'rewritten',
  },
  (holder, minor) => {
    const label = (field: string) =>
      `${holder}.?securityContext.?seLinuxOptions.?${field}.orValue('')`;
    return `!(${label('type')} in ${celList(allowedTypesAt(minor))}) || ${label('user')} != '' || ${label('role')} != ''`;
  },
);
