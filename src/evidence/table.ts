import type {Rule} from '../rules/rule.ts';
import {isCalledByApiServer, isReachedByNode, isToldToServe, servesClass} from './callers.ts';
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
import {isNamedInStream, isProbedOnHostPort} from './host-ports.ts';
import {isMeshed} from './mesh.ts';
import {
  addsOnPurpose,
  isCritical,
  isNodeAgent,
  isPrivilegedImage,
  isRootlessImage,
  toleratesAll,
  worksOnNode,
} from './node-software.ts';
import type {ContainerWitness, PodWitness, Witness} from './witness.ts';

/**
 * What shows that a pod does on its node what it cannot do without privileges: it speaks against
 * all that a rewrite takes from the pod. `src/guard/evidence.ts` has the twin of each that one
 * object tells; those of `fromStream` take other objects, or the text.
 */
export const podWitnesses = {
  isNodeAgent,
  worksOnNode,
  isCritical,
  toleratesAll,
  isProbedOnLoopback,
  isReachedByNode,
  isCalledByApiServer,
  servesClass,
  isToldToServe,
} as const satisfies Readonly<Record<string, PodWitness>>;

/** The same, of one container of the pod. */
export const containerWitnesses = {
  addsOnPurpose,
  isPrivilegedImage,
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
  'runsScript',
  'writesBelowMount',
];

/** What speaks against one kind of rewrite, by rule: what it takes, or what it fills in. */
export const ruleWitnesses: Readonly<Record<string, readonly Witness[]>> = {
  'no-host-port': [isProbedOnHostPort, isNamedInStream],
  'no-privilege-escalation': [
    hasFileCapabilities,
    ofContainer(gainsRoot),
    ofContainer(isRootlessImage),
  ],
  'drop-all-capabilities': [ofContainer(changesOwners), isMeshed],
  'no-root': [ofContainer(changesOwners), ofContainer(hasLowPort)],
};

/** Whether evidence may speak against rewrites of a rule: of those that take something from pods, or have their own. */
export const mayWait = ({id, rewrite, checkPod, checkContainer}: Rule): boolean =>
  Object.hasOwn(ruleWitnesses, id) ||
  (rewrite?.effect === 'takes' && (checkPod !== undefined || checkContainer !== undefined));

/** The weakest witness: of any taking, a comment at the field that says why it is so. */
export const commentWitness: Witness = isSaidInComment;

/** Asks of the container at fault; of a pod at fault, of each of its containers. */
function ofContainer(sees: ContainerWitness): Witness {
  return ({pod, container, facts}) => {
    for (const each of container === undefined ? pod.containers : [container]) {
      const reason = sees(each, pod, facts);
      if (reason !== undefined) return reason;
    }
    return undefined;
  };
}
