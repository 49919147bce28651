import {asList, asMap, asString, valueAt} from '../json.ts';
import type {PodSpec} from '../kubernetes/pod-spec.ts';
import type {Resource} from '../kubernetes/resource.ts';
import {commandTexts} from './commands.ts';
import type {PodWitness} from './witness.ts';

/**
 * The API server calls pods in the network of their node: where no overlay leads from it to pods, as on
 * managed control planes, it reaches them nowhere else.
 */
export const isCalledByApiServer: PodWitness = (pod, facts) => {
  if (pod.value['hostNetwork'] !== true) return undefined;
  const caller = facts.callerOf(pod);
  return caller === undefined
    ? undefined
    : `the API server calls these pods on the host network, through the ${caller.kind} "${caller.name}"`;
};

/** The controller of a class of Ingresses or Gateways takes its clients' requests on the node. */
export const servesClass: PodWitness = (pod, facts) => {
  if (!listensOnNode(pod)) return undefined;
  const served = facts.classes.find(each => isControllerOf(pod, each));
  return served === undefined
    ? undefined
    : `it receives requests on its node as the controller of the ${served.kind} "${served.name}"`;
};

const listensOnNode = ({value, containers}: PodSpec): boolean =>
  value['hostNetwork'] === true ||
  containers.some(each =>
    asList(each.value['ports']).some(item => typeof asMap(item)?.['hostPort'] === 'number'),
  );

/** By what its arguments name, or by the labels that a chart gives both. */
function isControllerOf(pod: PodSpec, {name, value}: Resource): boolean {
  const controller =
    asString(valueAt(value, ['spec', 'controller'])) ??
    asString(valueAt(value, ['spec', 'controllerName'])) ??
    '';
  const words = pod.containers.flatMap(commandTexts);
  if (controller !== '' && words.some(word => word.includes(controller))) return true;
  if (
    words.some(
      word =>
        /^--?ingress-?class(?:-?name)?$/i.test(word.split('=')[0] ?? '') &&
        word.endsWith(`=${name}`),
    )
  ) {
    return true;
  }
  const shared = asMap(valueAt(value, ['metadata', 'labels']));
  const own = asMap(pod.metadata?.['labels']);
  return chartLabels.every(label => {
    const text = asString(shared?.[label]);
    return text !== undefined && text === own?.[label];
  });
}

const chartLabels = ['app.kubernetes.io/name', 'app.kubernetes.io/instance'];

/** A host port of a DaemonSet to which no Service leads is how the pod on each node is reached. */
export const isReachedByNode: PodWitness = (pod, facts) => {
  if (pod.resource.kind !== 'DaemonSet') return undefined;
  for (const {name, value} of pod.containers) {
    for (const item of asList(value['ports'])) {
      const {hostPort, containerPort, name: portName} = asMap(item) ?? {};
      if (typeof hostPort !== 'number' || hostPort === 0) continue;
      const isServed = facts
        .servicesOf(pod)
        .some(({ports, isHeadless}) =>
          ports.length === 0
            ? isHeadless
            : ports.some(({target}) => target === containerPort || target === portName),
        );
      if (isServed) continue;
      return `container "${name}" of a DaemonSet is reached through the host port ${hostPort} of its node: no Service leads to it`;
    }
  }
  return undefined;
};
