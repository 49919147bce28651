import * as v from 'valibot';
import {PolicyError, type PolicyMistake} from '../errors.ts';
import {minorOf} from '../policy/pod-security-version.ts';
import type {WrittenRule} from '../policy/policy.ts';
import type {PolicyLayer} from './layers.ts';
import {type KeyPath, type Mistake, mistakeOf} from './mistake.ts';
import type {PolicyChoices} from './resolve.ts';
import {decidingName, modesByRule, type WrittenModes} from './rule-patterns.ts';
import {policySchema} from './schema.ts';

/** The place of the value at a path of the policy, or of its key, if that is known. */
export type PlaceOf = (
  path: KeyPath,
  part?: 'key',
) => {readonly line: number; readonly column: number} | undefined;

export const nowhere: PlaceOf = () => undefined;

/**
 * The layer in a policy file, or in the `spec` of a KRM functionConfig.
 *
 * @throws {PolicyError} with each mistake: its key, its place in `file`, and what is allowed there
 */
export function parseLayer(value: unknown, file: string, placeOf: PlaceOf): PolicyLayer {
  const policy = validated(value, file, placeOf);
  const originOf = (path: KeyPath) => ({file, ...placeOf(writtenPath(path, value))});
  const {customRules = [], admissionPolicies = [], extends: base, images, ...rest} = policy;
  const isCompiled = customRules.length + admissionPolicies.length === 0;
  return {
    choices: choicesOf(rest),
    originOf,
    ...(base === undefined ? {} : {base}),
    ...(images === undefined ? {} : {imageLock: images}),
    ...(isCompiled
      ? {}
      : {uncompiled: {customRules: customRules as readonly WrittenRule[], admissionPolicies}}),
  };
}

/**
 * The choices in data that is not from a file.
 *
 * @throws {PolicyError} with each mistake; data names no files
 */
export function parsePolicy(value: unknown, file: string, placeOf: PlaceOf): PolicyChoices {
  const {choices, base, imageLock, uncompiled} = parseLayer(value, file, placeOf);
  if (uncompiled !== undefined) throw new PolicyError([uncompiledMistake(file, placeOf)]);
  const key = base !== undefined ? 'extends' : imageLock !== undefined ? 'images' : undefined;
  if (key === undefined) return choices;
  const message = `policy key \`${key}\` is only possible in a file`;
  throw new PolicyError([{message, place: {file, ...placeOf([key])}}]);
}

const uncompiledMistake = (file: string, placeOf: PlaceOf): PolicyMistake => ({
  message: 'policy keys `customRules` and `admissionPolicies` are only possible in a file',
  place: {file, ...placeOf(['customRules'])},
});

/** The path in a policy file of a path of its choices. */
function writtenPath([key, ...rest]: KeyPath, value: unknown): KeyPath {
  if (key === 'profiles') return ['profile'];
  if (key === 'podSecurityMinor') return ['podSecurityVersion'];
  if (key === undefined) return [];
  if (key === 'rules' && rest.length === 1) {
    const {rules: modes = {}} = value as {readonly rules?: WrittenModes};
    return ['rules', decidingName(modes, String(rest[0])) ?? ''];
  }
  const isNamed = Object.hasOwn((value ?? {}) as object, key);
  return key === 'undecided' && !isNamed ? ['fixAll'] : [key, ...rest];
}

type WrittenPolicy = v.InferOutput<typeof policySchema>;

/** @throws {PolicyError} with each mistake */
function validated(value: unknown, file: string, placeOf: PlaceOf): WrittenPolicy {
  const result = v.safeParse(policySchema, value ?? {});
  const mistakes = [
    ...(result.success ? [] : result.issues.map(issue => mistakeOf(issue, allKeys()))),
    ...unreadKeys(value),
  ];
  const found =
    asWhole(value) ?? (result.success ? [...mistakes, ...contradictions(result.output)] : mistakes);
  if (result.success && found.length === 0) return result.output;
  throw new PolicyError(
    found.map(({path, reason, isKey}) => ({
      message: textOf(path, reason),
      // Only for what is shown: finding one place takes as long as the policy is.
      get place() {
        return {file, ...placeOf(path, isKey ? 'key' : undefined)};
      },
    })),
  );
}

function textOf(path: KeyPath, reason: string): string {
  const what = path.length === 0 ? 'a policy' : `policy key \`${path.join('.')}\``;
  return `${what}${/^(?:must|is) /.test(reason) ? ' ' : ': '}${reason}`;
}

function choicesOf(
  policy: Omit<WrittenPolicy, 'extends' | 'customRules' | 'admissionPolicies' | 'images'>,
): PolicyChoices {
  const {profile: names, podSecurityVersion, fixAll, ...rest} = policy;
  return {
    ...(rest as PolicyChoices),
    ...(rest.rules === undefined ? {} : {rules: modesByRule(rest.rules)}),
    ...(names === undefined ? {} : {profiles: typeof names === 'string' ? [names] : names}),
    ...(fixAll === true ? {undecided: 'fix'} : {}),
    ...(podSecurityVersion === undefined ? {} : {podSecurityMinor: minorOf(podSecurityVersion)}),
  };
}

/** The mistakes of a policy that is a list, or has a list for its rules: for valibot, a list is a mapping of its indexes. */
function asWhole(value: unknown): readonly Mistake[] | undefined {
  if (Array.isArray(value)) return [{path: [], reason: 'must be a mapping, not a list'}];
  const {rules: list} = (value ?? {}) as {readonly rules?: unknown};
  if (!Array.isArray(list)) return undefined;
  const reason = 'must be a mapping, such as `no-host-port: flag`, not a list';
  return [{path: ['rules'], reason}];
}

/** `fixAll: true` is another name for `undecided: fix`. */
function contradictions({fixAll, undecided}: WrittenPolicy): readonly Mistake[] {
  if (fixAll !== true || undecided === undefined || undecided === 'fix') return [];
  return [{path: ['undecided'], reason: 'must be "fix" or left out when `fixAll: true` is set'}];
}

/** Keys that valibot passes over, because they may be an attack on prototypes. */
function unreadKeys(root: unknown): readonly Mistake[] {
  const found: Mistake[] = [];
  const seen = new Set<unknown>();
  const search = (value: unknown, path: KeyPath): void => {
    if (typeof value !== 'object' || value === null || seen.has(value)) return;
    seen.add(value);
    for (const [key, item] of Object.entries(value)) {
      const at = [...path, Array.isArray(value) ? Number(key) : key];
      if (['__proto__', 'prototype', 'constructor'].includes(key)) {
        const what =
          path.length === 1 && path[0] === 'rules' ? `unknown rule "${key}"` : 'unknown key';
        found.push({path: at, reason: what, isKey: true});
      }
      search(item, at);
    }
  };
  search(root, []);
  return found;
}

let keys: readonly string[] | undefined;

/** Every key that can occur in a policy, which only mistakes ask for. */
function allKeys(): readonly string[] {
  keys ??= [...new Set(keysOf(policySchema))];
  return keys;
}

function keysOf(value: unknown): readonly string[] {
  if (typeof value !== 'object' || value === null) return [];
  const {entries, wrapped, item, options, pipe} = value as Record<string, object | undefined>;
  return [
    ...Object.entries(entries ?? {}).flatMap(([key, part]) => [key, ...keysOf(part)]),
    // The first of a pipe is the schema itself.
    ...[wrapped, item, ...listOf(options), ...listOf(pipe).slice(1)].flatMap(keysOf),
  ];
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}
