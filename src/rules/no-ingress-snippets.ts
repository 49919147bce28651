import {remove} from '../edits.ts';
import {asMap, valueAt} from '../json.ts';
import {ingressGroups} from '../kubernetes/route-kinds.ts';
import type {Rule} from './rule.ts';

/** An option of the controller can change the prefix, so the name decides. */
export const snippet =
  /\/(?:(?:configuration|server|stream|auth|modsecurity)-snippet|(?:server|location)-snippets)$/;

/**
 * Restricted field: Ingress `metadata.annotations`: must not contain nginx configuration
 * (CVE-2021-25742), for ingress-nginx and NGINX's own controller.
 */
export const noIngressSnippets: Rule = {
  id: 'no-ingress-snippets',
  title: 'Ingresses must not inject nginx configuration',
  severity: 'high',
  remedy:
    'Remove the snippet annotation, and use the controller’s own annotations or its ConfigMap.',
  rationale:
    'A snippet runs in the controller, which can read the TLS keys and often all secrets in the cluster: whoever can write an Ingress can get them (CVE-2021-25742).',
  rewrite: {does: 'removes the annotation', disruption: 'likely', effect: 'takes'},
  references: {kubescape: ['C-0059']},
  kinds: ['Ingress'],
  *checkResource({kind, group, value}) {
    if (kind !== 'Ingress' || !ingressGroups.includes(group)) return;
    const annotations = asMap(valueAt(value, ['metadata', 'annotations'])) ?? {};
    for (const key of Object.keys(annotations)) {
      if (!snippet.test(key)) continue;
      const path = ['metadata', 'annotations', key];
      const message = `the annotation \`${key}\` injects nginx configuration, which can read the secrets of the controller (CVE-2021-25742)`;
      yield {path, message, edits: [remove(path)]};
    }
  },
};
