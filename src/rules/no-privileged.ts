import {remove} from '../edits.ts';
import {asMap} from '../json.ts';
import type {Rule} from './rule.ts';

/**
 * Restricted field, in containers, init and ephemeral containers:
 * `securityContext.privileged`: must be absent or false.
 */
export const noPrivileged: Rule = {
  id: 'no-privileged',
  title: 'Containers must not be privileged',
  severity: 'critical',
  rationale:
    'A privileged container has every capability and every device of its node: whoever breaks into it owns the node.',
  rewrite: {
    does: 'removes `privileged`, and `allowPrivilegeEscalation: true` beside it',
    disruption: 'likely',
  },
  references: {
    podSecurity: {level: 'baseline', control: 'Privileged Containers'},
    cis: ['5.2.2'],
    kubescape: ['C-0057'],
    nsa: 'Kubernetes Pod security',
    nist: ['CM-3', 'CM-7'],
    mitre: ['T1611'],
  },
  *checkContainer(container) {
    const context = asMap(container.value['securityContext']);
    if (context?.['privileged'] !== true) return;
    const path = [...container.path, 'securityContext'];
    const keys =
      context['allowPrivilegeEscalation'] === true
        ? ['privileged', 'allowPrivilegeEscalation']
        : ['privileged'];
    yield {
      path: [...path, 'privileged'],
      container: container.name,
      message: `\`privileged: true\` gives container "${container.name}" every capability and device of its node: whoever breaks into it owns the node`,
      edits: keys.map(key => remove([...path, key])),
    };
  },
};
