import type {Policy} from '../policy/policy.ts';
import {type Allowance, allowancesOf, isLive, mayMatch} from './allowance.ts';
import {checks} from './checks/index.ts';
import {waitsUnseen} from './evidence.ts';
import {conditionOf} from './exception.ts';
import {shapes} from './shape.ts';

/** What of `policy` the admission policies do not hold, a sentence each. */
export function notesOn(policy: Policy, today: string): readonly string[] {
  const unasked = [...policy.rules.keys()].filter(id => !checks.some(({rule}) => rule === id));
  const unseen = [...policy.rules.keys()].filter(id => waitsUnseen(id, policy));
  return [
    ...(unasked.length === 0 ? [] : [`no admission policy asks for ${unasked.join(', ')}`]),
    ...unseen.map(
      id =>
        `${id} is asked with what is only flagged: whether its rewrite waits for a decision, other objects tell. Decide by \`--undecided fix\`, or by \`${id}: fix\` among the \`rules\` of the policy`,
    ),
    ...(policy.waiting.size === 0 ? [] : [unseenNeed]),
    ...allowancesOf(policy).flatMap(allowance => noteOn(allowance, today)),
  ];
}

const unseenNeed =
  'what only other objects of a stream or comments show of a need, no admission policy sees: what waits in render for that is denied here until an exception allows it';

function noteOn(allowance: Allowance, today: string): readonly string[] {
  const {origin, reason, expires} = allowance;
  const title = `the ${origin} "${reason}"`;
  if (!isLive(allowance, today)) return [`${title} has expired: it is left out`];
  if (!mayMatch(allowance)) {
    return [`${title} is left out: what it matches is the name of no object of Kubernetes`];
  }
  if (!isAsked(allowance)) return [`${title} is left out: no admission policy asks what it allows`];
  if (expires === undefined) return [];
  return [`${title} ends on ${expires}: print the policies anew after that day`];
}

const isAsked = (allowance: Allowance): boolean =>
  checks
    .filter(({rule}) => allowance.rules.includes(rule))
    .some(({subject}) =>
      shapes.some(
        shape => shape.subjects.includes(subject) && conditionOf(allowance, shape) !== undefined,
      ),
    );
