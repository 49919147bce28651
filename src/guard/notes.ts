import type {Exception, Policy} from '../policy/policy.ts';
import {checks} from './checks/index.ts';
import {conditionOf} from './exception.ts';
import {shapes} from './shape.ts';

/** What of `policy` the admission policies do not hold, a sentence each. */
export function notesOn(policy: Policy, exceptions: readonly Exception[]): readonly string[] {
  const unasked = [...policy.rules.keys()].filter(id => !checks.some(({rule}) => rule === id));
  return [
    ...(unasked.length === 0 ? [] : [`no admission policy asks for ${unasked.join(', ')}`]),
    ...policy.exceptions.flatMap(exception => noteOn(exception, exceptions.includes(exception))),
  ];
}

function noteOn(exception: Exception, isLive: boolean): readonly string[] {
  const title = `the exception "${exception.reason}"`;
  if (!isLive) return [`${title} has expired: it is left out`];
  if (!isPrintable(exception)) {
    return [`${title} is left out: what it matches is the name of no object of Kubernetes`];
  }
  const asked = checks.filter(({rule}) => exception.rules.includes(rule));
  const isMeant = asked.some(({subject}) =>
    shapes.some(
      shape => shape.subjects.includes(subject) && conditionOf(exception, shape) !== undefined,
    ),
  );
  if (!isMeant) return [`${title} is left out: no admission policy asks what it allows`];
  if (exception.expires === undefined) return [];
  return [`${title} ends on ${exception.expires}: print the policies anew after that day`];
}

/** Names of kinds, namespaces, objects and containers are ASCII. */
export const isPrintable = ({match}: Exception): boolean =>
  Object.values(match).every(pattern => /^[\x20-\x7e]*$/.test(pattern));
