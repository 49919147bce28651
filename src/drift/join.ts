import {numbered, withoutNumber} from '../findings/fingerprints.ts';
import type {Fact, FoundFact, ObjectFacts, Posture} from './posture.ts';

/** The posture of several releases together; what has the same name in two of them is numbered. */
export function joinedPosture(postures: readonly Posture[]): Posture {
  const [first] = postures;
  if (first !== undefined && postures.length === 1) return first;
  const objects = new Map<string, ObjectFacts>();
  const titles = new Map<string, number>();
  const fingerprints = new Map<string, number>();
  const exceptions = new Map<string, Fact>();
  const findings: FoundFact[] = [];
  for (const posture of postures) {
    for (const [title, facts] of posture.objects) {
      objects.set(numbered(withoutNumber(title), titles), facts);
    }
    for (const fact of posture.exceptions) exceptions.set(fact.text, fact);
    for (const fact of posture.findings) {
      findings.push({...fact, text: numbered(withoutNumber(fact.text), fingerprints)});
    }
  }
  return {objects, exceptions: [...exceptions.values()], findings};
}
