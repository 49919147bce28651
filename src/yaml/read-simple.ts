import {Dictionary, type Json} from '../json.ts';
import type {Composed} from './compose.ts';
import {YamlError} from './error.ts';
import * as table from './node-table.ts';
import type {Dialect} from './nodes.ts';
import {resolvePlain} from './resolve-scalar.ts';
import {ScalarScanner} from './scan-scalar.ts';

/*
 * Characters that no YAML parser treats specially, besides those that follow from the context: all
 * that is printable, without line breaks, byte-order marks and halves of pairs.
 */
const beyondAscii = '\\u00a1-\\u2027\\u202a-\\ud7ff\\ue000-\\ufefe\\uff00-\\ufffd';
const anyRest = `[\\x20-\\x7e${beyondAscii}]*`;
/** What may follow a value on its line. */
const lineEnd = ` *(?: #${anyRest})?\\n`;
const firstOfPlain = '(?:[A-Za-z0-9/._$(+~^]|-[A-Za-z0-9-])';

const key = new RegExp(
  `(?:[A-Za-z_][A-Za-z0-9_./-]*|"[\\x20\\x21\\x23-\\x5b\\x5d-\\x7e${beyondAscii}]*")(?=:[ \\n])`,
  'y',
);
const comment = new RegExp(`#${anyRest}\\n`, 'y');
const afterValue = new RegExp(lineEnd, 'y');
/** A plain scalar that takes the rest of its line, with white space after it. */
const plainLine = new RegExp(
  `${firstOfPlain}[\\x20-\\x22\\x24-\\x39\\x3b-\\x7e${beyondAscii}]*(?=\\n)`,
  'y',
);
/** A plain scalar with colons or hashes within words, or with a comment after it. */
const plainWords = new RegExp(
  `${firstOfPlain}(?:[!-9;-~${beyondAscii}]|:(?=[!-~])| +(?=[!"$-~${beyondAscii}])){0,1000}(?=${lineEnd})`,
  'y',
);
const doubleQuoted = new RegExp(`"[\\x20\\x21\\x23-\\x5b\\x5d-\\x7e${beyondAscii}]*"`, 'y');
const singleQuoted = new RegExp(`'[\\x20-\\x26\\x28-\\x7e${beyondAscii}]*'(?!')`, 'y');
/** A plain scalar in a flow sequence. */
const flowWord = /[A-Za-z0-9_][A-Za-z0-9_./-]*(?=[ ,\]])/y;

/** Thrown where a document is not simple. */
const notSimple = new Error('not a simple document');

/** Deeper nesting is left to the parser that bounds it. */
const deepest = 100;
/** The longest key that is simple; YAML allows more. */
const longestKey = 500;

/**
 * Reads a document in the form of nearly all manifests, line by line, with the same result as
 * `scan` and `compose`: block collections of plain scalars on one line, quoted and block scalars, and
 * flow sequences of words and strings on one line. Undefined for everything else, including errors:
 * then only those two can tell what the document means. This saves most of the work of reading,
 * above all in a process that lives only for one chart, whose code is never optimized.
 */
export function readSimple(
  text: string,
  start: number,
  end: number,
  dialect: Dialect,
): Composed | undefined {
  if (end === start || text.charCodeAt(end - 1) !== 0x0a) return undefined;
  try {
    return new SimpleReader(text, start, end, dialect).read();
  } catch (error) {
    if (error === notSimple || error instanceof YamlError) return undefined;
    throw error;
  }
}

class SimpleReader {
  readonly #text: string;
  readonly #end: number;
  readonly #dialect: Dialect;
  readonly #nodes: table.NodeTable;
  readonly #scalars: ScalarScanner;
  /** The next line that is neither blank nor a comment: its start, its content, and its column, or -1 after the last. */
  #lineStart: number;
  #at = 0;
  #column = -1;
  #depth = 0;

  constructor(text: string, start: number, end: number, dialect: Dialect) {
    this.#text = text;
    this.#end = end;
    this.#dialect = dialect;
    this.#lineStart = start;
    this.#nodes = new table.NodeTable(((end - start) >> 4) + 8);
    this.#scalars = new ScalarScanner(text, end);
  }

  read(): Composed {
    this.#seek(this.#lineStart);
    if (this.#column === -1) throw notSimple;
    const value = this.#readMapping(this.#column);
    if (this.#column !== -1) throw notSimple;
    this.#nodes.trim();
    return {nodes: this.#nodes, value, ambiguities: []};
  }

  /** Goes to the next line with content, from `line` on. */
  #seek(line: number): void {
    const text = this.#text;
    let start = line;
    while (start < this.#end) {
      let at = start;
      let code = text.charCodeAt(at);
      while (code === 0x20) code = text.charCodeAt(++at);
      if (code === 0x0a) start = at + 1;
      else if (code === 0x23) start = this.#match(comment, at);
      else {
        this.#lineStart = start;
        this.#at = at;
        this.#column = at - start;
        return;
      }
    }
    this.#column = -1;
  }

  #matches(pattern: RegExp, offset: number): boolean {
    pattern.lastIndex = offset;
    return pattern.test(this.#text);
  }

  /** The end of what `pattern` matches at `offset`. */
  #match(pattern: RegExp, offset: number): number {
    if (!this.#matches(pattern, offset)) throw notSimple;
    return pattern.lastIndex;
  }

  /** Reads the mapping whose keys begin in `column`, from the current line on. */
  #readMapping(column: number): Json {
    const nodes = this.#nodes;
    if (++this.#depth > deepest) throw notSimple;
    const node = nodes.add(table.mappingNode, 0, 0);
    const start = this.#at;
    const value = new Dictionary();
    let end = start;
    while (this.#column === column) {
      const to = this.#match(key, this.#at);
      const name = this.#readKey(this.#at, to);
      if (Object.hasOwn(value, name)) throw notSimple;
      const last = nodes.count;
      value[name] = this.#readAfterColon(to + 1, column);
      end = nodes.end(last);
    }
    if (this.#column > column) throw notSimple;
    this.#depth--;
    nodes.close(node, start, end);
    return value;
  }

  /** Adds the key in that range, and returns its name. */
  #readKey(start: number, end: number): string {
    if (end - start > longestKey) throw notSimple;
    if (this.#text.charCodeAt(start) === 0x22) {
      const name = this.#text.slice(start + 1, end - 1);
      this.#nodes.names.set(this.#nodes.add(table.doubleQuotedNode, start, end), name);
      return name;
    }
    const name = this.#text.slice(start, end);
    if (resolvePlain(name, this.#dialect) !== name) throw notSimple;
    this.#nodes.add(table.plainNode, start, end);
    return name;
  }

  #readAfterColon(colonEnd: number, column: number): Json {
    const at = this.#skipSpaces(colonEnd);
    const code = this.#text.charCodeAt(at);
    if (code !== 0x0a && code !== 0x23) return this.#readValue(at, column);
    this.#seek(this.#match(afterValue, colonEnd));
    const isItem = this.#column !== -1 && this.#isItem();
    if (this.#column > column) {
      if (isItem) return this.#readSequence(this.#column);
      const isKey = this.#matches(key, this.#at);
      return isKey ? this.#readMapping(this.#column) : this.#readValue(this.#at, column);
    }
    if (this.#column === column && isItem) return this.#readSequence(column);
    this.#nodes.add(table.emptyNode, colonEnd, colonEnd);
    return null;
  }

  #isItem(): boolean {
    return this.#text.charCodeAt(this.#at) === 0x2d && this.#text.charCodeAt(this.#at + 1) === 0x20;
  }

  /** Reads the sequence whose dashes are in `column`, from the current line on. */
  #readSequence(column: number): Json {
    const nodes = this.#nodes;
    if (++this.#depth > deepest) throw notSimple;
    const node = nodes.add(table.sequenceNode, 0, 0);
    const start = this.#at;
    const items: Json[] = [];
    let end = start;
    while (this.#column === column && this.#isItem()) {
      const last = nodes.count;
      items.push(this.#readItem(this.#skipSpaces(this.#at + 2), column));
      end = nodes.end(last);
    }
    if (this.#column > column) throw notSimple;
    this.#depth--;
    nodes.close(node, start, end);
    return items;
  }

  #readItem(at: number, column: number): Json {
    if (!this.#matches(key, at)) return this.#readValue(at, column);
    this.#at = at;
    this.#column = at - this.#lineStart;
    return this.#readMapping(this.#column);
  }

  #skipSpaces(offset: number): number {
    let at = offset;
    while (this.#text.charCodeAt(at) === 0x20) at++;
    return at;
  }

  /** Reads a value that begins on the current line, in the block collection in `column`, and goes to the next line. */
  #readValue(at: number, column: number): Json {
    const text = this.#text;
    const code = text.charCodeAt(at);
    if (code === 0x7c || code === 0x3e) return this.#readBlock(at, column, code === 0x7c);
    if (code === 0x22 || code === 0x27) {
      const value = this.#readQuoted(at, code);
      return this.#endLine(value, this.#nodes.end(this.#nodes.count - 1));
    }
    if (code === 0x5b) return this.#readFlowSequence(at);
    if (code === 0x7b) {
      if (text.charCodeAt(at + 1) !== 0x7d) throw notSimple;
      const node = this.#nodes.add(table.flowMappingNode, at, at);
      this.#nodes.close(node, at, at + 2);
      return this.#endLine(new Dictionary(), at + 2);
    }
    let end = this.#matches(plainLine, at) ? plainLine.lastIndex : this.#match(plainWords, at);
    while (text.charCodeAt(end - 1) === 0x20) end--;
    const value = this.#readPlain(at, end);
    return this.#endLine(value, end);
  }

  #endLine(value: Json, end: number): Json {
    this.#seek(this.#match(afterValue, end));
    return value;
  }

  #readPlain(start: number, end: number): Json {
    const value = resolvePlain(this.#text.slice(start, end), this.#dialect);
    if (typeof value === 'number' && !Number.isFinite(value)) throw notSimple;
    this.#nodes.add(table.plainNode, start, end);
    return value;
  }

  #readQuoted(start: number, quote: number): string {
    const kind = quote === 0x22 ? table.doubleQuotedNode : table.singleQuotedNode;
    const pattern = quote === 0x22 ? doubleQuoted : singleQuoted;
    if (this.#matches(pattern, start)) {
      this.#nodes.add(kind, start, pattern.lastIndex);
      return this.#text.slice(start + 1, pattern.lastIndex - 1);
    }
    const scalars = this.#scalars;
    scalars.position = start;
    scalars.lineStart = this.#lineStart;
    scalars.scanQuoted(quote);
    this.#nodes.add(kind, start, scalars.scalarEnd);
    return scalars.value as string;
  }

  #readBlock(at: number, column: number, isLiteral: boolean): Json {
    const scalars = this.#scalars;
    scalars.position = at;
    scalars.lineStart = this.#lineStart;
    scalars.scanBlock(column, isLiteral);
    this.#nodes.add(isLiteral ? table.literalNode : table.foldedNode, at, scalars.scalarEnd);
    this.#seek(scalars.lineStart);
    return scalars.value as string;
  }

  #readFlowSequence(start: number): Json {
    const nodes = this.#nodes;
    const text = this.#text;
    const node = nodes.add(table.flowSequenceNode, start, start);
    const items: Json[] = [];
    let at = this.#skipSpaces(start + 1);
    while (text.charCodeAt(at) !== 0x5d) {
      at = this.#skipSpaces(this.#readFlowItem(at, items));
      const code = text.charCodeAt(at);
      if (code === 0x2c) at = this.#skipSpaces(at + 1);
      else if (code !== 0x5d) throw notSimple;
    }
    nodes.close(node, start, at + 1);
    return this.#endLine(items, at + 1);
  }

  /** Reads a scalar into `items`, and returns its end. */
  #readFlowItem(at: number, items: Json[]): number {
    const code = this.#text.charCodeAt(at);
    if (code === 0x22 || code === 0x27) {
      items.push(this.#readQuoted(at, code));
      return this.#nodes.end(this.#nodes.count - 1);
    }
    const end = this.#match(flowWord, at);
    items.push(this.#readPlain(at, end));
    return end;
  }
}
