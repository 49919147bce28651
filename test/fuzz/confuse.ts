import {
  Dictionary,
  isList,
  isMap,
  type Json,
  type JsonList,
  type JsonMap,
  type Path,
} from '../../src/json.ts';
import {type Choose, pick} from '../yaml/choices.ts';

const map = (entries: readonly (readonly [string, Json])[]): JsonMap => {
  const dictionary = new Dictionary();
  for (const [key, value] of entries) dictionary[key] = value;
  return dictionary;
};

/** Names that JavaScript objects inherit, and other odd keys. */
const oddKeys = [
  ...['__proto__', 'constructor', 'toString', 'hasOwnProperty', 'length', 'prototype', 'then'],
  ...['', ' ', 'yes', '<<', 'a/b~c', 'a.b', '*', '0', '-1', 'Kind', 'items', 'kind', 'metadata'],
  ...['é', '\u202e', '\u2028', 'x'.repeat(1100), '$', '{{ a }}', '::error::x'],
];

const oddTexts = [
  ...['', ' ', 'a', '*', '-', '.', '/', '\\', '%', '{{ .Values.a }}', 'null', 'true', '0'],
  ...['80', '0x50', '-1', '1e3', '65536', '99999999999999999999', '10.0.0.0/8', '::/0', '::1'],
  ...['0.0.0.0/0', '10.0.0.0/99', '1.2.3.4', 'http://web:80/', 'web.shop.svc:80', 'db', 'shop'],
  ...['\u017fYS_ADMIN', 'sys_admin', 'CAP_ALL', 'Unconfined', 'localhost/x', 'runtime/default'],
  ...['..', '/a/../etc', '//etc', 'c:\\windows', '\\\\.\\pipe\\docker_engine', 'a\u0000b'],
  ...['a\nb', 'a\r\nb', '\r', '\t', '\u0085', '\u2028', '\u202e', '\ufeff', '\ud800', '😀'],
  ...['::error::x', '##vso[task.complete]', '<script>', '@everyone', '|a|', '`a`', "'", '"', '#'],
  ...['__proto__', 'constructor', '[', '(', '^(a+)+$', '*'.repeat(30), 'x'.repeat(300)],
];

/** Values in the wrong place. */
const oddValues: readonly Json[] = [
  ...[null, null, true, false, 0, -0, 1, -1, 1.5, 80, 65_536, 2 ** 31, 2 ** 53, 1e21, -1e-7],
  ...[[], {}, [[]], [{}], [null], [[[]]], [1, 'a', {}], [{a: {b: 'c'}}], ['a', 'a'], {a: {b: 'c'}}],
  ...['', '*', 'name', 'key'].map(key => map([[key, map([['a', 'b']])]])),
  ...oddKeys.slice(0, 7).map(key => map([[key, 1]])),
  {length: 3},
  {name: []},
  {toString: null, valueOf: {}},
  nested(60),
];

function nested(depth: number): Json {
  return depth === 0 ? 'deep' : depth % 2 === 0 ? [nested(depth - 1)] : {a: nested(depth - 1)};
}

type Step = string | number;
type Draft = {[key: string]: Json} | (Json | undefined)[];

/** `value` with up to `most` changes of type, place or name, with parts from `others`. */
export function confused(
  value: JsonMap,
  choose: Choose,
  others: readonly JsonMap[],
  most: number,
): JsonMap {
  let current = value;
  for (let left = choose(most + 1); left > 0; left--) {
    current =
      choose(14) === 0 ? otherKind(current, pick(choose, others)) : once(current, choose, others);
  }
  return current;
}

/** The fields of one kind under the name of another. */
const otherKind = (value: JsonMap, {apiVersion = null, kind = null}: JsonMap): JsonMap =>
  Object.assign(new Dictionary(), value, {apiVersion, kind});

const once = (value: JsonMap, choose: Choose, others: readonly JsonMap[]): JsonMap =>
  changed(value, choosePath(value, choose), (parent, key) => change(parent, key, choose, others));

/** `value` with another value, or nothing, at `path`. */
export const replaced = (value: JsonMap, path: Path, other: Json | undefined): JsonMap =>
  changed(value, path, (parent, key) => {
    if (other === undefined) erase(parent, key);
    else write(parent, key, other);
  });

/** A copy of `value` with `edit` applied to the parent of `path`. */
function changed(value: JsonMap, path: Path, edit: (parent: Draft, key: Step) => void): JsonMap {
  const last = path.at(-1);
  if (last === undefined) return value;
  const root = copied(value);
  let parent: Draft = root;
  for (const step of path.slice(0, -1)) {
    const child = copied(read(parent, step) as JsonList | JsonMap);
    write(parent, step, child as Json);
    parent = child;
  }
  edit(parent, last);
  return root as JsonMap;
}

function change(parent: Draft, key: Step, choose: Choose, others: readonly JsonMap[]): void {
  const value = read(parent, key) as Json;
  switch (choose(13)) {
    case 0:
      erase(parent, key);
      break;
    case 1:
      write(parent, key, [value]);
      break;
    case 2:
      write(parent, key, {[pick(choose, ['a', 'name', 'items', 'spec'])]: value});
      break;
    case 3:
      if (Array.isArray(parent)) parent.splice(choose(parent.length + 1), 0, value);
      else parent[pick(choose, oddKeys)] = value;
      break;
    case 4:
      erase(parent, key);
      write(parent, Array.isArray(parent) ? parent.length : pick(choose, oddKeys), value);
      break;
    case 5:
    case 6:
      write(parent, key, partOf(pick(choose, others), choose));
      break;
    case 7:
      write(parent, key, typeof value === 'object' ? JSON.stringify(value) : String(value));
      break;
    case 8:
    case 9:
      write(parent, key, pick(choose, oddTexts));
      break;
    default:
      write(parent, key, pick(choose, oddValues));
  }
}

function partOf(value: JsonMap, choose: Choose): Json {
  let part: Json = value;
  for (const step of choosePath(value, choose)) part = read(part as Draft, step) as Json;
  return part;
}

/**
 * A path in `value`, mostly a deep one; empty if there is none. Fields that identify objects are
 * rarely chosen: a stream without them is refused, and shows nothing else.
 */
function choosePath(value: JsonMap, choose: Choose): readonly Step[] {
  const mayBeIdentity = choose(60) === 0;
  const path: Step[] = [];
  let current: Json | undefined = value;
  while (isList(current) || isMap(current)) {
    const all: readonly Step[] = isList(current) ? [...current.keys()] : Object.keys(current);
    const steps = mayBeIdentity ? all : all.filter(step => !isIdentity(path, step));
    const isDone = path.length > 1 || (path.length === 1 && path[0] !== 'metadata');
    if (steps.length === 0 || (isDone && choose(6) === 0)) break;
    const step: Step = pick(choose, steps);
    path.push(step);
    current = read(current as Draft, step);
  }
  return path.length === 1 && path[0] === 'metadata' && !mayBeIdentity ? [] : path;
}

const isIdentity = (path: readonly Step[], step: Step): boolean =>
  path.length === 0
    ? step === 'kind' || step === 'apiVersion'
    : path.length === 1 && path[0] === 'metadata' && (step === 'name' || step === 'namespace');

const copied = (value: JsonList | JsonMap): Draft =>
  isList(value) ? [...value] : Object.assign(new Dictionary(), value);

const read = (draft: Draft, step: Step): Json | undefined =>
  (draft as Record<Step, Json | undefined>)[step];

function write(draft: Draft, step: Step, value: Json): void {
  (draft as Record<Step, Json>)[step] = value;
}

function erase(draft: Draft, step: Step): void {
  if (Array.isArray(draft)) draft.splice(Number(step), 1);
  else delete draft[step];
}
