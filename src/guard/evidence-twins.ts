import {servingOptions, webPorts} from '../evidence/callers.ts';
import {privilegedPatterns, rootPattern, setUidPattern} from '../evidence/commands.ts';
import {
  deviceFolders,
  madeTypes,
  pluginFolders,
  runtimeFolders,
  specialTypes,
} from '../evidence/host-folders.ts';
import {deviceImages, privilegedImages, rootlessImages} from '../evidence/images.ts';
import {
  criticalClasses,
  earlyTaints,
  namespaces,
  nodeCapabilities,
  systemNamespace,
} from '../evidence/node-software.ts';
import type {containerWitnesses, podWitnesses} from '../evidence/table.ts';
import {firstUnprivilegedPort} from '../kubernetes/container-port.ts';
import {loopbackHost} from '../kubernetes/handlers.ts';
import {kernelPorts} from '../kubernetes/kernel-ports.ts';
import {balancerAnnotation} from '../network/needs/meant-clients.ts';
import {defaultCapabilities} from '../rules/no-extra-capabilities.ts';
import {spellingsOf} from './checks/host-path.ts';
import {callsHost} from './checks/no-host-probes.ts';
import {noSensitiveMount} from './checks/no-sensitive-host-path.ts';
import {mayBeRoot, userOf} from './checks/user.ts';
import {celList, celString} from './language/cel.ts';

const ofContainer = 'c.?securityContext';

const sharesNamespace = `(${namespaces.map(field => `variables.pod.?${field}.orValue(false)`).join(' || ')})`;

/** A DaemonSet, and the pods that its controller creates. */
const isDaemonSet =
  "(request.kind.kind == 'DaemonSet' || variables.owners.exists(o, o.kind == 'DaemonSet'))";

const capability = (names: readonly string[]): string =>
  celString(`^(?i)(CAP_)?(${names.join('|')})$`);
const listed = (list: 'add' | 'drop'): string =>
  `c.?securityContext.?capabilities.?${list}.orValue([])`;

const runs = (pattern: string): string =>
  `(c.?command.orValue([]) + c.?args.orValue([])).exists(w, w.matches(${celString(pattern)}))`;
const runsImage = (pattern: string): string =>
  `c.?image.orValue('').matches(${celString(pattern)})`;

const spelled = (folders: readonly string[]): string => celList(folders.flatMap(spellingsOf));
const liesIn = (folders: readonly string[]): string =>
  `${spelled(folders)}.exists(f, h.place == f || h.place.startsWith(f + '/'))`;
/** The names of the volumes whose place `h` meets `isMeant`. */
const volumesWhere = (isMeant: string): string =>
  `variables.hostPaths.filter(h, ${isMeant}).map(h, h.name)`;
const isSensitive = 'h.name in variables.sensitiveNames';
/**
 * A mount `m` of a container is of one of the volumes in that variable, and is writable if that
 * matters.
 */
const mounts = (variable: string, isMeant = 'true'): string =>
  `c.?volumeMounts.orValue([]).exists(m, m.name in variables.${variable} && ${isMeant})`;
const mayWrite = '!m.?readOnly.orValue(false)';

/**
 * The variables that the twins need, by name. A volume is checked once, not once per mount, and
 * each pattern has its own variable, because the API server limits the cost of an expression.
 */
export const twinVariables: ReadonlyMap<string, string> = new Map([
  ...Object.entries(noSensitiveMount.variables ?? {}),
  ['hostVolumes', volumesWhere('true')],
  ['madeVolumes', volumesWhere(`${isSensitive} && h.type in ${celList(madeTypes)}`)],
  ['pluginVolumes', volumesWhere(`${isSensitive} && ${liesIn(pluginFolders)}`)],
  [
    'socketVolumes',
    volumesWhere(
      `${isSensitive} && h.place.matches('^(/var)?/run/') && !h.place.matches('[.](sock|pipe)$') && !${liesIn(runtimeFolders)}`,
    ),
  ],
  [
    'deviceVolumes',
    volumesWhere(
      `h.type in ${celList(specialTypes)} || h.place.startsWith('/dev/') && h.place != '/dev/shm' && !h.place.startsWith('/dev/shm/')`,
    ),
  ],
  ['deviceFolders', volumesWhere(`h.place in ${spelled(deviceFolders)}`)],
  ...privilegedPatterns.map(
    (pattern, index) =>
      [`runs${index}`, `variables.containers.filter(c, ${runs(pattern)}).map(c, c.name)`] as const,
  ),
]);

/** A port `p` of a container that the kernel serves. */
const isOfKernel = Object.entries(kernelPorts)
  .map(
    ([protocol, ports]) =>
      `p.?protocol.orValue('TCP') == ${celString(protocol)} && p.?containerPort.orValue(0) in [${Object.keys(ports).join(', ')}]`,
  )
  .join(' || ');

const hasHostPort =
  'variables.containers.exists(c, c.?ports.orValue([]).exists(p, p.?hostPort.orValue(0) != 0))';

/** CEL for each witness of pods; undefined if it needs more than one object. */
export const podTwins: Readonly<Record<keyof typeof podWitnesses, string | undefined>> = {
  isNodeAgent: `${isDaemonSet} && ${sharesNamespace}`,
  worksOnNode: `${sharesNamespace} && variables.containers.exists(c, ${listed('add')}.exists(a, a.matches(${capability(nodeCapabilities)})))`,
  isCritical: `variables.pod.?priorityClassName.orValue('') in ${celList(criticalClasses)}`,
  isSystem: `request.namespace == ${celString(systemNamespace)} && variables.pod.?hostNetwork.orValue(false)`,
  toleratesAll: `variables.pod.?tolerations.orValue([]).exists(t, !has(t.tolerationSeconds) && (t.?key.orValue('') == '' ? t.?operator.orValue('') == 'Exists' : t.?key.orValue('') in ${celList(earlyTaints)}))`,
  isProbedOnLoopback: `variables.pod.?hostNetwork.orValue(false) && variables.containers.exists(c, ${callsHost(`h.matches(${celString(loopbackHost)})`)})`,
  // Whether a Service leads there depends on other objects: here any host port counts.
  isReachedByNode: `${isDaemonSet} && ${hasHostPort}`,
  isEdgeOfNodes: `${isDaemonSet} && variables.containers.exists(c, [${webPorts.join(', ')}].all(n, c.?ports.orValue([]).exists(p, p.?hostPort.orValue(0) == n)))`,
  isCalledByApiServer: undefined,
  setsUpNetwork: undefined,
  servesClass: undefined,
  isToldToServe: `(variables.pod.?hostNetwork.orValue(false) || ${hasHostPort}) && variables.containers.exists(c, ${runs(servingOptions)})`,
  servesByKernel: `variables.containers.exists(c, c.?ports.orValue([]).exists(p, ${isOfKernel}))`,
  receivesDatagrams:
    "variables.containers.exists(c, c.?ports.orValue([]).exists(p, p.?protocol.orValue('TCP') == 'UDP' && (variables.pod.?hostNetwork.orValue(false) || p.?hostPort.orValue(0) != 0)))",
};

/** The same for each witness of a container `c`. */
export const containerTwins: Readonly<Record<keyof typeof containerWitnesses, string | undefined>> =
  {
    addsOnPurpose: `${listed('drop')}.exists(a, a.matches(${capability(['ALL'])})) && ${listed('add')}.exists(a, !a.matches(${capability(['ALL', ...defaultCapabilities])}))`,
    isPrivilegedImage: runsImage(privilegedImages),
    findsDevices: `(variables.pod.?hostNetwork.orValue(false) || ${ofContainer}.?privileged.orValue(false)) && ${runsImage(deviceImages)}`,
    runsPrivileged: privilegedPatterns
      .map((_, index) => `c.name in variables.runs${index}`)
      .join(' || '),
    propagatesMounts:
      "c.?volumeMounts.orValue([]).exists(m, m.?mountPropagation.orValue('') in ['Bidirectional', 'HostToContainer'])",
    makesFolder: mounts('madeVolumes', mayWrite),
    mountsDevice: mounts('deviceVolumes'),
    usesDevices: `${ofContainer}.?privileged.orValue(false) && ${mounts('deviceFolders')}`,
    plugsIn: mounts('pluginVolumes', mayWrite),
    keepsSockets: mounts('socketVolumes', mayWrite),
    tellsMountsApart: `${mounts('sensitiveNames', mayWrite)} && ${mounts('hostVolumes', 'm.?readOnly.orValue(false)')}`,
    runsScript: undefined,
    writesBelowMount: undefined,
  };

/**
 * As `hasFileCapabilities`: the user is not root, because of its number or a promise; or escalation
 * is requested together with default capabilities, and nothing says that the user is root.
 */
const hasFileCapabilities = [
  `${ofContainer}.?allowPrivilegeEscalation.orValue(true)`,
  `${listed('add')}.size() > 0`,
  `(!(${mayBeRoot}) || ${ofContainer}.?allowPrivilegeEscalation.orValue(false) && ${userOf}.orValue(1) != 0 && ${listed('add')}.all(a, a.matches(${capability([...defaultCapabilities])})))`,
].join(' && ');

const hasLowPort = `c.?ports.orValue([]).exists(p, p.?containerPort.orValue(0) > 0 && p.containerPort < ${firstUnprivilegedPort})`;
const isMeshed =
  "variables.annotations[?'linkerd.io/inject'].orValue('') in ['enabled', 'ingress']";

/** As the doubt of no-root: no manifest sets the user of the container, or it is root. */
const userIsUnknown = `${userOf}.orValue(0) == 0`;

/** The twins of each rule's own witnesses of a container `c`. */
export const ruleTwins: Readonly<Record<string, readonly string[]>> = {
  'no-privilege-escalation': [hasFileCapabilities, runs(setUidPattern), runsImage(rootlessImages)],
  'drop-all-capabilities': [runs(rootPattern), isMeshed],
  'no-root': [runs(rootPattern), hasLowPort],
};

/** CEL for the doubts of each rule about a container `c`: what its rewrite would have to know. */
export const doubtTwins: Readonly<Record<string, string>> = {
  'no-root': userIsUnknown,
  // An explicit request for root is intended.
  'no-root-user': 'true',
  // Only a lock file of images, or the built-in table, says where an image writes to.
  'read-only-root': 'true',
};

/** The rules whose rewrite waits because of what the lock file of images says, which no object shows. */
export const toldByImages: readonly string[] = ['no-privilege-escalation', 'drop-all-capabilities'];

/** The rules whose rewrite waits because of other objects only. */
export const toldByOthers: readonly string[] = ['no-host-port'];

const keepsAddresses = "object.spec.?externalTrafficPolicy.orValue('') == 'Local'";
const isMeantBalancer = [
  keepsAddresses,
  'object.spec.?loadBalancerSourceRanges.orValue([]).size() > 0',
  "object.spec.?loadBalancerIP.orValue('') != ''",
  "object.spec.?loadBalancerClass.orValue('') != ''",
  `object.metadata.?annotations.orValue({}).exists(k, k.matches(${celString(balancerAnnotation.source)}))`,
].join(' || ');

/** CEL for what a Service itself shows of its clients, by rule. */
export const serviceTwins: Readonly<Record<string, string>> = {
  'no-load-balancer': isMeantBalancer,
  'no-node-port': keepsAddresses,
};
