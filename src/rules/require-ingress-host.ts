import {asList, asMap, textOf, valueAt} from '../json.ts';
import {maySameNamespace} from '../kubernetes/name-index.ts';
import type {Resource} from '../kubernetes/resource.ts';
import {ingressGroups} from '../kubernetes/route-kinds.ts';
import type {StreamIndex} from '../kubernetes/stream-index.ts';
import type {Rule, StreamViolation} from './rule.ts';

/**
 * Required fields:
 *
 * - Ingress `spec.rules[*].host`: must be set, must not begin with `*`, and must not be, with the
 *   same path, in an Ingress of another name; `spec.defaultBackend` must be absent
 */
export const requireIngressHost: Rule = {
  id: 'require-ingress-host',
  title: 'Ingresses must name their hosts',
  severity: 'low',
  remedy: 'Name one host in each rule, and use each host with a path only once.',
  rationale:
    'A rule without a host, or with a wildcard, also gets the requests for hosts of others, with their cookies and passwords. If two claim one host, it is chance who gets them.',
  references: {},
  kinds: ['Ingress'],
  *checkResource(resource) {
    if (!isIngress(resource)) return;
    const {value} = resource;
    for (const field of ['defaultBackend', 'backend']) {
      if (asMap(valueAt(value, ['spec', field])) === undefined) continue;
      const message = `\`${field}\` gets the requests for all hosts that no other Ingress names`;
      yield {path: ['spec', field], message};
    }
    for (const [index, item] of asList(valueAt(value, ['spec', 'rules'])).entries()) {
      const host = textOf(asMap(item)?.['host'] ?? '');
      const path = ['spec', 'rules', index];
      if (host === '') {
        const message = 'the rule has no `host`: it gets the requests for all hosts';
        yield {path, message};
      } else if (host.startsWith('*')) {
        const message = `"${host}" gets the requests for all hosts below it that no other Ingress names`;
        yield {path: [...path, 'host'], message};
      }
    }
  },
  checkStream: stream => claimedTwice(stream),
};

const isIngress = ({kind, group}: Resource): boolean =>
  kind === 'Ingress' && ingressGroups.includes(group);

/** A host and path that an earlier Ingress claims. */
function* claimedTwice(stream: StreamIndex): Iterable<StreamViolation> {
  const claims = new Map<string, Resource>();
  for (const resource of stream.ofKind('Ingress').filter(isIngress)) {
    const own = new Set<string>();
    const spec = asMap(resource.value['spec']);
    const classOf = textOf(spec?.['ingressClassName'] ?? '');
    for (const [index, item] of asList(spec?.['rules']).entries()) {
      const host = textOf(asMap(item)?.['host'] ?? '').toLowerCase();
      if (host === '') continue;
      const paths = asList(valueAt(item, ['http', 'paths']));
      for (const each of paths.length === 0 ? [undefined] : paths) {
        const key = JSON.stringify([classOf, host, textOf(asMap(each)?.['path'] ?? '/')]);
        const first = claims.get(key);
        if (first === undefined) claims.set(key, resource);
        if (first === undefined || first === resource || own.has(host)) continue;
        if (first.name === resource.name && maySameNamespace(first.namespace, resource.namespace)) {
          continue;
        }
        own.add(host);
        const message = `"${host}" is also claimed by the Ingress "${first.name}", with the same path: it is chance which of them gets the requests`;
        yield {resource, path: ['spec', 'rules', index, 'host'], message};
      }
    }
  }
}
