import {readdirSync, readFileSync} from 'node:fs';
import path from 'node:path';
import {repository} from '../tools/tools.ts';

/** A document or a stream that a parser may misread. */
export interface Case {
  readonly name: string;
  readonly bytes: Uint8Array;
}

export interface Table {
  /** The name of its file in `test/yaml/table`, without the extension. */
  readonly name: string;
  readonly cases: readonly Case[];
}

export const tableFolder = path.join(repository, 'test/yaml/table');

/**
 * The tables of `test/yaml/table/*.txt`. A line `=== name` begins a case, whose text is the lines that
 * follow; after `=== name (escaped)` the text is written with escapes, see `resolveEscapes`.
 */
export const readTables = (): readonly Table[] =>
  readdirSync(tableFolder)
    .filter(file => file.endsWith('.txt'))
    .sort()
    .map(file => ({
      name: path.basename(file, '.txt'),
      cases: parseTable(readFileSync(path.join(tableFolder, file), 'utf8')),
    }));

function parseTable(text: string): readonly Case[] {
  const [, ...sections] = text.split(/^=== /m);
  return sections.map(section => {
    const title = section.slice(0, section.indexOf('\n'));
    const body = section.slice(title.length + 1);
    const [name = title, isEscaped] = title.split(/ (?=\(escaped\)$)/);
    return {name, bytes: isEscaped === undefined ? Buffer.from(body) : resolveEscapes(body)};
  });
}

/**
 * The bytes that a text with escapes stands for: `\n`, `\r`, `\t`, `\\`, the character `\u{85}`, the
 * byte `\xFF`, and `\{1024*text}` for a text so many times. A backslash at the end of a line takes
 * the line break away.
 */
function resolveEscapes(text: string): Uint8Array {
  const parts = text.split(/(\\(?:[nrt\\\n]|u\{[0-9a-fA-F]+\}|x[0-9a-fA-F]{2}|\{\d+\*[^}]*\}))/);
  return Buffer.concat(
    parts.map((part, index) => (index % 2 === 0 ? Buffer.from(part) : bytesOf(part))),
  );
}

function bytesOf(sequence: string): Uint8Array {
  const simple = {n: '\n', r: '\r', t: '\t', '\\': '\\', '\n': ''}[sequence.slice(1)];
  if (simple !== undefined) return Buffer.from(simple);
  if (sequence.startsWith('\\x')) return Buffer.from(sequence.slice(2), 'hex');
  if (sequence.startsWith('\\u')) {
    return Buffer.from(String.fromCodePoint(Number.parseInt(sequence.slice(3, -1), 16)));
  }
  const [count = '', repeated = ''] = sequence.slice(2, -1).split(/\*(.*)/s);
  return Buffer.concat(Array.from({length: Number(count)}, () => resolveEscapes(repeated)));
}
