import {asList, asMap, asString, type Json, type Path, valueAt} from '../json.ts';
import {isPartOf, parseRange} from './address-range.ts';
import type {Resource} from './resource.ts';

/** A range of a NetworkPolicy that the API server refuses, and what it must be. */
export interface RangeFault {
  readonly path: Path;
  readonly expected: string;
}

/**
 * The invalid ranges in the `ipBlock`s of a NetworkPolicy, and ranges of `except` that are not a
 * proper part of their `cidr`: ValidateIPBlock in pkg/apis/networking/validation of Kubernetes
 * refuses them.
 */
export function* rangeFaultsOf({group, kind, value}: Resource): Iterable<RangeFault> {
  if (kind !== 'NetworkPolicy' || group !== 'networking.k8s.io') return;
  for (const [direction, side] of [
    ['ingress', 'from'],
    ['egress', 'to'],
  ] as const) {
    for (const [index, rule] of asList(valueAt(value, ['spec', direction])).entries()) {
      for (const [at, peer] of asList(asMap(rule)?.[side]).entries()) {
        const block = asMap(peer)?.['ipBlock'];
        yield* faultsOf(block, ['spec', direction, index, side, at, 'ipBlock']);
      }
    }
  }
}

function* faultsOf(value: Json | undefined, path: Path): Iterable<RangeFault> {
  const block = asMap(value);
  if (block === undefined) return;
  const cidr = asString(block['cidr']) ?? '';
  const range = parseRange(cidr);
  if (range === undefined) {
    yield {path: [...path, 'cidr'], expected: 'a range of addresses such as 10.0.0.0/8'};
    return;
  }
  for (const [index, item] of asList(block['except']).entries()) {
    const part = parseRange(asString(item) ?? '');
    if (part !== undefined && isPartOf(part, range)) continue;
    yield {path: [...path, 'except', index], expected: `a part of the range "${cidr}"`};
  }
}
