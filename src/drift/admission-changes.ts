import type {ListChange} from './change.ts';
import type {Fact} from './posture.ts';

/** The levels of Pod Security, from none up. */
const levels = ['privileged', 'baseline', 'restricted'];

/**
 * What checks objects is missed when it is gone, and what changes objects or answers for others is worse when it is new.
 * Another level of Pod Security is worse if it is lower; another version of the same level is told as worse.
 */
export function* admissionChanges(
  before: readonly Fact[],
  after: readonly Fact[],
): Iterable<ListChange> {
  const [former, current] = [byKey(before), byKey(after)];
  for (const [key, fact] of current) {
    const known = former.get(key);
    if (known?.text === fact.text) continue;
    const isBetter = isGuard(fact) && (known === undefined || levelIn(known) < levelIn(fact));
    if (isBetter && levelIn(fact) === 0) continue;
    const was = known === undefined ? '' : ` (was ${known.text.slice(key.length + 2)})`;
    yield {
      direction: isBetter ? 'better' : 'worse',
      severity: fact.severity,
      text: `${isBetter ? 'now ' : ''}${fact.text}${was}`,
    };
  }
  for (const [key, {text, severity}] of former) {
    if (current.has(key)) continue;
    const isWorse = isGuard({text}) && levelIn({text}) !== 0;
    if (!isWorse && isGuard({text})) continue;
    yield {direction: isWorse ? 'worse' : 'better', severity, text: `no longer ${text}`};
  }
}

/** By what there is only one of in an object: a mode of Pod Security, or a text. */
const byKey = (facts: readonly Fact[]): ReadonlyMap<string, Fact> =>
  new Map(facts.map(fact => [/^Pod Security \w+/.exec(fact.text)?.[0] ?? fact.text, fact]));

const isGuard = ({text}: Pick<Fact, 'text'>): boolean => /^(?:checked by|Pod Security) /.test(text);

/** The rank of a level; of what has none, one that counts. */
function levelIn({text}: Pick<Fact, 'text'>): number {
  const level = /^Pod Security \w+: (\w+)/.exec(text)?.[1];
  return level === undefined ? 1 : Math.max(0, levels.indexOf(level));
}
