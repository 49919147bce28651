import {append, type Edit, remove, set} from '../edits.ts';
import type {ImageFacts} from '../images/facts.ts';
import {asList, asMap, asString} from '../json.ts';
import {capabilitiesOf} from '../kubernetes/capabilities.ts';
import {isPrivilegedPort} from '../kubernetes/container-port.ts';
import {isExemptAsWindows, isWindows} from '../kubernetes/pod-platform.ts';
import type {Container, PodSpec} from '../kubernetes/pod-spec.ts';
import {mustBeNonRoot, userOf} from '../kubernetes/user.ts';
import {privilegedPortsOf} from './image-ports.ts';
import type {Rule, Violation} from './rule.ts';

/**
 * Restricted fields, in containers, init and ephemeral containers, from v1.22 on:
 *
 * - `securityContext.capabilities.drop`: must contain ALL
 * - `securityContext.capabilities.add[*]`: must be absent, or NET_BIND_SERVICE
 *
 * Pods of `spec.os.name: windows` are exempt from v1.25 on, and never rewritten: the API server
 * forbids the field there. NET_BIND_SERVICE is one of the capabilities that a container has by
 * default, so a container that declares a port below 1024, or whose image does, gets it back. If
 * the lock file says that the image runs as root, the rewrite waits: such images change owners or
 * users as they start, or read files of others.
 */
export const dropAllCapabilities: Rule = {
  id: 'drop-all-capabilities',
  title: 'Containers must drop all capabilities',
  severity: 'medium',
  remedy: 'Set `capabilities.drop: [ALL]`, and add back at most NET_BIND_SERVICE.',
  rationale:
    'The default capabilities let an attacker who breaks into a container read every file in it, forge packets and create device nodes.',
  rewrite: {
    does: 'sets `drop: [ALL]`, keeps only NET_BIND_SERVICE in `add`, and adds it for a port below 1024 of the container or its image',
    disruption: 'likely',
    effect: 'fills',
    mayStopStart: true,
  },
  references: {
    podSecurity: {level: 'restricted', control: 'Capabilities', since: 'v1.22'},
    cis: ['5.2.8', '5.2.9'],
    kubescape: ['C-0046'],
    nsa: 'Kubernetes Pod security',
    nist: ['CM-3', 'CM-7'],
  },
  *checkContainer(container, pod, {policy}) {
    if (isExemptAsWindows(pod, policy.podSecurityMinor)) return;
    const added = capabilitiesOf(container, 'add');
    const isBare = added.every(({text}) => text === netBindService);
    if (isBare && capabilitiesOf(container, 'drop').some(({text}) => text === all)) return;
    const facts = policy.images.factsOf(asString(container.value['image']) ?? '');
    yield {
      path: [...container.path, 'securityContext', 'capabilities'],
      container: container.name,
      ...(isBare ? {} : {effect: 'takes'}),
      message: `container "${container.name}" must drop ALL capabilities and add back only NET_BIND_SERVICE: an attacker who breaks in gets every capability that it keeps`,
      ...doubtOf(container, pod, facts),
      ...(isWindows(pod) ? {} : {edits: editsFor(container, facts)}),
    };
  },
};

const all = 'ALL';
const netBindService = 'NET_BIND_SERVICE';

function doubtOf(
  container: Container,
  pod: PodSpec,
  facts: ImageFacts | undefined,
): Pick<Violation, 'doubt'> {
  if (facts?.isLocked !== true || facts.uid !== 0 || userOf(container, pod) !== undefined)
    return {};
  if (mustBeNonRoot(container, pod)) return {};
  return {
    doubt: `whether container "${container.name}" starts without capabilities: its image runs as root, says ${facts.source}`,
  };
}

function editsFor(container: Container, facts: ImageFacts | undefined): readonly Edit[] {
  const path = [...container.path, 'securityContext', 'capabilities'];
  const dropped = capabilitiesOf(container, 'drop');
  const edits: Edit[] = [];
  if (!dropped.some(({text}) => text === all)) edits.push(set([...path, 'drop'], [all]));
  let mayBind = dropped.some(({name, text}) => text === all || name === netBindService);
  for (const {name, text, path: entry} of capabilitiesOf(container, 'add')) {
    if (name !== netBindService) edits.push(remove(entry));
    else if (text !== netBindService) edits.push(set(entry, netBindService));
    if (name === netBindService) mayBind = true;
  }
  if (!mayBind && hasPrivilegedPort(container, facts)) {
    edits.push(append([...path, 'add'], netBindService));
  }
  return edits;
}

const hasPrivilegedPort = ({value}: Container, facts: ImageFacts | undefined): boolean =>
  asList(value['ports']).some(item => isPrivilegedPort(asMap(item)?.['containerPort'])) ||
  privilegedPortsOf(facts).length > 0;
