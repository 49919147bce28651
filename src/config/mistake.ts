import type * as v from 'valibot';
import {suggestion} from '../text/suggest.ts';

type Issue = v.BaseIssue<unknown>;

/** The path of a value in a policy. */
export type KeyPath = readonly (string | number)[];

/** A mistake in a policy: the path of its key, and what is expected there. */
export interface Mistake {
  readonly path: KeyPath;
  readonly reason: string;
  /** Whether the key itself is wrong, not its value. */
  readonly isKey?: true;
}

/** `issue` in the words of our errors; `keys` are the valid keys of a policy. */
export function mistakeOf(issue: Issue, keys: readonly string[]): Mistake {
  const path = pathOf(issue);
  const inner = deepest(issue);
  if (inner !== undefined) {
    const {path: rest, ...mistake} = mistakeOf(inner, keys);
    return {path: [...path, ...rest], ...mistake};
  }
  const isKey = issue.type === 'never' || issue.path?.at(-1)?.origin === 'key';
  const reason = reasonOf(issue, String(path.at(-1)), keys);
  return {path, reason, ...(isKey ? {isKey} : {})};
}

const pathOf = ({path}: Issue): KeyPath => path?.map(({key}) => key as string | number) ?? [];

/**
 * The inner issue of a value that matches none of several shapes, if a shape matches at the top.
 */
const deepest = ({type, issues}: Issue): Issue | undefined =>
  type === 'union' ? issues?.find(each => pathOf(each).length > 0) : undefined;

const shapes: Readonly<Record<string, string>> = {
  Array: 'a list',
  Object: 'a mapping',
  string: 'a string, in quotes',
  boolean: 'true or false',
};

function reasonOf(issue: Issue, key: string, keys: readonly string[]): string {
  const {type, kind, expected, received, input, message} = issue;
  if (type === 'never') {
    return `unknown key${suggestion(
      key,
      keys.filter(other => other !== key),
    )}`;
  }
  if (type === 'object_with_rest' && received === 'undefined') return 'is missing';
  const choices = [...(expected ?? '').matchAll(/"([^"]*)"/g)].map(([, choice = '']) => choice);
  if (choices.length > 0) {
    const hint = typeof input === 'string' ? suggestion(input, choices) : '';
    return `must be one of ${choices.join(', ')}, not ${received}${hint}`;
  }
  if (kind !== 'schema' || !message.startsWith('Invalid ')) return message;
  const shape = Object.hasOwn(shapes, expected ?? '') ? shapes[expected ?? ''] : expected;
  return `must be ${shape}, not ${received.startsWith('"') ? received : nameOf(received)}`;
}

const nameOf = (received: string): string =>
  ({Array: 'a list', Object: 'a mapping'})[received] ?? received;
