import {hostStem, portStem} from './setting-names.ts';

/**
 * How far around a host its text is looked at, in characters: this bounds the cost of a text that
 * is one long line.
 */
const farthest = 160;
/** The same for the words of a sentence. */
const sentence = 80;

/** A host in a text: the offsets of its first character, and of the one after its last. */
export interface Span {
  readonly text: string;
  readonly start: number;
  readonly end: number;
}

const comment = /^[ \t]*(?:#|\/\/|--[ \t]|;|<!--|\/\*)|[ \t](?:#|\/\/)[ \t]/;
const statement =
  /^[ \t]*(?:create[ \t]+(?:or[ \t]+replace[ \t]+)?(?:database|table|user|role|schema|index|view|extension|keyspace)|insert[ \t]+into|select|update[ \t]+\S+[ \t]+set|delete[ \t]+from|alter|drop|grant|revoke|truncate|use[ \t]+\S*;?$|values|\\c(?:onnect)?)(?=[ \t]|$)/i;

/** Whether a host is in a comment. */
export const isInComment = (span: Span): boolean => comment.test(lineBefore(span, farthest));

/** What is written for people: the arguments of a command, and the values of settings. */
const message =
  /(?:^|[ \t;&|])(?:echo|printf|log|logger)[ \t][^;&|]*$|["']?(?:description|summary|title|message|comment|help|text|prompt|notes?|usage)["']?[ \t]*[:=][ \t]*["'][^"']*$|^[ \t]*(?:[\w.-]*[._-])?(?:description|summary|title|message|comment|help|text|prompt|notes?|usage)[ \t]*[:=][^"'=:]*$/i;

/** Whether a bare word is in a statement of SQL or a message, or one of the words of a sentence. */
export function isInProse(span: Span): boolean {
  const start = lineBefore(span, farthest);
  if (statement.test(start) || message.test(start)) return true;
  const before = lineBefore(span, sentence).split(/[ \t]/).reverse();
  const after = lineAfter(span, sentence).split(/[ \t]/);
  // The first of each is what adjoins the host without white space.
  if (!isMark.test(before[0] ?? '') || !isMark.test(after[0] ?? '')) return false;
  return wordsIn(before.slice(1)) + wordsIn(after.slice(1)) >= fewestWords;
}

/** With as many other words in a row, a word is part of a sentence: `wait for db` is a command. */
const fewestWords = 4;
const isMark = /^["'(,.;:!?)]{0,2}$/;
const isWord = /^["'(]?[A-Za-z][A-Za-z']*["'),.;:!?]{0,2}$/;

/** How many words come first, before anything else. */
function wordsIn(parts: readonly string[]): number {
  const end = parts.findIndex(part => !isWord.test(part));
  return end === -1 ? parts.length : end;
}

const settingBefore = /([\w.-]+)["']?(?:[ \t]*[=:][ \t]*|[ \t]+)["']?(?:tcp:)?$/;

/** The name of the setting whose value begins with the host: `db_host` of `db_host = "db"`. */
export const settingOf = (span: Span): string | undefined =>
  settingBefore.exec(lineBefore(span, farthest))?.[1];

/**
 * The port of a host that stands apart from it: after white space as in `nc -z db 5432`, after a
 * comma as in `Server=db,1433`, or in a setting next to the host's as in `host=db port=5432`.
 */
export function portApart(span: Span): number | undefined {
  const {text, start, end} = span;
  const after = text.slice(end, end + farthest);
  const next = /^["']?(?:[ \t]+["']?|,)(\d{1,5})(?![\w.:])/.exec(after)?.[1];
  if (next !== undefined) return Number(next);
  const setting = settingOf(span);
  const stem = setting === undefined ? undefined : hostStem(setting);
  if (stem === undefined) return undefined;
  const [following = ''] = after.split(limit, 1);
  const preceding =
    text
      .slice(Math.max(0, start - farthest), start)
      .split(limit)
      .at(-1) ?? '';
  return portIn(following, stem) ?? portIn(preceding, stem);
}

/** Where the settings of one server end: at a brace, an item of a list or an empty line. */
const limit = /[{}]|\n[ \t]*- |\n[ \t]*\n/;
const portSettings = /([\w.-]+)["']?(?:\s*[=:]\s*|[ \t]+)["']?(\d{1,5})(?![\w.])/g;

function portIn(settings: string, stem: string): number | undefined {
  for (const [, name = '', port] of settings.matchAll(portSettings)) {
    if (portStem(name) === stem) return Number(port);
  }
  return undefined;
}

function lineBefore({text, start}: Span, most: number): string {
  const before = text.slice(Math.max(0, start - most), start);
  return before.slice(Math.max(before.lastIndexOf('\n'), before.lastIndexOf('\r')) + 1);
}

function lineAfter({text, end}: Span, most: number): string {
  const after = text.slice(end, end + most);
  const stop = after.search(/[\n\r]/);
  return stop === -1 ? after : after.slice(0, stop);
}
