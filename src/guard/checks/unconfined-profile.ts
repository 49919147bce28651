import {confiningTypes, defaultProfiles, localhostPrefix} from '../../kubernetes/confinement.ts';
import {celList} from '../language/cel.ts';

/** CEL: whether a pod spec or a container sets a profile that confines nothing. */
export const isUnconfined = (holder: string, field: 'appArmorProfile' | 'seccompProfile'): string =>
  `!(${holder}.?securityContext.?${field}.?type.orValue('RuntimeDefault') in ${celList(confiningTypes)})`;

/** CEL: whether `profile` (also CEL), the value of an annotation, confines a container. */
export const isConfinedBy = (by: keyof typeof defaultProfiles, profile: string): string =>
  `${profile} in ${celList(defaultProfiles[by])} || ${profile}.startsWith('${localhostPrefix}')`;
