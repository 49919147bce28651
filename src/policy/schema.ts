import * as v from 'valibot';
import {UsageError} from '../errors.ts';
import {findRule, rules} from '../rules/index.ts';
import {severities} from '../severity.ts';
import {networkPolicySchema} from './network-policy-schema.ts';
import {minorOf, podSecurityVersionPattern} from './pod-security-version.ts';
import {modes} from './policy.ts';
import {profiles} from './profiles.ts';
import type {PolicyChoices} from './resolve.ts';

const threshold = v.picklist([...severities, 'none']);
const profile = v.picklist(Object.keys(profiles));
const ruleId = v.pipe(
  v.string(),
  v.check(
    id => findRule(id) !== undefined,
    issue => `"${issue.input}" is no rule: the rules are ${rules.map(({id}) => id).join(', ')}`,
  ),
);
const text = v.pipe(v.string(), v.nonEmpty());
const selector = {kind: v.optional(text), namespace: v.optional(text), name: v.optional(text)};
const allowance = {reason: text, expires: v.optional(v.pipe(v.string(), v.isoDate()))};

const schema = v.strictObject({
  profile: v.optional(v.union([profile, v.pipe(v.array(profile), v.minLength(1))])),
  podSecurityVersion: v.optional(v.pipe(v.string(), v.regex(podSecurityVersionPattern))),
  rules: v.optional(v.record(ruleId, v.picklist(modes))),
  blockOn: v.optional(threshold),
  failOn: v.optional(threshold),
  fixAll: v.optional(v.boolean()),
  annotate: v.optional(v.boolean()),
  networkPolicy: v.optional(networkPolicySchema),
  exceptions: v.optional(
    v.array(
      v.strictObject({
        rules: v.pipe(v.array(ruleId), v.minLength(1)),
        match: v.strictObject({...selector, container: v.optional(text)}),
        ...allowance,
      }),
    ),
  ),
  workloads: v.optional(
    v.array(
      v.strictObject({
        group: text,
        kind: text,
        path: v.pipe(
          v.string(),
          v.regex(
            /^[^.[\]*]+(?:\[\*\]|\.\*|\.[^.[\]*]+)*$/,
            'must be like `spec.groups[*].template`',
          ),
        ),
        holds: v.optional(v.picklist(['template', 'spec', 'settings'])),
      }),
    ),
  ),
  exposed: v.optional(v.array(v.strictObject({match: v.strictObject(selector), ...allowance}))),
});

/**
 * The choices that a policy file, or the `spec` of a KRM functionConfig, makes. `lineOf` gives the
 * line of a key's path in `file`, or undefined.
 *
 * @throws {UsageError} that names the key, the line and what is allowed there
 */
export function parsePolicy(
  value: unknown,
  file: string,
  lineOf: (path: readonly (string | number)[]) => number | undefined,
): PolicyChoices {
  const result = v.safeParse(schema, value ?? {});
  if (!result.success) {
    const [issue] = result.issues;
    const path = (issue.path ?? []).map(({key}) => key as string | number);
    const line = lineOf(path);
    const isUnknown = issue.type === 'strict_object' && issue.expected === 'never';
    const reason = isUnknown ? 'a policy has no such key' : issue.message;
    const message = `policy key \`${path.join('.')}\`: ${reason}`;
    throw new UsageError(message, {file, ...(line === undefined ? {} : {line})});
  }
  const {profile: names, podSecurityVersion, ...rest} = result.output;
  return {
    ...(rest as PolicyChoices),
    ...(names === undefined ? {} : {profiles: typeof names === 'string' ? [names] : names}),
    ...(podSecurityVersion === undefined ? {} : {podSecurityMinor: minorOf(podSecurityVersion)}),
  };
}
