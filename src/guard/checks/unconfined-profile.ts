/** CEL: whether a pod spec or a container names a profile that confines nothing. */
export const isUnconfined = (holder: string, field: 'appArmorProfile' | 'seccompProfile'): string =>
  `!(${holder}.?securityContext.?${field}.?type.orValue('RuntimeDefault') in ['RuntimeDefault', 'Localhost'])`;
