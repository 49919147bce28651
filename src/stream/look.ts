import {mayConvert} from '../kubernetes/conversion-webhooks.ts';
import {isKind, parseGroupVersion} from '../kubernetes/group-version.ts';
import {mayDefinePolicies} from '../kubernetes/plugin-policies/definitions.ts';
import type {GroupKind} from '../kubernetes/resource.ts';

/** The first lines of an object in the usual form, with values that YAML reads as strings. */
const head =
  /apiVersion: ((?:[a-z][a-z0-9.-]*\/)?v[0-9][a-z0-9]*)\nkind: (?!(?:True|TRUE|False|FALSE|Yes|YES|Off|OFF|Null|NULL)\n)([A-Z][A-Za-z]{2,})\n/y;
/** A key of the object itself, in a form that needs no parsing. */
const rootKey = /([A-Za-z]+):[ \n]/y;
/**
 * A text without characters that end a line for go-yaml, besides `\n`, and without those that a
 * parser may refuse.
 */
const ordinary = /^[\n\x20-\x7e\u00a0-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\ufffd]*$/;

/** Keys that identify an object. Some parsers ignore their case. */
const tellingKeys = ['apiversion', 'kind', 'items'];

/**
 * The kind of the document in `text` from `start` to `end`, without parsing it. Undefined if only
 * parsing can tell, if `isOfConcern` wants it parsed, or if it may define a kind of network
 * policies, or one whose objects a webhook converts. Every YAML parser that can read the
 * document agrees with the result: its root is a block mapping, whose keys are at the start of a
 * line, and none of these lines could contain another `kind`: no duplicate key, no quoted, tagged,
 * merged or aliased key, no list of `items`.
 */
export function lookAt(
  text: string,
  start: number,
  end: number,
  isOfConcern: (object: GroupKind) => boolean,
): GroupKind | undefined {
  head.lastIndex = skipComments(text, start, end);
  const [, apiVersion = '', kind = ''] = head.exec(text) ?? [];
  const rest = head.lastIndex;
  const group = parseGroupVersion(apiVersion)?.group;
  if (group === undefined || !isKind(kind)) return undefined;
  if (rest >= end || isOfConcern({group, kind})) return undefined;
  const document = text.slice(start, end);
  if (!ordinary.test(document)) return undefined;
  if (mayDefinePolicies({group, kind}, document) || mayConvert({group, kind}, document)) {
    return undefined;
  }
  return hasOtherKeysOnly(text, rest, end) ? {group, kind} : undefined;
}

/** The first line that is neither empty nor a comment. */
function skipComments(text: string, start: number, end: number): number {
  let line = start;
  while (line < end && (text[line] === '\n' || text[line] === '#')) {
    line = text.indexOf('\n', line) + 1 || end;
  }
  return line;
}

function hasOtherKeysOnly(text: string, start: number, end: number): boolean {
  const seen = new Set(tellingKeys);
  for (let line = start; line < end; line = text.indexOf('\n', line) + 1 || end) {
    if (line > start && isWithin(text, line)) continue;
    rootKey.lastIndex = line;
    const key = rootKey.exec(text)?.[1]?.toLowerCase();
    if (key === undefined || seen.has(key)) return false;
    seen.add(key);
  }
  return true;
}

/** Whether the line belongs to the key above it: blank, a comment, indented, or an item of a list. */
function isWithin(text: string, line: number): boolean {
  const first = text[line];
  return (
    first === ' ' || first === '\n' || first === '#' || (first === '-' && text[line + 1] === ' ')
  );
}
