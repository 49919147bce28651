import {asList, asMap, type Json, type Path, valueAt} from '../json.ts';
import {isWithin, parseRange} from '../kubernetes/address-range.ts';
import {governs, networkPoliciesOf} from '../kubernetes/isolation.ts';
import type {Resource} from '../kubernetes/resource.ts';
import type {Workload} from '../kubernetes/workload.ts';
import {isOutside, type Origin} from '../network/needs/connection.ts';
import {Connections} from '../network/needs/connections.ts';
import {rangesOf} from '../network/needs/outside.ts';
import {admittedTo} from '../network/policies/plan.ts';
import type {Rung} from '../policy/network-policy.ts';
import type {Rule} from './rule.ts';

/**
 * Restricted fields of a NetworkPolicy: `spec.ingress[]` must have a `from`, and an `ipBlock` in it
 * must not be of every address, nor wider than any private range: two halves are a whole. Where the policy
 * file opens all of it to the pods, by a declaration or by the addresses of a controller or of the API
 * server, the rule is what was asked for.
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
    const asked = rangesAsked(new Connections(stream, policy), policy.networkPolicy.ingress);
    for (const {resource, path, message, cidr} of open) {
      const selector = valueAt(resource.value, ['spec', 'podSelector']) ?? {};
      const selected = asked.size === 0 ? [] : stream.pods.select(selector, resource.namespace);
      const isMeant = (each: Workload) => holds(asked.get(each), cidr);
      if (selected.length === 0 || !selected.every(isMeant)) yield {resource, path, message};
    }
  },
};

interface Opening {
  readonly resource: Resource;
  readonly path: Path;
  readonly message: string;
  /** Absent where everyone is admitted. */
  readonly cidr?: string;
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
      return [{resource, path: [...path, 'from', at, ...block], message, cidr: String(cidr)}];
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

/** The ranges that the policy admits to each workload. */
function rangesAsked(connections: Connections, rung: Rung): ReadonlyMap<Workload, Set<string>> {
  const asked = new Map<Workload, Set<string>>();
  for (const {from, to} of connections.of(new Set<Origin>(['exposed', ...outsiders(rung)]))) {
    if (!isOutside(from) || isOutside(to)) continue;
    const known = asked.get(to) ?? new Set();
    for (const range of rangesOf(from)) asked.set(to, known.add(range));
  }
  return asked;
}

const outsiders = (rung: Rung): readonly Origin[] =>
  admittedTo(rung).filter(origin => !amongPods.has(origin));

/** What connects pods alone. */
const amongPods: ReadonlySet<Origin> = new Set(['kin', 'reference', 'peers']);

/** Whether one of the ranges asked for holds all of `cidr`, or everyone where there is none. */
function holds(asked: ReadonlySet<string> | undefined, cidr: string | undefined): boolean {
  const inner = cidr === undefined ? undefined : parseRange(cidr);
  return [...(asked ?? [])].some(range => {
    if (isEveryAddress(range)) return true;
    const outer = parseRange(range);
    return inner !== undefined && outer !== undefined && isWithin(inner, outer);
  });
}
