import type {Policy} from '../policy/policy.ts';
import {digestOf} from './shards.ts';

/**
 * A text that differs if two policies judge differently; undefined if a policy has rules that cannot be written. Thresholds
 * only decide what follows from findings, and are left out.
 */
export function policyText(policy: Policy): string | undefined {
  if (policy.customRules.some(({written}) => written === undefined)) return undefined;
  const {failOn: _, blockOn: __, strict: ___, ...judging} = policy;
  return JSON.stringify(judging, (_key, value: unknown) => {
    if (value instanceof Map) return ['map', ...value];
    if (value instanceof Set) return ['set', ...value];
    return typeof value === 'number' && !Number.isFinite(value) ? `${value}` : value;
  });
}

/** The digest of what a policy judges by. */
export const policyDigest = (policy: Policy): string => digestOf(policyText(policy) ?? 'unknown');
