import {type Severity, worseOf} from '../severity.ts';
import type {ListChange} from './change.ts';
import type {Fact} from './posture.ts';

const isAccount = ({text}: Fact): boolean => text.startsWith('ServiceAccount/');

/**
 * Other accounts of pods, with the roles that these have and the former ones had not. What bindings change about the same
 * account is told for the bindings.
 */
export function* accountChanges(
  before: readonly Fact[],
  after: readonly Fact[],
): Iterable<ListChange> {
  const former = new Set(before.map(({text}) => text));
  const current = new Set(after.map(({text}) => text));
  const gained = after.filter(fact => !isAccount(fact) && !former.has(fact.text));
  for (const {text} of after.filter(isAccount)) {
    if (former.has(text)) continue;
    const severity = gained.reduce((worst: Severity, fact) => worseOf(worst, fact.severity), 'low');
    const roles = gained.map(fact => fact.text).join(', ');
    yield {direction: 'worse', severity, text: roles === '' ? text : `${text}, which has ${roles}`};
  }
  for (const {text} of before.filter(isAccount)) {
    if (!current.has(text)) yield {direction: 'better', severity: 'low', text};
  }
}
