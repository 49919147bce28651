import type {Finding} from '../findings/finding.ts';
import {reaches} from '../severity.ts';
import type {Posture} from './posture.ts';

/**
 * `findings`, with those marked that a lock file has. One that has become more severe is not known,
 * and neither is one that an exception allowed when the file was written: an exception may expire.
 */
export function markedKnown(
  findings: readonly Finding[],
  {findings: lines}: Posture,
): readonly Finding[] {
  const known = new Map(
    lines.filter(({isExcepted}) => isExcepted !== true).map(({text, severity}) => [text, severity]),
  );
  return findings.map(finding => {
    const severity = known.get(finding.fingerprint);
    const isKnown =
      finding.status === 'flagged' && severity !== undefined && reaches(severity, finding.severity);
    return isKnown ? {...finding, known: true} : finding;
  });
}
