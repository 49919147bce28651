import {remove} from '../edits.ts';
import {asMap, type JsonMap, type Path} from '../json.ts';
import type {Rule, Violation} from './rule.ts';

/**
 * Restricted fields of `securityContext.seLinuxOptions`, of the pod, of containers, init and
 * ephemeral containers:
 *
 * - `type`: must be absent, empty, container_t, container_init_t or container_kvm_t; from v1.31 on
 *   container_engine_t as well
 * - `user`, `role`: must be absent or empty
 */
export const noCustomSelinux: Rule = {
  id: 'no-custom-selinux',
  title: 'Pods must not set SELinux labels that weaken their confinement',
  severity: 'high',
  remedy: 'Remove `type`, `user` and `role` from `seLinuxOptions`.',
  rationale:
    'SELinux uses the type of a process to keep containers away from files on the node. Types such as spc_t are not confined at all.',
  rewrite: {
    does: 'removes `type`, `user` and `role`; keeps `level`',
    disruption: 'possible',
    effect: 'takes',
  },
  references: {
    podSecurity: {level: 'baseline', control: 'SELinux'},
    kubescape: ['C-0055'],
    nsa: 'Kubernetes Pod security',
    nist: ['CM-3', 'CM-7'],
  },
  *checkPod({value, path}, {policy}) {
    const options = optionsOf(value);
    if (options !== undefined) yield* customLabels(options, path, policy.podSecurityMinor);
  },
  *checkContainer({value, path, name}, _, {policy}) {
    const options = optionsOf(value);
    if (options !== undefined) yield* customLabels(options, path, policy.podSecurityMinor, name);
  },
};

const allowedTypes = ['', 'container_t', 'container_init_t', 'container_kvm_t'];
const allowedTypesFrom31 = [...allowedTypes, 'container_engine_t'];

/** The types that the Pod Security Standards of v1.`minor` allow. */
export const allowedTypesAt = (minor: number): readonly string[] =>
  minor >= 31 ? allowedTypesFrom31 : allowedTypes;

const optionsOf = (holder: JsonMap): JsonMap | undefined =>
  asMap(asMap(holder['securityContext'])?.['seLinuxOptions']);

function* customLabels(
  options: JsonMap,
  at: Path,
  minor: number,
  container?: string,
): Iterable<Violation> {
  for (const field of ['type', 'user', 'role']) {
    const label = options[field];
    if (typeof label !== 'string' || label === '') continue;
    if (field === 'type' && allowedTypesAt(minor).includes(label)) continue;
    const path = [...at, 'securityContext', 'seLinuxOptions', field];
    const whose = container === undefined ? 'the pod' : `container "${container}"`;
    yield {
      path,
      ...(container === undefined ? {} : {container}),
      message: `\`seLinuxOptions.${field}\` of ${whose} must not be "${label}": it weakens the confinement of containers`,
      edits: [remove(path)],
    };
  }
}
