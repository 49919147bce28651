import {isDeepStrictEqual} from 'node:util';
import {withoutHoles} from '../edits.ts';
import {isList, isMap, type Json, type JsonList, type JsonMap} from '../json.ts';
import {emitBlock, emitFlow, emitPair, stringify} from './emit.ts';
import type {Dialect, MappingNode, Pair, SequenceNode, YamlDocument, YamlNode} from './nodes.ts';
import {readDocument} from './read.ts';

/**
 * The text of `document` with the value `hardened`, which lists with holes where items were
 * removed: only the lines that differ in value are changed. The result is read again and compared
 * before it is given out.
 *
 * Where nodes are shared by aliases or merge keys, or keys stand twice, the object is written anew
 * in whole, so that no other place changes by accident; what stands before it stays.
 *
 * @throws {Error} where the text would not read as `hardened`: no wrong text is ever given out
 */
export function rewriteDocument(document: YamlDocument, hardened: Json): string {
  const {text, start, end, root, value} = document;
  if (root === undefined || hardened === value) return text.slice(start, end);
  const expected = withoutHoles(hardened);
  if (!document.hasAliases && document.ambiguities.length === 0) {
    const surgical = new Rewriter(document).rewrite(root, value, hardened);
    if (surgical !== undefined && readsAs(surgical, expected, document.dialect)) return surgical;
  }
  const lineEnd = text.slice(start, end).includes('\r\n') ? '\r\n' : '\n';
  const head = text.slice(start, lineStart(text, root.start));
  const body = isJson(root) ? `${JSON.stringify(expected)}\n` : stringify(expected);
  const anew = head + body.replaceAll('\n', lineEnd);
  if (!readsAs(anew, expected, document.dialect))
    throw new Error('a rewritten document does not read as it must');
  return anew;
}

function readsAs(text: string, expected: Json, dialect: Dialect): boolean {
  try {
    const {value} = readDocument(text, 0, text.length, dialect);
    return isDeepStrictEqual(plain(value), plain(expected));
  } catch {
    return false;
  }
}

/** A document that is a flow collection as a whole is JSON, and stays what a JSON reader reads. */
const isJson = (root: YamlNode): boolean =>
  root.kind !== 'scalar' && root.kind !== 'alias' && root.flow;

/** Without prototypes and the order of keys, which count for nothing. */
const plain = (value: Json): unknown => JSON.parse(JSON.stringify(value));

interface SourceEdit {
  readonly start: number;
  readonly end: number;
  readonly replacement: string;
}

/** The edit cannot be made in place: the whole object is written anew. */
class NotSurgicalError extends Error {}

class Rewriter {
  readonly #document: YamlDocument;
  readonly #text: string;
  readonly #lineEnd: string;
  readonly #isJson: boolean;
  readonly #edits: SourceEdit[] = [];

  constructor(document: YamlDocument) {
    this.#document = document;
    this.#text = document.text;
    const {text, start, end, root} = document;
    this.#isJson = root !== undefined && isJson(root);
    this.#lineEnd = text.slice(start, end).includes('\r\n') ? '\r\n' : '\n';
  }

  /** The document's new text, or undefined where it must be written anew. */
  rewrite(root: YamlNode, before: Json, after: Json): string | undefined {
    try {
      this.#walk(root, before, after);
    } catch (error) {
      if (error instanceof NotSurgicalError) return undefined;
      throw error;
    }
    return this.#apply();
  }

  #walk(node: YamlNode, before: Json, after: Json): void {
    if (before === after) return;
    if (node.kind === 'mapping' && !node.flow && isMap(before) && isMap(after)) {
      this.#walkMapping(node, before, after);
    } else if (node.kind === 'sequence' && !node.flow && isList(before) && isList(after)) {
      this.#walkSequence(node, before, after);
    } else if (node.kind === 'alias' || this.#isBlock(node)) {
      throw new NotSurgicalError();
    } else {
      const value = withoutHoles(after);
      this.#edit(node.start, node.end, this.#isJson ? JSON.stringify(value) : emitFlow(value));
    }
  }

  #isBlock(node: YamlNode): boolean {
    if (node.kind === 'scalar') return node.style === 'literal' || node.style === 'folded';
    return node.kind !== 'alias' && !node.flow;
  }

  #walkMapping(node: MappingNode, before: JsonMap, after: JsonMap): void {
    const kept = node.pairs.filter(({name}) => Object.hasOwn(after, name));
    const first = kept[0];
    const indent = this.#indentOf(node.start);
    if (first === undefined) {
      const anew = this.#withLineEnds(emitBlock(withoutHoles(after), indent));
      const isLineAfter = this.#text[node.end - 1] === '\n';
      this.#edit(node.start, node.end, isLineAfter ? anew + this.#lineEnd : anew);
      return;
    }
    this.#removePairs(node, first, after);
    for (const {name, key, value} of kept) {
      const [old, now] = [before[name] as Json, after[name] as Json];
      if (old === now) continue;
      if (old === null && value.start === value.end) this.#fill(key, name, now, indent);
      else this.#walk(value, old, now);
    }
    const added = Object.keys(after).filter(key => !Object.hasOwn(before, key));
    const lines = added.map(key => emitPair(key, withoutHoles(after[key] as Json), indent));
    this.#insertAfter(node.end, indent, lines);
  }

  /** Gives a key that has no value one: below it, or a scalar beside it. */
  #fill(key: YamlNode, name: string, value: Json, indent: string): void {
    const rest = this.#text.slice(key.end, this.#lineEndAfter(key.end));
    if (!/^:(?:[ \t]+#.*|[ \t]*)\r?\n?$/.test(rest)) throw new NotSurgicalError();
    const filled = withoutHoles(value);
    const [, ...lines] = emitPair(name, filled, indent).split('\n');
    if (lines.length > 0) this.#insertAfter(key.end, '', lines);
    else this.#edit(key.end + 1, key.end + 1, ` ${emitFlow(filled)}`);
  }

  #removePairs(node: MappingNode, first: Pair, after: JsonMap): void {
    const isAtLineStart =
      this.#text.slice(lineStart(this.#text, node.start), node.start).trim() === '';
    for (const {name, key, value} of node.pairs) {
      if (Object.hasOwn(after, name)) continue;
      if (isAtLineStart || key.start > first.key.start) {
        this.#edit(lineStart(this.#text, key.start), this.#lineEndAfter(value.end), '');
      }
    }
    // The first pairs share a line with a dash: what follows moves up to it.
    if (!isAtLineStart && first.key.start > node.start) this.#edit(node.start, first.key.start, '');
  }

  #walkSequence(node: SequenceNode, before: JsonList, after: JsonList): void {
    for (const [index, item] of node.items.entries()) {
      const [old, now] = [before[index] as Json, after[index]];
      if (now !== undefined) {
        this.#walk(item, old, now);
        continue;
      }
      const dash = this.#dashOf(item);
      this.#edit(lineStart(this.#text, dash), this.#lineEndAfter(Math.max(item.end, dash + 1)), '');
    }
    const added = after.slice(node.items.length);
    if (added.length === 0) return;
    const indent = this.#indentOf(node.start);
    const lines = added.map(item => `- ${emitBlock(withoutHoles(item as Json), `${indent}  `)}`);
    this.#insertAfter(node.end, indent, lines);
  }

  /** The offset of the dash before `item`, which must be the first thing on its line. */
  #dashOf(item: YamlNode): number {
    const from = lineStart(this.#text, item.start);
    const dash = /^[ ]*-(?=\s)/.exec(this.#text.slice(from, item.start + 1));
    if (dash === null) throw new NotSurgicalError();
    const at = from + dash[0].length - 1;
    if (this.#text.slice(at + 1, item.start).trim() !== '') throw new NotSurgicalError();
    return at;
  }

  #insertAfter(offset: number, indent: string, lines: readonly string[]): void {
    if (lines.length === 0) return;
    const at = this.#lineEndAfter(offset);
    const block = this.#withLineEnds(lines.map(line => indent + line).join('\n'));
    const isLineBefore = at > 0 && this.#text[at - 1] === '\n';
    this.#edit(at, at, isLineBefore ? block + this.#lineEnd : this.#lineEnd + block);
  }

  #withLineEnds(text: string): string {
    return this.#lineEnd === '\n' ? text : text.replaceAll('\n', this.#lineEnd);
  }

  /** As many spaces as stand before `offset`, a dash counted as one. */
  #indentOf(offset: number): string {
    const prefix = this.#text.slice(lineStart(this.#text, offset), offset);
    if (!/^[ -]*$/.test(prefix)) throw new NotSurgicalError();
    return ' '.repeat(prefix.length);
  }

  /** The offset after the line break that ends the line of the character before `offset`. */
  #lineEndAfter(offset: number): number {
    if (this.#text[offset - 1] === '\n') return offset;
    const lineBreak = this.#text.indexOf('\n', offset);
    return lineBreak === -1 || lineBreak >= this.#document.end ? this.#document.end : lineBreak + 1;
  }

  #edit(start: number, end: number, replacement: string): void {
    this.#edits.push({start, end, replacement});
  }

  #apply(): string | undefined {
    const edits = this.#edits.sort((a, b) => a.start - b.start || a.end - b.end);
    const parts: string[] = [];
    let written = this.#document.start;
    for (const {start, end, replacement} of edits) {
      if (start < written) return undefined;
      parts.push(this.#text.slice(written, start), replacement);
      written = end;
    }
    parts.push(this.#text.slice(written, this.#document.end));
    return parts.join('');
  }
}

const lineStart = (text: string, offset: number): number => text.lastIndexOf('\n', offset - 1) + 1;
