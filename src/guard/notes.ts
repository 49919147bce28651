import {matchText} from '../config/entries.ts';
import type {Policy} from '../policy/policy.ts';
import {findRule} from '../rules/index.ts';
import {type Allowance, allowancesOf, isLive, mayMatch, unseenKeys} from './allowance.ts';
import {checks} from './checks/index.ts';
import {waitsUnseen} from './evidence.ts';
import {conditionOf} from './exception.ts';
import {notesOnException, notesOnOwn, ownRulesOf} from './own-policies.ts';
import {shapes} from './shape.ts';

/** What the admission policies do not enforce of `policy`, one sentence each. */
export function notesOn(policy: Policy, today: string): readonly string[] {
  const builtIn = [...policy.rules.keys()].filter(id => findRule(id) !== undefined);
  const unasked = builtIn.filter(id => !checks.some(({rule}) => rule === id));
  const unseen = [...policy.rules.keys()].filter(id => waitsUnseen(id, policy));
  return [
    ...(unasked.length === 0 ? [] : [`no admission policy enforces ${unasked.join(', ')}`]),
    ...unseen.map(
      id =>
        `${id} is only flagged: one object cannot show whether its rewrite waits for a decision. To enforce it fully, use \`--undecided fix\`, or set \`${id}: fix\` under \`rules\` in the policy`,
    ),
    ...(policy.waiting.size === 0 ? [] : [unseenNeed]),
    ...(policy.trustAnnotations.length === 0 ? [] : [unseenAnnotations]),
    ...notesOnOwn(policy),
    ...allowancesOf(policy).flatMap(allowance => noteOn(allowance, policy, today)),
  ];
}

const unseenNeed =
  'an admission policy sees one object, and no comments: where only other objects or comments show a need, render waits, but the guard denies until an exception allows it';

const unseenAnnotations =
  'no admission policy looks at `kube-harden.io/allow`: the guard denies what `trustAnnotations` lets objects allow';

function noteOn(allowance: Allowance, policy: Policy, today: string): readonly string[] {
  const {expires} = allowance;
  const title = titleOf(allowance);
  if (!isLive(allowance, today)) return [`${title} has expired: it is left out`];
  if (!mayMatch(allowance)) {
    return [`${title} is left out: it can match no valid object name`];
  }
  const unseen = unseenKeys(allowance);
  if (unseen.length > 0) {
    return [
      `${title} is left out: an admission policy does not look at \`${unseen.join('`, `')}\` one by one, so the guard denies what it allows`,
    ];
  }
  const onOwn = notesOnException(allowance, title, policy);
  const own = ownRulesOf(policy).filter(({id}) => allowance.rules.includes(id));
  if (!isAsked(allowance) && own.length === onOwn.length) {
    if (onOwn.length > 0) return onOwn;
    return [`${title} is left out: no admission policy enforces what it allows`];
  }
  if (expires === undefined) return onOwn;
  return [...onOwn, `${title} expires on ${expires}: print the policies again after that day`];
}

/** Which entry it is. The rules of an exposure are not written in the policy. */
function titleOf(allowance: Allowance): string {
  const {origin, rules, reason} = allowance;
  const what = origin === 'exception' ? ` of ${rules.join(', ')}` : '';
  return `the ${origin}${what}, match ${matchText(allowance)} ("${reason}")`;
}

const isAsked = (allowance: Allowance): boolean =>
  checks
    .filter(({rule}) => allowance.rules.includes(rule))
    .some(({subject}) =>
      shapes.some(
        shape => shape.subjects.includes(subject) && conditionOf(allowance, shape) !== undefined,
      ),
    );
