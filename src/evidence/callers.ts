import {asList, asMap, asString, valueAt} from '../json.ts';
import type {PodSpec} from '../kubernetes/pod-spec.ts';
import type {Resource} from '../kubernetes/resource.ts';
import {commandTexts} from './commands.ts';
import type {PodWitness} from './witness.ts';

/**
 * The API server calls pods on the host network. If there is no overlay network from it to the
 * pods, as with managed control planes, it cannot reach them in any other way.
 */
export const isCalledByApiServer: PodWitness = (pod, facts) => {
  if (pod.value['hostNetwork'] !== true) return undefined;
  const caller = facts.callerOf(pod) ?? facts.dutiesOf(pod).extends;
  return caller === undefined
    ? undefined
    : `the API server calls these pods on the host network, through the ${caller.kind} "${caller.name}"`;
};

/**
 * What serves Ingresses or Gateways receives requests on its node. It is recognized as the
 * controller of a class, or by its role.
 */
export const servesClass: PodWitness = (pod, facts) => {
  if (!listensOnNode(pod)) return undefined;
  const served = facts.classes.find(each => isControllerOf(pod, each));
  if (served !== undefined) {
    return `it receives requests on its node as the controller of the ${served.kind} "${served.name}"`;
  }
  const role = facts.dutiesOf(pod).serves;
  return role === undefined
    ? undefined
    : `it receives requests on its node for Ingresses or Gateways: the ${role.kind} "${role.name}" lets it write their status`;
};

/** Options of ingress controllers, whatever class they serve. */
export const servingOptions =
  '(?:^|[ ])--?(?:default-backend-service|publish-service|ingress-class|watch-ingress-without-class|providers[.]kubernetes(?:ingress|crd|gateway))(?:[=. ]|$)';

const servingOption = new RegExp(servingOptions);

export const isToldToServe: PodWitness = pod => {
  if (!listensOnNode(pod)) return undefined;
  const controller = pod.containers.find(each =>
    commandTexts(each).some(text => servingOption.test(text)),
  );
  return controller === undefined
    ? undefined
    : `container "${controller.name}" receives requests on its node: it has the options of an ingress controller`;
};

const listensOnNode = ({value, containers}: PodSpec): boolean =>
  value['hostNetwork'] === true ||
  containers.some(each =>
    asList(each.value['ports']).some(item => {
      const port = asMap(item)?.['hostPort'];
      return typeof port === 'number' && port !== 0;
    }),
  );

/** Recognized by its arguments, or by the labels that a chart gives both. */
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

/**
 * A host port of a DaemonSet that no Service leads to is how clients reach the pod on each node.
 */
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

/** The default ports of web servers. */
export const webPorts = [80, 443];

/** A DaemonSet with both is the edge proxy of its nodes, even if Services also lead to it. */
export const isEdgeOfNodes: PodWitness = ({resource, containers}) => {
  if (resource.kind !== 'DaemonSet') return undefined;
  const edge = containers.find(({value}) => {
    const taken = asList(value['ports']).map(item => asMap(item)?.['hostPort']);
    return webPorts.every(port => taken.includes(port));
  });
  return edge === undefined
    ? undefined
    : `container "${edge.name}" of a DaemonSet takes the host ports ${webPorts.join(' and ')} of each node, the default ports of web servers`;
};
