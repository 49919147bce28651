import {asList, asMap, type JsonMap, textOf, valueAt} from '../json.ts';
import type {Resource} from '../kubernetes/resource.ts';
import {ingressGroups, openShiftGroups} from '../kubernetes/route-kinds.ts';
import type {Rule, Violation} from './rule.ts';

/**
 * Restricted fields:
 *
 * - Ingress `spec.rules[*].host`: must be among `spec.tls[*].hosts`; an item of `tls` without
 *   hosts serves all, and an Ingress without rules needs one item
 * - OpenShift Route `spec.tls`: must be there, and `insecureEdgeTerminationPolicy` must not be `Allow`
 */
export const ingressRequiresTls: Rule = {
  id: 'ingress-requires-tls',
  title: 'What is reachable from outside must speak TLS',
  severity: 'medium',
  remedy: 'List every host of the Ingress under `tls`, with a Secret that holds its certificate.',
  rationale:
    'Without TLS everybody on the way reads passwords and sessions, and changes what they like.',
  references: {kubescape: ['C-0263']},
  kinds: ['Ingress', 'Route'],
  checkResource(resource) {
    const group = resource.group;
    const isIngress = ingressGroups.includes(group);
    if (resource.kind === 'Ingress' && isIngress) return ingressViolations(resource);
    const isRoute = openShiftGroups.includes(group);
    return resource.kind === 'Route' && isRoute ? routeViolations(resource) : [];
  },
};

function* ingressViolations({value}: Resource): Iterable<Violation> {
  const spec = asMap(value['spec']);
  const items = asList(spec?.['tls']).map(item => asList(asMap(item)?.['hosts']));
  if (items.some(hosts => hosts.length === 0)) return;
  const covered = new Set(items.flat());
  const rules = asList(spec?.['rules']);
  if (rules.length === 0 && covered.size === 0) {
    yield {path: ['spec', 'tls'], message: '`tls` must name a certificate for the default backend'};
  }
  for (const [index, item] of rules.entries()) {
    const host = hostOf(asMap(item));
    if (covered.has(host) || covered.has(wildcardOf(host))) continue;
    if (host === '' && covered.size > 0) continue;
    const whose = host === '' ? 'without a host' : `for "${host}"`;
    const path = ['spec', 'rules', index, ...(host === '' ? [] : ['host'])];
    yield {path, message: `\`tls\` must cover the rule ${whose}: it is served in plain text`};
  }
}

const hostOf = (rule: JsonMap | undefined): string => textOf(rule?.['host'] ?? '');

/** `*.example.com` for `shop.example.com`: a wildcard stands for one label. */
const wildcardOf = (host: string): string =>
  host.includes('.') ? `*${host.slice(host.indexOf('.'))}` : host;

function* routeViolations({value}: Resource): Iterable<Violation> {
  const tls = asMap(valueAt(value, ['spec', 'tls']));
  if (tls === undefined) {
    yield {path: ['spec', 'tls'], message: '`tls` must be set: the route is served in plain text'};
  } else if (tls['insecureEdgeTerminationPolicy'] === 'Allow') {
    const path = ['spec', 'tls', 'insecureEdgeTerminationPolicy'];
    yield {path, message: '`insecureEdgeTerminationPolicy: Allow` serves plain text as well'};
  }
}
