import {asMap, asString} from '../json.ts';
import {allowAnnotation, reasonAnnotation} from '../kubernetes/own-marks.ts';
import type {Resource} from '../kubernetes/resource.ts';
import {memoized} from '../memoized.ts';
import {namesRule} from './exceptions.ts';
import type {AnnotationTrust, Exception} from './policy.ts';
import {selects} from './selector.ts';

/** The exception for `rule` that an object has in its annotations, if the policy trusts them there. */
export function annotatedException(
  rule: string,
  resource: Resource,
  trusted: readonly AnnotationTrust[],
): Exception | undefined {
  if (trusted.length === 0) return undefined;
  const {rules, reason} = requestOf(resource);
  if (reason === '' || !rules.has(rule) || !isTrusted(rule, resource, trusted)) return undefined;
  const {kind, name} = resource;
  return {rules: [rule], match: {kind, name}, reason: `${reasonAnnotation}: ${reason}`};
}

/** Why the annotation that asks to allow rules does not count, or not for all of them. Undefined if it counts, or is missing. */
export function whyAnnotationFails(
  resource: Resource,
  trusted: readonly AnnotationTrust[],
): string | undefined {
  const {rules, reason} = requestOf(resource);
  if (rules.size === 0) return undefined;
  if ([...rules].some(rule => !isTrusted(rule, resource, trusted)))
    return 'the policy does not trust it here, or it comes from a chart';
  return reason === '' ? `it has no \`${reasonAnnotation}\`` : undefined;
}

/** What an object asks for: ids, without patterns. Many findings ask for that of one object. */
const requestOf = memoized(({value}: Resource) => {
  const annotations = asMap(asMap(value['metadata'])?.['annotations']);
  const list = asString(annotations?.[allowAnnotation]) ?? '';
  const rules = list.split(',').map(rule => rule.trim());
  return {
    rules: new Set(rules.filter(rule => rule !== '')),
    reason: (asString(annotations?.[reasonAnnotation]) ?? '').trim(),
  };
});

const isTrusted = (
  rule: string,
  resource: Resource,
  trusted: readonly AnnotationTrust[],
): boolean => trusted.some(({match, rules}) => namesRule(rules, rule) && selects(match, resource));
