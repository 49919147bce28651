import {set} from '../edits.ts';
import {asMap, asString} from '../json.ts';
import {capabilitiesOf} from '../kubernetes/capabilities.ts';
import {isExemptAsWindows, isWindows} from '../kubernetes/pod-platform.ts';
import type {Container, PodSpec} from '../kubernetes/pod-spec.ts';
import {userOf} from '../kubernetes/user.ts';
import type {Policy} from '../policy/policy.ts';
import {privilegedPortsOf} from './image-ports.ts';
import type {Rule, Violation} from './rule.ts';

/**
 * Restricted field, in containers, init and ephemeral containers:
 * `securityContext.allowPrivilegeEscalation`: must be false.
 *
 * The standard requires it from v1.8 on, and exempts pods with `spec.os.name: windows` from v1.25
 * on, because the API server forbids the field there. It also refuses false together with
 * `privileged: true` or an added SYS_ADMIN: while one of them stays, the finding is only flagged.
 *
 * If the lock file of images says that the image runs as a user other than root and listens below 1024, something must
 * let it, perhaps a capability of its program, which counts only with privilege escalation.
 */
export const noPrivilegeEscalation: Rule = {
  id: 'no-privilege-escalation',
  title: 'Containers must not allow privilege escalation',
  severity: 'high',
  remedy: 'Set `allowPrivilegeEscalation: false`.',
  rationale:
    'With privilege escalation allowed, a setuid program in the image can turn an ordinary user into root within the container.',
  rewrite: {
    does: 'sets `allowPrivilegeEscalation: false`',
    disruption: 'possible',
    effect: 'fills',
  },
  references: {
    podSecurity: {level: 'restricted', control: 'Privilege Escalation', since: 'v1.8'},
    cis: ['5.2.6'],
    kubescape: ['C-0016'],
    nsa: 'Kubernetes Pod security',
    nist: ['CM-6', 'CM-6(1)'],
  },
  *checkContainer(container, pod, {policy}) {
    const context = asMap(container.value['securityContext']);
    if (context?.['allowPrivilegeEscalation'] === false) return;
    if (isExemptAsWindows(pod, policy.podSecurityMinor)) return;
    const path = [...container.path, 'securityContext', 'allowPrivilegeEscalation'];
    yield {
      path,
      container: container.name,
      ...(context?.['allowPrivilegeEscalation'] === true ? {effect: 'takes'} : {}),
      message: `\`allowPrivilegeEscalation\` of container "${container.name}" must be false: a setuid program can turn an ordinary user into root`,
      ...doubtOf(container, pod, policy),
      ...(!isWindows(pod) && mayBeSet(container) ? {edits: [set(path, false)]} : {}),
    };
  },
};

const mayBeSet = (container: Container): boolean =>
  asMap(container.value['securityContext'])?.['privileged'] !== true &&
  !capabilitiesOf(container, 'add').some(({name}) => name === 'SYS_ADMIN' || name === 'ALL');

function doubtOf(container: Container, pod: PodSpec, {images}: Policy): Pick<Violation, 'doubt'> {
  const facts = images.factsOf(asString(container.value['image']) ?? '');
  const [port] = privilegedPortsOf(facts);
  if (port === undefined || facts?.isLocked !== true || facts.uid === 0) return {};
  const user = userOf(container, pod) ?? facts.uid ?? facts.user;
  if (user === undefined || user === 0) return {};
  return {
    doubt: `whether container "${container.name}" may listen on ${port} without it: its image, which runs as user ${user}, says ${facts.source}, may have a program with a capability for that`,
  };
}
