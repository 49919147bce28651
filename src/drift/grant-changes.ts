import type {ListChange} from './change.ts';
import type {Fact} from './posture.ts';

/** A line such as `deployments.apps [get, list]`; without verbs, such as that of a binding, just a text. */
interface Grant {
  readonly severity: Fact['severity'];
  readonly verbs: ReadonlySet<string>;
}

type Grants = ReadonlyMap<string, Grant>;

/** New and former rights: each resource with the verbs that it has gained or lost. */
export function* grantChanges(
  before: readonly Fact[],
  after: readonly Fact[],
): Iterable<ListChange> {
  const [former, current] = [grantsIn(before), grantsIn(after)];
  for (const change of beyond(former, current)) yield {direction: 'worse', ...change};
  for (const change of beyond(current, former)) yield {direction: 'better', ...change};
}

const grantsIn = (facts: readonly Fact[]): Grants =>
  new Map(
    facts.map(({text, severity}) => {
      const [, what, verbs] = /^(.*) \[(.*)\]$/s.exec(text) ?? [];
      if (what === undefined || verbs === undefined) return [text, {severity, verbs: new Set()}];
      return [what, {severity, verbs: new Set(verbs.split(', '))}];
    }),
  );

/** What `others` grants and `grants` does not. */
function* beyond(grants: Grants, others: Grants): Iterable<Omit<ListChange, 'direction'>> {
  for (const [what, {severity, verbs}] of others) {
    const covering = coveringOf(what).flatMap(key => grants.get(key) ?? []);
    if (verbs.size === 0) {
      if (covering.length === 0) yield {severity, text: what};
      continue;
    }
    if (covering.some(each => each.verbs.has('*'))) continue;
    const more = [...verbs].filter(verb => !covering.some(each => each.verbs.has(verb)));
    if (more.length > 0) yield {severity, text: `${what} [${more.join(', ')}]`};
  }
}

/** The lines that grant the same or more: without names, and with wildcards. */
function coveringOf(what: string): readonly string[] {
  const all = what.split(' named ', 1)[0] ?? what;
  const dot = all.indexOf('.');
  const [resource, group] = dot === -1 ? [all, ''] : [all.slice(0, dot), all.slice(dot)];
  return [...new Set([what, all, `*${group}`, `${resource}.*`, '*.*'])];
}
