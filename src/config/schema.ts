import * as v from 'valibot';
import {UsageError} from '../errors.ts';
import {minorOf, podSecurityVersionPattern} from '../policy/pod-security-version.ts';
import {modes, undecidedChoices} from '../policy/policy.ts';
import {findRule, rules} from '../rules/index.ts';
import {severities} from '../severity.ts';
import {suggestion} from '../text/suggest.ts';
import {type Mistake, mistakeOf} from './mistake.ts';
import {networkPolicySchema} from './network-policy-schema.ts';
import {profiles} from './profiles.ts';
import type {PolicyChoices} from './resolve.ts';

const threshold = v.picklist([...severities, 'none']);
const profile = v.picklist(Object.keys(profiles));
const ids = rules.map(({id}) => id);
const ruleId = v.pipe(
  v.string(),
  v.check(
    id => findRule(id) !== undefined,
    issue =>
      `unknown rule "${issue.input}"${suggestion(issue.input, ids) || `: the rules are ${ids.join(', ')}`}`,
  ),
);
const text = v.pipe(v.string(), v.nonEmpty('must not be empty'));
/** Whether the day exists: there is no 30 February. */
export function isDate(text: string): boolean {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text)) return false;
  const [year = 0, month = 0, day = 0] = text.split('-').map(Number);
  const isLeap = year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
  const days = [31, isLeap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31][month - 1] ?? 0;
  return day >= 1 && day <= days;
}

const selector = {kind: v.optional(text), namespace: v.optional(text), name: v.optional(text)};
const allowance = {
  reason: text,
  expires: v.optional(v.pipe(v.string(), v.check(isDate, 'must be a date like "2027-06-30"'))),
};

const versionForm = 'must be "latest" or like "v1.34"';

const schema = v.strictObject({
  profile: v.optional(
    v.union([profile, v.pipe(v.array(profile), v.minLength(1, 'must name a profile'))]),
  ),
  podSecurityVersion: v.optional(
    v.pipe(v.string(versionForm), v.regex(podSecurityVersionPattern, versionForm)),
  ),
  rules: v.optional(v.record(ruleId, v.picklist(modes))),
  blockOn: v.optional(threshold),
  failOn: v.optional(threshold),
  undecided: v.optional(v.picklist(undecidedChoices)),
  fixAll: v.optional(v.boolean()),
  annotate: v.optional(v.boolean()),
  networkPolicy: v.optional(networkPolicySchema),
  exceptions: v.optional(
    v.array(
      v.strictObject({
        rules: v.pipe(v.array(ruleId), v.minLength(1, 'must name a rule')),
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

/** Every key that can occur in a policy. */
const keys = [...new Set(keysOf(schema))];

function keysOf(value: unknown): readonly string[] {
  if (typeof value !== 'object' || value === null) return [];
  const {entries, wrapped, item, options, pipe} = value as Record<string, object | undefined>;
  return [
    ...Object.entries(entries ?? {}).flatMap(([key, part]) => [key, ...keysOf(part)]),
    ...[wrapped, item, ...listOf(options), ...listOf(pipe).slice(1)].flatMap(keysOf),
  ];
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

/**
 * The choices in a policy file, or in the `spec` of a KRM functionConfig. `lineOf` returns the line
 * of a key in `file`, if known.
 *
 * @throws {UsageError} with the key, the line and what is allowed there
 */
export function parsePolicy(
  value: unknown,
  file: string,
  lineOf: (path: readonly (string | number)[]) => number | undefined,
): PolicyChoices {
  if (Array.isArray(value)) {
    throw new UsageError('a policy must be a mapping, not a list', {file, ...lineAt(lineOf([]))});
  }
  const result = v.safeParse(schema, value ?? {});
  const mistake =
    rulesInList(value) ??
    (result.success
      ? (passedOver(value) ?? contradiction(result.output))
      : mistakeOf(result.issues[0], keys));
  if (!result.success || mistake !== undefined) {
    const {path, reason} = mistake as Mistake;
    const what = path.length === 0 ? 'a policy' : `policy key \`${path.join('.')}\``;
    const message = `${what}${/^(?:must|is) /.test(reason) ? ' ' : ': '}${reason}`;
    throw new UsageError(message, {file, ...lineAt(lineOf(path))});
  }
  const {profile: names, podSecurityVersion, fixAll, ...rest} = result.output;
  return {
    ...(rest as PolicyChoices),
    ...(names === undefined ? {} : {profiles: typeof names === 'string' ? [names] : names}),
    ...(fixAll === true ? {undecided: 'fix'} : {}),
    ...(podSecurityVersion === undefined ? {} : {podSecurityMinor: minorOf(podSecurityVersion)}),
  };
}

/** `fixAll: true` is another name for `undecided: fix`. */
function contradiction({fixAll, undecided}: v.InferOutput<typeof schema>): Mistake | undefined {
  if (fixAll !== true || undecided === undefined || undecided === 'fix') return undefined;
  return {path: ['undecided'], reason: `must be "fix" or left out when \`fixAll: true\` is set`};
}

/** For valibot, a list is a mapping of its indexes. */
function rulesInList(value: unknown): Mistake | undefined {
  const {rules: list} = (value ?? {}) as {readonly rules?: unknown};
  if (!Array.isArray(list)) return undefined;
  return {path: ['rules'], reason: 'must be a mapping, such as `no-host-port: flag`, not a list'};
}

/** Keys of `rules` that valibot ignores, because they may be an attack on prototypes. */
function passedOver(value: unknown): Mistake | undefined {
  const {rules: modesByRule} = (value ?? {}) as {readonly rules?: object};
  const key = ['__proto__', 'prototype', 'constructor'].find(
    name => modesByRule !== undefined && Object.hasOwn(modesByRule, name),
  );
  return key === undefined ? undefined : {path: ['rules', key], reason: `unknown rule "${key}"`};
}

const lineAt = (line: number | undefined) => (line === undefined ? {} : {line});
