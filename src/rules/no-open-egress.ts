import {asList, asMap, textOf, valueAt} from '../json.ts';
import {governs} from '../kubernetes/isolation.ts';
import {isWholeInternet, isWide, publicPartOf} from '../kubernetes/open-ranges.ts';
import {isOurs} from '../network/policies/policy-name.ts';
import type {Rule} from './rule.ts';

/**
 * Restricted fields of a NetworkPolicy that governs egress: `spec.egress[]` must have a `to`, and
 * its `ipBlock`s must not contain most of the internet, without what is in `except`.
 */
export const noOpenEgress: Rule = {
  id: 'no-open-egress',
  title: 'A NetworkPolicy must not let pods connect to anywhere',
  severity: 'low',
  remedy: 'Name the pods, namespaces or address ranges that the pods connect to.',
  rationale:
    'A compromised pod that can connect to anywhere sends out data, and downloads tools and orders, although a policy seems to govern it.',
  references: {
    cis: ['5.3.2'],
    nsa: 'Network separation and hardening',
    nist: ['AC-4', 'SC-7'],
    pci: ['1.3.2'],
  },
  kinds: ['NetworkPolicy'],
  *checkResource(resource) {
    const {kind, group, value} = resource;
    if (kind !== 'NetworkPolicy' || group !== 'networking.k8s.io' || isOurs(resource)) return;
    if (!governs(value, 'egress')) return;
    for (const [index, rule] of asList(valueAt(value, ['spec', 'egress'])).entries()) {
      const path = ['spec', 'egress', index];
      const peers = asList(asMap(rule)?.['to']);
      const isForPorts = asList(asMap(rule)?.['ports']).length > 0;
      if (peers.length === 0) yield {path, message: isForPorts ? anyAddress : anything};
      for (const [at, peer] of peers.entries()) {
        const block = asMap(peer)?.['ipBlock'];
        const ranges = publicPartOf(block);
        if (block === undefined || !isWide(ranges)) continue;
        const which = isWholeInternet(ranges) ? 'every address' : 'most addresses';
        const message = `the range "${textOf(asMap(block)?.['cidr'])}" lets the pods connect to ${which} of the internet`;
        yield {path: [...path, 'to', at, 'ipBlock', 'cidr'], message};
      }
    }
  },
};

const anything =
  'the rule has no `to`: it lets the pods connect to anywhere, on every port, although the policy seems to govern them';
const anyAddress = 'the rule has no `to`: it lets the pods connect to every address on its ports';
