import type {parseArgs} from 'node:util';
import {UsageError} from '../errors.ts';
import type {Connection} from '../guard/connection-policies.ts';
import {type GuardChoices, guard as guardFor, guardParts} from '../guard/guard.ts';
import {type Action, actions, type FailurePolicy, failurePolicies} from '../guard/objects.ts';
import {parseCall, policyOf, policyOptions, requireOneOf, today} from '../host/options.ts';
import {writeReport, writeStderr} from '../host/standard-streams.ts';
import {safeText} from '../text/safe-text.ts';
import {stringify} from '../yaml/emit.ts';

const options = {
  ...policyOptions,
  action: {type: 'string'},
  'flag-action': {type: 'string'},
  'failure-policy': {type: 'string'},
  exec: {type: 'boolean'},
  attach: {type: 'boolean'},
  proxy: {type: 'boolean'},
  instead: {type: 'string'},
  'exclude-namespace': {type: 'string', multiple: true},
  'exclude-label': {type: 'string', multiple: true},
  'exclude-group': {type: 'string', multiple: true},
  'include-kube-system': {type: 'boolean'},
} as const;

/**
 * Prints the admission policies that enforce the policy in a cluster. What they cannot enforce is
 * listed on stderr.
 *
 * @throws {UsageError} if the policy or the command line is invalid
 */
export async function guard(args: readonly string[]): Promise<number> {
  const {values, positionals} = parseCall({args: [...args], allowPositionals: true, options});
  for (const part of positionals) requireOneOf('what guard prints', part, guardParts);
  const choices = choicesOf(values, positionals);
  const policy = await policyOf(values);
  const {objects, notes} = guardFor(policy, choices, today());
  for (const note of notes) await writeStderr(`note: ${safeText(note)}\n`);
  await writeReport(objects.map(stringify).join('---\n'));
  return 0;
}

type Values = ReturnType<typeof parseArgs<{options: typeof options}>>['values'];

function choicesOf(values: Values, positionals: readonly string[]): GuardChoices {
  const action = oneOf('--action', values.action ?? 'Deny', actions);
  const flagged: Action = action === 'Audit' ? 'Audit' : 'Warn';
  return {
    parts: guardParts.filter(part => positionals.length === 0 || positionals.includes(part)),
    action,
    flagAction: oneOf('--flag-action', values['flag-action'] ?? flagged, [...actions, 'none']),
    failurePolicy: oneOf<FailurePolicy>(
      '--failure-policy',
      values['failure-policy'] ?? 'Fail',
      failurePolicies,
    ),
    connections: connectionsOf(values),
    excludedNamespaces: listOf('--exclude-namespace', values['exclude-namespace'], namespace),
    excludedLabels: listOf('--exclude-label', values['exclude-label'], label).map(pairOf),
    excludedGroups: listOf('--exclude-group', values['exclude-group'], group),
    systemNamespaces: values['include-kube-system'] === true ? [] : ['kube-system'],
    ...(values.instead === undefined ? {} : {instead: requireLine('--instead', values.instead)}),
  };
}

const connectionsOf = ({exec, attach, proxy}: Values): readonly Connection[] => [
  'port-forward',
  ...(exec === true ? (['exec'] as const) : []),
  ...(attach === true ? (['attach'] as const) : []),
  ...(proxy === true ? (['proxy'] as const) : []),
];

const oneOf = <Value extends string>(
  option: string,
  value: string,
  allowed: readonly Value[],
): Value => requireOneOf(option, value, allowed) as Value;

const namespace = {form: /^[a-z0-9](?:[-a-z0-9]{0,61}[a-z0-9])?$/, example: 'dev'};
const label = {
  form: /^(?:[a-z0-9][-.a-z0-9]{0,252}\/)?[A-Za-z0-9](?:[-\w.]{0,61}[A-Za-z0-9])?=(?:[A-Za-z0-9](?:[-\w.]{0,61}[A-Za-z0-9])?)?$/,
  example: 'team=platform',
};
const group = {form: /^[\x21-\x7e](?:[\x20-\x7e]*[\x21-\x7e])?$/, example: 'oidc:sre'};

/** The values of an option that can be repeated. @throws {UsageError} */
function listOf(
  option: string,
  given: readonly string[] | undefined,
  {form, example}: {readonly form: RegExp; readonly example: string},
): readonly string[] {
  const items = [...new Set(given)];
  const wrong = items.find(item => !form.test(item));
  if (wrong === undefined) return items;
  throw new UsageError(`${option} must be like "${example}", not "${wrong}"`);
}

function pairOf(text: string): readonly [string, string] {
  const at = text.indexOf('=');
  return [text.slice(0, at), text.slice(at + 1)];
}

/** The API server does not accept messages of several lines. */
function requireLine(option: string, text: string): string {
  if (/^[^\p{C}\u2028\u2029]{1,1000}$/u.test(text)) return text;
  throw new UsageError(`${option} must be one line of at most 1000 characters`);
}
