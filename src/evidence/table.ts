import type {Resource} from '../kubernetes/resource.ts';
import type {Rule} from '../rules/rule.ts';
import {
  isCalledByApiServer,
  isEdgeOfNodes,
  isReachedByNode,
  isToldToServe,
  servesClass,
} from './callers.ts';
import {changesOwners, gainsRoot, runsPrivileged} from './commands.ts';
import {runsScript, writesBelowMount} from './configs.ts';
import {
  hasFileCapabilities,
  hasLowPort,
  isProbedOnLoopback,
  isSaidInComment,
  propagatesMounts,
} from './container.ts';
import {
  keepsSockets,
  makesFolder,
  mountsDevice,
  plugsIn,
  tellsMountsApart,
  usesDevices,
} from './host-folders.ts';
import {isCalledByNodeAddress, isNamedInStream, isProbedOnHostPort} from './host-ports.ts';
import {findsDevices, isPrivilegedImage, isRootlessImage} from './images.ts';
import {isMeshed} from './mesh.ts';
import {
  addsOnPurpose,
  isCritical,
  isNodeAgent,
  isSystem,
  setsUpNetwork,
  toleratesAll,
  worksOnNode,
} from './node-software.ts';
import {receivesDatagrams, servesByKernel} from './protocols.ts';
import type {StreamFacts} from './stream-facts.ts';
import type {ContainerWitness, PodWitness, Witness} from './witness.ts';

/**
 * Evidence that a pod does something on its node that needs privileges. It speaks against
 * everything that a rewrite takes from the pod. `src/guard/evidence.ts` has a CEL twin for each
 * that a single object shows. Those in `fromStream` need other objects, or the text.
 */
export const podWitnesses = {
  isNodeAgent,
  worksOnNode,
  isCritical,
  isSystem,
  setsUpNetwork,
  toleratesAll,
  isProbedOnLoopback,
  isReachedByNode,
  isEdgeOfNodes,
  isCalledByApiServer,
  servesClass,
  isToldToServe,
  receivesDatagrams,
  servesByKernel,
} as const satisfies Readonly<Record<string, PodWitness>>;

/** The same, of one container of the pod. */
export const containerWitnesses = {
  addsOnPurpose,
  isPrivilegedImage,
  findsDevices,
  runsPrivileged,
  propagatesMounts,
  makesFolder,
  mountsDevice,
  usesDevices,
  plugsIn,
  keepsSockets,
  tellsMountsApart,
  runsScript,
  writesBelowMount,
} as const satisfies Readonly<Record<string, ContainerWitness>>;

export const fromStream: readonly string[] = [
  'isCalledByApiServer',
  'servesClass',
  'setsUpNetwork',
  'runsScript',
  'writesBelowMount',
];

/**
 * What speaks against one rewrite, by rule, whether it takes something away or fills in a default.
 */
export const ruleWitnesses: Readonly<Record<string, readonly Witness[]>> = {
  'no-host-port': [isProbedOnHostPort, isNamedInStream, isCalledByNodeAddress],
  'no-privilege-escalation': [
    hasFileCapabilities,
    ofContainer(gainsRoot),
    ofContainer(isRootlessImage),
  ],
  'drop-all-capabilities': [ofContainer(changesOwners), isMeshed],
  'no-root': [ofContainer(changesOwners), ofContainer(hasLowPort)],
};

/** What speaks against rewrites that take an object from its clients, by rule: a sentence each. */
export const exposureWitnesses: Readonly<
  Record<string, (object: Resource, facts: StreamFacts) => readonly string[]>
> = {
  'no-load-balancer': (service, facts) => facts.exposureOf(service),
  'no-node-port': (service, facts) => facts.exposureOf(service),
};

/**
 * Whether evidence may speak against the rewrites of a rule: if they take something from pods, or
 * have their own evidence.
 */
export const mayWait = ({id, rewrite, checkPod, checkContainer}: Rule): boolean =>
  Object.hasOwn(ruleWitnesses, id) ||
  Object.hasOwn(exposureWitnesses, id) ||
  (rewrite?.effect === 'takes' && (checkPod !== undefined || checkContainer !== undefined));

/**
 * The weakest evidence: a comment at the field that gives a reason, for anything that would be
 * taken away.
 */
export const commentWitness: Witness = isSaidInComment;

/** Checks the container at fault; for a pod at fault, each of its containers. */
function ofContainer(sees: ContainerWitness): Witness {
  return ({pod, container, facts}) => {
    for (const each of container === undefined ? pod.containers : [container]) {
      const reason = sees(each, pod, facts);
      if (reason !== undefined) return reason;
    }
    return undefined;
  };
}
