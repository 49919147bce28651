import {remove} from '../edits.ts';
import {asMap} from '../json.ts';
import {isRelaxedByUserNamespace, userNamespaceSince} from '../kubernetes/pod-platform.ts';
import type {Rule} from './rule.ts';

/**
 * A rule on containers, init and ephemeral containers whose `securityContext.procMount` is neither
 * absent nor Default: either in pods with their own user namespace, for which the "baseline"
 * standard allows it, or in all others.
 */
export function procMountRule(
  rule: Pick<Rule, 'id' | 'title' | 'remedy' | 'rationale' | 'severity'> & {
    readonly level: 'baseline' | 'restricted';
  },
  where: {readonly isRelaxed: boolean},
): Rule {
  const {level, ...rest} = rule;
  return {
    ...rest,
    rewrite: {does: 'removes `procMount`', disruption: 'possible', effect: 'takes'},
    references: {
      podSecurity: {
        level,
        control: '/proc Mount Type',
        ...(where.isRelaxed ? {since: `v1.${userNamespaceSince}`} : {}),
      },
      nist: ['CM-3', 'CM-7'],
    },
    *checkContainer({value, path, name}, pod, {policy}) {
      const procMount = asMap(value['securityContext'])?.['procMount'];
      if (procMount === undefined || procMount === null || procMount === 'Default') return;
      if (isRelaxedByUserNamespace(pod, policy.podSecurityMinor) !== where.isRelaxed) return;
      const field = [...path, 'securityContext', 'procMount'];
      yield {
        path: field,
        container: name,
        message: `\`procMount\` of container "${name}" must not be ${JSON.stringify(procMount)}: it unmasks the parts of /proc that reveal or change the kernel`,
        edits: [remove(field)],
      };
    },
  };
}
