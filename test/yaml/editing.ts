import {append, applyEdits, type Edit, remove, set, withoutHoles} from '../../src/edits.ts';
import {isList, isMap, isSameJson, type Json, type Path, valueAt} from '../../src/json.ts';
import type {YamlDocument} from '../../src/yaml/nodes.ts';
import {readDocument} from '../../src/yaml/read.ts';
import {rewriteDocument} from '../../src/yaml/rewrite.ts';
import {splitDocuments} from '../../src/yaml/split.ts';
import {type Choose, pick} from './choices.ts';
import {leftComment, lostLine} from './lines.ts';

const values: readonly Json[] = [
  ...[true, false, null, 0, 8080, -1.5, 'yes', '', 'a: b', '0o17', '1:20', '- a', "it's", 'a\nb\n'],
  ...['# x', ' a ', '\u0085', '😀', '~', '---', '...', '*a', '&a', '<<', '2001-12-14', 'a #b'],
  ...[{}, [], {a: {b: [1, {c: null}]}}, ['a', ['b'], {}], {'<<': 'a', yes: 1, '': 2}],
];

const keys = ['a', 'securityContext', 'yes', '<<', 'a b', '__proto__', '8', ''];

/** Up to four edits that can be made to `value`, and a few that cannot. */
export function chooseEdits(value: Json, choose: Choose): readonly Edit[] {
  const edits: Edit[] = [];
  for (let left = 1 + choose(4); left > 0; left--) edits.push(chooseEdit(value, choose));
  return edits;
}

function chooseEdit(value: Json, choose: Choose): Edit {
  const path = choosePath(value, choose);
  const kind = choose(4);
  if (kind === 0) return remove(path);
  if (kind === 1) return set(path, pick(choose, values));
  const parent = valueAt(value, path);
  if (isList(parent)) return append(path, pick(choose, values));
  return set([...path, pick(choose, keys)], pick(choose, values));
}

/** A path to something in `value`, never to the whole of it. */
function choosePath(value: Json, choose: Choose): Path {
  const path: (string | number)[] = [];
  let current: Json | undefined = value;
  while (isList(current) || isMap(current)) {
    const steps: readonly (string | number)[] = isList(current)
      ? [...current.keys()]
      : Object.keys(current);
    if (steps.length === 0 || (path.length > 0 && choose(4) === 0)) break;
    const step: string | number = pick(choose, steps);
    path.push(step);
    current = valueAt(current, [step]);
  }
  return path.length > 0 ? path : ['a'];
}

export interface Edited {
  /** The document's new text, and the value that it must have. */
  readonly text: string;
  readonly value: Json;
  /** What is wrong with the text, as far as we can tell ourselves. */
  readonly fault?: string;
}

/** Applies `edits` to `document`, at `index` of its stream, and checks what must not happen. */
export function tryEdits(document: YamlDocument, index: number, edits: readonly Edit[]): Edited {
  const hardened = applyEdits(document.value, edits);
  const value = withoutHoles(hardened);
  let text: string;
  try {
    text = rewriteDocument(document, hardened).text;
  } catch (error) {
    const refused = document.text.slice(document.start, document.end);
    return {text: refused, value: document.value, fault: `no text was written: ${error}`};
  }
  const fault =
    faultInStream(document, index, text, value) ??
    lostLine(document, text, edits, hardened) ??
    leftComment(document, text, edits, hardened) ??
    faultOfTwice(text, value, edits);
  return fault === undefined ? {text, value} : {text, value, fault};
}

/** The new text must also be one document in its stream, with the same value as alone. */
function faultInStream(
  document: YamlDocument,
  index: number,
  text: string,
  value: Json,
): string | undefined {
  const stream = document.text.slice(0, document.start) + text + document.text.slice(document.end);
  const count = splitDocuments(document.text).length;
  const ranges = splitDocuments(stream);
  if (ranges.length !== count) return `${count} documents have become ${ranges.length}`;
  const range = ranges[index] as (typeof ranges)[number];
  const {value: read} = readDocument(stream, range.start, range.end);
  return isSameJson(read, value) ? undefined : `it reads as ${JSON.stringify(read)}`;
}

/** Making edits that set or remove keys again must change nothing. */
function faultOfTwice(text: string, value: Json, edits: readonly Edit[]): string | undefined {
  const isOnce = (edit: Edit) =>
    edit.op === 'append' || edit.path.some(step => typeof step !== 'string');
  if (edits.some(isOnce)) return undefined;
  const document = readDocument(text, 0, text.length);
  const again = applyEdits(value, edits);
  if (!isSameJson(again, value)) return undefined;
  const {text: twice} = rewriteDocument(document, applyEdits(document.value, edits));
  return twice === text ? undefined : `editing twice gives ${JSON.stringify(twice)}`;
}
