import {asList, asMap, type Json, type Path, valueAt} from '../json.ts';
import {networkPoliciesOf} from '../kubernetes/isolation.ts';
import {NameIndex} from '../kubernetes/name-index.ts';
import type {Resource} from '../kubernetes/resource.ts';
import {servicesOf} from '../kubernetes/service.ts';
import type {StreamIndex} from '../kubernetes/stream-index.ts';
import {gatewayBackends, ingressBackends} from '../network/needs/routes.ts';
import type {Rule, StreamViolation} from './rule.ts';

/**
 * In a stream with workloads:
 *
 * - `spec.podSelector` of a NetworkPolicy, `spec.selector` of a Service and of a
 *   PodDisruptionBudget must select pods of the stream, if they are not empty
 * - a peer of a NetworkPolicy with a `podSelector` alone must select pods of the stream
 * - Ingresses and routes must name Services of the stream; a HorizontalPodAutoscaler a workload
 *
 * What they name may come from another release, or from an operator: so they are only flagged.
 */
export const noDanglingReferences: Rule = {
  id: 'no-dangling-references',
  title: 'Policies, Services and routes must reach something',
  severity: 'low',
  remedy: 'Correct the labels or the name, or remove the object.',
  rationale:
    'A policy that selects nothing protects nothing, although it looks as if it did. A Service or a route that leads nowhere gets the requests for whoever creates its target later.',
  references: {},
  kinds: 'all',
  *checkStream(stream) {
    if (stream.workloads.length === 0) return;
    yield* selectors(stream);
    yield* backends(stream);
    yield* scaled(stream);
  },
};

function* selectors(stream: StreamIndex): Iterable<StreamViolation> {
  const {pods} = stream;
  const isDangling = (selector: Json | undefined, namespace: string | undefined): boolean =>
    !isEmpty(selector) && pods.select(selector, namespace).length === 0;
  for (const resource of networkPoliciesOf(stream)) {
    const {value, namespace} = resource;
    const path = ['spec', 'podSelector'];
    if (isDangling(valueAt(value, path), namespace)) {
      yield {
        resource,
        path,
        message: 'the policy selects no pod of the stream: it protects nothing',
      };
    }
    for (const at of peersOf(resource)) {
      if (!isDangling(valueAt(value, at), namespace)) continue;
      const message = 'the peer selects no pod of the stream: nothing shows whom it admits';
      yield {resource, path: at, message};
    }
  }
  for (const {resource, selector} of servicesOf(stream)) {
    if (selector === undefined) continue;
    if (pods.select({matchLabels: selector}, resource.namespace).length > 0) continue;
    const message =
      'the Service selects no pod of the stream: whoever creates one with these labels gets its requests';
    yield {resource, path: ['spec', 'selector'], message};
  }
  for (const resource of stream.ofKind('PodDisruptionBudget')) {
    const path = ['spec', 'selector'];
    if (!isDangling(valueAt(resource.value, path), resource.namespace)) continue;
    yield {resource, path, message: 'the budget selects no pod of the stream: it keeps nothing up'};
  }
}

/** The paths of the pod selectors of peers in the namespace of the policy. */
function* peersOf({value}: Resource): Iterable<Path> {
  for (const [list, field] of [
    ['ingress', 'from'],
    ['egress', 'to'],
  ] as const) {
    for (const [index, rule] of asList(valueAt(value, ['spec', list])).entries()) {
      for (const [at, item] of asList(asMap(rule)?.[field]).entries()) {
        const peer = asMap(item);
        if (peer?.['namespaceSelector'] !== undefined || peer?.['podSelector'] === undefined) {
          continue;
        }
        yield ['spec', list, index, field, at, 'podSelector'];
      }
    }
  }
}

const isEmpty = (selector: Json | undefined): boolean => {
  const {matchLabels, matchExpressions} = asMap(selector) ?? {};
  return Object.keys(asMap(matchLabels) ?? {}).length + asList(matchExpressions).length === 0;
};

/** Routes to Services that are not in the stream. */
function* backends(stream: StreamIndex): Iterable<StreamViolation> {
  const names = new NameIndex<Resource>();
  for (const service of stream.ofKind('Service')) names.addResource(service, service);
  for (const {resource, path, name, namespace} of [
    ...ingressBackends(stream),
    ...gatewayBackends(stream),
  ]) {
    if (names.count(name, namespace) > 0) continue;
    const message = `the Service "${name}" is not in the stream: whoever creates it gets the requests`;
    yield {resource, path, message};
  }
}

function* scaled(stream: StreamIndex): Iterable<StreamViolation> {
  const autoscalers = stream.ofKind('HorizontalPodAutoscaler');
  if (autoscalers.length === 0) return;
  const names = new NameIndex<Resource>();
  for (const resource of stream.resources)
    names.addResource(resource, resource, `${resource.kind}/`);
  for (const resource of autoscalers) {
    const path = ['spec', 'scaleTargetRef'];
    const {kind, name} = asMap(valueAt(resource.value, path)) ?? {};
    if (typeof kind !== 'string' || typeof name !== 'string') continue;
    if (names.count(`${kind}/${name}`, resource.namespace) > 0) continue;
    yield {
      resource,
      path,
      message: `the ${kind} "${name}" is not in the stream: nothing is scaled`,
    };
  }
}
