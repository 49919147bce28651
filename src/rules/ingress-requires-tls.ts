import {asList, asMap, type JsonMap, textOf, valueAt} from '../json.ts';
import type {Resource} from '../kubernetes/resource.ts';
import {ingressGroups, openShiftGroups} from '../kubernetes/route-kinds.ts';
import type {Rule, Violation} from './rule.ts';

/**
 * Restricted fields:
 *
 * - Ingress `spec.rules[*].host`: must be among `spec.tls[*].hosts`; an item of `tls` without
 *   hosts serves all, and an Ingress without rules needs one item
 * - with `spec.tls`, annotations that make controllers also serve plain text: must not be set
 * - OpenShift Route `spec.tls`: must be set, and `insecureEdgeTerminationPolicy` must not be
 *   `Allow`
 */
export const ingressRequiresTls: Rule = {
  id: 'ingress-requires-tls',
  title: 'Public routes must use TLS',
  severity: 'medium',
  remedy: 'List every host of the Ingress under `tls`, with a Secret that holds its certificate.',
  rationale:
    'Without TLS, anyone on the network path can read passwords and session cookies, and change the traffic.',
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

/**
 * Annotations that make controllers serve plain text in addition to TLS, with the value that does
 * so.
 */
export const plainText: Readonly<Record<string, string>> = {
  'haproxy-ingress.github.io/ssl-redirect': 'false',
  'haproxy.org/ssl-redirect': 'false',
  'ingress.kubernetes.io/ssl-redirect': 'false',
  'kubernetes.io/ingress.allow-http': 'true',
  'nginx.ingress.kubernetes.io/ssl-redirect': 'false',
  'nginx.org/redirect-to-https': 'false',
};

function* ingressViolations({value}: Resource): Iterable<Violation> {
  const spec = asMap(value['spec']);
  if (asList(spec?.['tls']).length > 0) yield* plainTextOf(value);
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

function* plainTextOf(value: JsonMap): Iterable<Violation> {
  const annotations = asMap(asMap(value['metadata'])?.['annotations']) ?? {};
  for (const [key, open] of Object.entries(plainText)) {
    if (annotations[key] !== open) continue;
    const message = `\`${key}: "${open}"\` also serves plain text, although the Ingress has \`tls\``;
    yield {path: ['metadata', 'annotations', key], message};
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
    yield {path, message: '`insecureEdgeTerminationPolicy: Allow` also serves plain text'};
  }
}
