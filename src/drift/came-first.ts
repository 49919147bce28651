import {rules} from '../rules/index.ts';
import type {FoundFact} from './posture.ts';

const rulesBefore: ReadonlyMap<string, readonly string[]> = new Map(
  rules.flatMap(({id, after}) => (after === undefined ? [] : [[id, after] as const])),
);

/** The parts of a fingerprint: the title of an object may be quoted. */
export function partsOf(fingerprint: string) {
  const [, rule = '', object = '', rest = ''] =
    /^(\S+) ("(?:[^"\\]|\\.)*"|\S+) ?(.*)$/s.exec(fingerprint) ?? [];
  return {rule, object, rest};
}

/**
 * Returns whether a finding says nothing about an object with `findings`, because one of them is of a rule that comes
 * first: that the other rule asks for more, now that this one is mended, makes nothing worse.
 */
export function covering(findings: readonly FoundFact[]): (fingerprint: string) => boolean {
  const first = new Set([...rulesBefore.values()].flat());
  const found = new Set<string>();
  for (const {text} of findings) {
    const {rule, object} = partsOf(text);
    if (first.has(rule)) found.add(`${rule} ${object}`);
  }
  return fingerprint => {
    const {rule, object} = partsOf(fingerprint);
    return rulesBefore.get(rule)?.some(each => found.has(`${each} ${object}`)) ?? false;
  };
}
