import {type Edit, remove, set} from '../edits.ts';
import {asList, asMap} from '../json.ts';
import type {Container} from '../kubernetes/pod-spec.ts';
import type {Rule} from './rule.ts';

/**
 * Restricted field, in containers, init and ephemeral containers:
 * `securityContext.privileged`: must be absent or false.
 *
 * The API server refuses `mountPropagation: Bidirectional` in any other container, so it becomes
 * `HostToContainer`.
 */
export const noPrivileged: Rule = {
  id: 'no-privileged',
  title: 'Containers must not be privileged',
  severity: 'critical',
  remedy: 'Remove `privileged: true`, and add only the capabilities that the container needs.',
  rationale:
    'A privileged container has every capability and access to every device of its node: whoever breaks into it owns the node.',
  rewrite: {
    does: 'removes `privileged` and `allowPrivilegeEscalation: true`; mounts then propagate only from the host',
    disruption: 'likely',
    effect: 'takes',
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
      edits: [...keys.map(key => remove([...path, key])), ...onlyFromHost(container)],
    };
  },
};

const onlyFromHost = ({value, path}: Container): readonly Edit[] =>
  [...asList(value['volumeMounts']).entries()]
    .filter(([, item]) => asMap(item)?.['mountPropagation'] === 'Bidirectional')
    .map(([index]) => set([...path, 'volumeMounts', index, 'mountPropagation'], 'HostToContainer'));
