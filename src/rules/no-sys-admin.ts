import {append, remove} from '../edits.ts';
import {capabilitiesOf} from '../kubernetes/capabilities.ts';
import {isWindows} from '../kubernetes/pod-platform.ts';
import type {Container} from '../kubernetes/pod-spec.ts';
import {capabilityReferences} from './no-extra-capabilities.ts';
import type {Rule} from './rule.ts';

/**
 * Restricted field, in containers, init and ephemeral containers:
 * `securityContext.capabilities.add`: must not contain SYS_ADMIN, in upper or lower case, with or
 * without `CAP_`, nor ALL, which includes it.
 */
export const noSysAdmin: Rule = {
  id: 'no-sys-admin',
  title: 'Containers must not have CAP_SYS_ADMIN',
  severity: 'critical',
  remedy: 'Remove SYS_ADMIN and ALL from `capabilities.add`.',
  rationale:
    'CAP_SYS_ADMIN can mount file systems, enter namespaces and load programs into the kernel: it is the shortest way from a container to its node.',
  rewrite: {
    does: 'removes the entry, and adds SYS_ADMIN to `drop` unless ALL is there',
    disruption: 'possible',
    effect: 'takes',
  },
  references: capabilityReferences,
  *checkContainer(container, pod) {
    let isDropped: boolean | undefined;
    for (const {name, text, path} of capabilitiesOf(container, 'add')) {
      if (name !== 'SYS_ADMIN' && name !== 'ALL') continue;
      isDropped ??= isWindows(pod) || dropsSysAdmin(container);
      const dropList = [...container.path, 'securityContext', 'capabilities', 'drop'];
      yield {
        path,
        container: container.name,
        message: `the capability "${text}" gives container "${container.name}" CAP_SYS_ADMIN: control over mounts, namespaces and the kernel of its node`,
        edits: isDropped ? [remove(path)] : [remove(path), append(dropList, 'SYS_ADMIN')],
      };
      isDropped = true;
    }
  },
};

const dropsSysAdmin = (container: Container): boolean =>
  capabilitiesOf(container, 'drop').some(({name}) => name === 'ALL' || name === 'SYS_ADMIN');
