import {plainText} from '../../rules/ingress-requires-tls.ts';
import {snippet} from '../../rules/no-ingress-snippets.ts';
import {celString} from '../language/cel.ts';
import type {Check} from '../language/check.ts';

export const noPublicIngress: Check = {
  rule: 'no-public-ingress',
  name: 'isIngress',
  subject: 'ingress',
  finds: 'true',
  outcome: 'flagged',
};

const items = 'object.spec.?tls.orValue([])';
const rules = 'object.spec.?rules.orValue([])';
const host = "r.?host.orValue('')";

/** Any certificate covers a rule without a host; `*` in `*.example.com` stands for one label. */
const isCovered = `(${host} == '' ? ${items}.size() > 0 : ${items}.exists(t, ${host} in t.hosts || ${host}.contains('.') && '*' + ${host}.substring(${host}.indexOf('.')) in t.hosts))`;

export const ingressRequiresTls: Check = {
  rule: 'ingress-requires-tls',
  name: 'plainText',
  subject: 'ingress',
  finds: `${items}.all(t, t.?hosts.orValue([]).size() > 0) && (${rules}.size() == 0 && ${items}.size() == 0 || ${rules}.exists(r, !${isCovered}))`,
  outcome: 'flagged',
};

export const noPlainTextBesideTls: Check = {
  rule: 'ingress-requires-tls',
  name: 'plainTextBesideTls',
  subject: 'ingress',
  finds: `${items}.size() > 0 && object.metadata.?annotations.orValue({}).exists(a, [${Object.entries(
    plainText,
  )
    .map(([key, open]) => celString(`${key}=${open}`))
    .join(', ')}].exists(p, p == a + '=' + object.metadata.annotations[a]))`,
  outcome: 'flagged',
  remedy: 'Remove the annotation that makes the controller serve plain text as well as TLS.',
};

export const noIngressSnippets: Check = {
  rule: 'no-ingress-snippets',
  name: 'snippets',
  subject: 'ingress',
  finds: `object.metadata.?annotations.orValue({}).exists(a, a.matches(${celString(snippet.source)}))`,
  outcome: 'rewritten',
};

export const requireIngressHost: Check = {
  rule: 'require-ingress-host',
  name: 'openHosts',
  subject: 'ingress',
  finds: `has(object.spec.defaultBackend) || ${rules}.exists(r, ${host} == '' || ${host}.startsWith('*'))`,
  outcome: 'flagged',
  remedy: 'Name one host in each rule, without a wildcard and without a default backend.',
};
