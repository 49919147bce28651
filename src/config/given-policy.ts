import {type Place, UsageError} from '../errors.ts';
import {type Mode, modes, type Policy} from '../policy/policy.ts';
import {rankOf} from '../severity.ts';
import type {PolicyLayer} from './layers.ts';
import {type PolicyChoices, resolvePolicy} from './resolve.ts';

/** The keys of a policy whose values can be compared, so that they can only make it stricter. */
const comparable: readonly (keyof PolicyChoices)[] = ['profiles', 'rules', 'undecided', 'blockOn'];

/**
 * Compares a policy of unknown origin that came with the input with what would apply without it:
 * the defaults, and the `options` of the call. It may be stricter, never looser.
 *
 * @throws {UsageError} at `place`, if it is looser or cannot be compared
 */
export function requireGivable(
  {choices, base, imageLock, uncompiled}: PolicyLayer,
  options: PolicyChoices,
  place: Place,
): void {
  const refuse = (what: string): never => {
    throw new UsageError(
      `the functionConfig ${what}. From a pipe it may only make your policy stricter. If kustomize or kpt started kube-harden, set KUBE_HARDEN_CALLER=kustomize.`,
      place,
    );
  };
  const other = Object.keys(choices).find(key => !comparable.some(each => each === key));
  if (other !== undefined) refuse(`sets \`${other}\`, which may loosen your policy`);
  if (uncompiled !== undefined) refuse('has rules of its own, or reads admission policies');
  if (base !== undefined) refuse('sets `extends`, which reads a file');
  if (imageLock !== undefined) refuse('sets `images`, which reads a file');
  const own = resolvePolicy(options);
  const given = resolvePolicy({...choices, ...options});
  const loose = [...own.rules.keys()].find(rule => isLooser(rule, own, given));
  if (loose !== undefined) refuse(`loosens ${loose}`);
  if (rankOf(given.blockOn) > rankOf(own.blockOn)) refuse('loosens `blockOn`');
}

/** Whether `given` does less about the findings of `rule` than `own`. */
function isLooser(rule: string, own: Policy, given: Policy): boolean {
  const level = (mode: Mode = 'off') => modes.indexOf(mode);
  if (level(given.rules.get(rule)) < level(own.rules.get(rule))) return true;
  return own.rules.get(rule) === 'fix' && given.waiting.has(rule) && !own.waiting.has(rule);
}
