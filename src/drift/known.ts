import type {Finding} from '../findings/finding.ts';
import {withoutNumber} from '../findings/fingerprints.ts';
import {reaches, type Severity, severities} from '../severity.ts';
import {covering} from './came-first.ts';
import type {Posture} from './posture.ts';

/**
 * `findings`, with those marked that a lock file has. One that has become more severe is not known,
 * and neither is one that an exception allowed when the file was written: an exception may expire.
 * Of equal ones, whose numbers may change with their order, the most severe are compared first. What a rule asks for
 * because the mistake that came first is mended is known, too.
 */
export function markedKnown(
  findings: readonly Finding[],
  {findings: lines}: Posture,
): readonly Finding[] {
  const known = new Map<string, Severity[]>();
  for (const {text, severity, isExcepted} of lines.toSorted(bySeverity)) {
    if (isExcepted !== true) add(known, withoutNumber(text), severity);
  }
  const marked = new Set<Finding>();
  const isCovered = covering(lines);
  for (const finding of findings.toSorted(bySeverity).reverse()) {
    if (finding.status !== 'flagged') continue;
    const left = known.get(withoutNumber(finding.fingerprint));
    const worst = left?.at(-1);
    const isThere = worst !== undefined && reaches(worst, finding.severity);
    if (isThere) left?.pop();
    if (isThere || isCovered(finding.fingerprint)) marked.add(finding);
  }
  return findings.map(finding => (marked.has(finding) ? {...finding, known: true} : finding));
}

function add(known: Map<string, Severity[]>, text: string, severity: Severity): void {
  const same = known.get(text);
  if (same === undefined) known.set(text, [severity]);
  else same.push(severity);
}

/** The most severe last. */
const bySeverity = (one: {readonly severity: Severity}, other: {readonly severity: Severity}) =>
  severities.indexOf(one.severity) - severities.indexOf(other.severity);
