import {asList, asMap, type Json, type Path, valueAt} from '../json.ts';
import {governs, networkPoliciesOf} from '../kubernetes/isolation.ts';
import type {Resource} from '../kubernetes/resource.ts';
import type {Workload} from '../kubernetes/workload.ts';
import {isOutside} from '../network/connection.ts';
import {Connections} from '../network/connections.ts';
import type {Rule} from './rule.ts';

/**
 * Restricted fields of a NetworkPolicy: `spec.ingress[]` must have a `from`, and an `ipBlock` in it
 * must not be of every address, nor wider than any private range: two halves are a whole. Where the policy declares that the pods are exposed, or admits such
 * addresses to them, the rule is what was asked for.
 */
export const noOpenNetworkPolicy: Rule = {
  id: 'no-open-network-policy',
  title: 'A NetworkPolicy must not admit every address',
  severity: 'medium',
  rationale:
    'A policy that admits everyone isolates nothing: the pods pass for protected, and accept connections from external addresses.',
  references: {
    cis: ['5.3.2'],
    kubescape: ['C-0260'],
    nsa: 'Network separation and hardening',
    nist: ['AC-4', 'SC-7'],
    pci: ['1.3.1', '1.4.2', '1.4.4'],
  },
  isExposure: true,
  kinds: 'all',
  *checkStream(stream, {policy}) {
    const open = networkPoliciesOf(stream).flatMap(openingsOf);
    if (open.length === 0) return;
    const exposed = exposedWorkloads(new Connections(stream, policy));
    for (const {resource, path, message} of open) {
      const selector = valueAt(resource.value, ['spec', 'podSelector']) ?? {};
      const selected = exposed.size === 0 ? [] : stream.pods.select(selector, resource.namespace);
      const isMeant = selected.length > 0 && selected.every(each => exposed.has(each));
      if (!isMeant) yield {resource, path, message};
    }
  },
};

interface Opening {
  readonly resource: Resource;
  readonly path: Path;
  readonly message: string;
}

function openingsOf(resource: Resource): readonly Opening[] {
  if (!governs(resource.value, 'ingress')) return [];
  const rules = asList(valueAt(resource.value, ['spec', 'ingress']));
  return [...rules.entries()].flatMap(([index, rule]) => {
    const path = ['spec', 'ingress', index];
    const peers = asList(asMap(rule)?.['from']);
    if (peers.length === 0) return [{resource, path, message: everyone}];
    return [...peers.entries()].flatMap(([at, peer]) => {
      const block = ['ipBlock', 'cidr'];
      const cidr = valueAt(peer, block);
      if (!isWide(cidr)) return [];
      const which = isEveryAddress(cidr) ? 'every address' : 'addresses';
      const message = `the range "${String(cidr)}" admits ${which} of the internet to the pods that the policy seems to protect`;
      return [{resource, path: [...path, 'from', at, ...block], message}];
    });
  });
}

const everyone =
  'the rule has no `from`: it admits everyone, external addresses included, to the pods that the policy seems to protect';

/** A range whose prefix is empty holds all addresses of its family. */
const isEveryAddress = (cidr: Json | undefined): boolean =>
  typeof cidr === 'string' && /\/0+$/.test(cidr);

/**
 * Whether a range is wider than any private one: 10.0.0.0/8 (RFC 1918) and fc00::/7 (RFC 4193) are the
 * widest of their families.
 */
function isWide(cidr: Json | undefined): boolean {
  const prefix = typeof cidr === 'string' ? /\/(\d+)$/.exec(cidr)?.[1] : undefined;
  return prefix !== undefined && Number(prefix) < (String(cidr).includes(':') ? 7 : 8);
}

/** The workloads to which the policy admits every address. */
function exposedWorkloads(connections: Connections): ReadonlySet<Workload> {
  const exposed = new Set<Workload>();
  for (const {from, to} of connections.of(new Set(['exposed', 'declared']))) {
    const isOpen =
      isOutside(from) &&
      from.peers.some(peer => isEveryAddress(valueAt(peer, ['ipBlock', 'cidr'])));
    if (isOpen && !isOutside(to)) exposed.add(to);
  }
  return exposed;
}
