import {nowhere, parsePolicy} from './config/parse.ts';
import {resolvePolicy} from './config/resolve.ts';
import {readImageLock} from './images/lock/read.ts';
import type {Policy} from './policy/policy.ts';

export {UsageError} from './errors.ts';
export type {Finding, ResourceIdentity, Source} from './findings/finding.ts';
export {audit, type Hardened, harden, type Summary} from './harden.ts';
export type {Policy} from './policy/policy.ts';
export {formats} from './report/formats.ts';
export type {Report} from './report/report.ts';
export {rules} from './rules/index.ts';
export type {Rule} from './rules/rule.ts';

/**
 * A policy from data: what a policy file may contain, as plain objects and lists. Without `data`,
 * the default profile. `imageLock` is the text of a lock file of images (docs/images.md).
 *
 * @throws {UsageError} with the key that is wrong, and what is allowed there
 */
export function policyOf(data: unknown = {}, imageLock?: string): Policy {
  const locked = imageLock === undefined ? undefined : readImageLock(imageLock, 'image lock');
  return resolvePolicy(parsePolicy(data, 'policy', nowhere), locked);
}
