import {breakLength, isBlankOrEnd, isBreak, isWord} from './characters.ts';
import {YamlError} from './error.ts';
import {ScalarScanner} from './scan-scalar.ts';
import {scanTag} from './scan-tag.ts';
import * as token from './tokens.ts';

/** The `:` of a simple key must be on the line of the key, within this many characters. */
const longestKey = 1024;

/** The maximum nesting of blocks or flow collections, as in go-yaml. */
const deepest = 10_000;

/**
 * Writes the tokens of `text` from `start` to `end` to `into`, like libyaml's scanner in go-yaml
 * v2: indentation becomes tokens, and the keys of mappings are determined here.
 *
 * @throws {YamlError} if libyaml finds no token
 */
export function scan(text: string, start: number, end: number, into: token.Tokens): void {
  into.clear();
  new Scanner(text, start, end, into).scan();
}

class Scanner {
  readonly #text: string;
  readonly #end: number;
  readonly #tokens: token.Tokens;
  readonly #scalars: ScalarScanner;
  #position: number;
  #lineStart: number;
  /** The column of the current block collection, or -1. */
  #indent = -1;
  readonly #indents: number[] = [];
  #flowLevel = 0;
  #mayBeginKey = true;
  /** For each flow level, the token that may begin a simple key, or -1. */
  readonly #keyTokens: number[] = [-1];
  /** The start of that token's line. */
  readonly #keyLines: number[] = [0];
  /** Whether that token must be a key. */
  readonly #keyRequired: boolean[] = [false];

  constructor(text: string, start: number, end: number, tokens: token.Tokens) {
    this.#text = text;
    this.#end = end;
    this.#tokens = tokens;
    this.#scalars = new ScalarScanner(text, end);
    this.#position = text.charCodeAt(start) === 0xfeff && start < end ? start + 1 : start;
    this.#lineStart = this.#position;
  }

  scan(): void {
    for (;;) {
      this.#skipToToken();
      if (this.#position >= this.#end) break;
      this.#closeBlocks(this.#position - this.#lineStart);
      this.#scanToken(this.#at(this.#position));
    }
    this.#closeBlocks(-1);
    this.#forgetKey();
    this.#tokens.push(token.streamEnd, this.#end, this.#end);
  }

  #at(offset: number): number {
    return offset < this.#end ? this.#text.charCodeAt(offset) : 0;
  }

  /** Skips white space, comments and line breaks. A tab does not count as indentation. */
  #skipToToken(): void {
    for (;;) {
      const code = this.#at(this.#position);
      if (code === 0x20) this.#position++;
      else if (code === 0x09 && (this.#flowLevel > 0 || !this.#mayBeginKey)) this.#position++;
      else if (code === 0x23) this.#skipComment();
      else if (isBreak(code)) {
        this.#position += breakLength(code, this.#at(this.#position + 1));
        this.#lineStart = this.#position;
        if (this.#flowLevel === 0) this.#mayBeginKey = true;
      } else return;
    }
  }

  #skipComment(): void {
    let code = 0x23;
    while (code !== 0 && !isBreak(code)) code = this.#at(++this.#position);
  }

  #scanToken(code: number): void {
    const at = this.#position;
    if (at === this.#lineStart && code === 0x25) {
      throw new YamlError('a manifest must not contain a YAML directive', at);
    }
    if (at === this.#lineStart && this.#scalars.isDocumentIndicator(at)) {
      this.#scanDocumentIndicator(code);
    } else if (code === 0x5b) this.#openFlow(token.flowSequenceStart);
    else if (code === 0x7b) this.#openFlow(token.flowMappingStart);
    else if (code === 0x5d) this.#closeFlow(token.flowSequenceEnd);
    else if (code === 0x7d) this.#closeFlow(token.flowMappingEnd);
    else if (code === 0x2c) this.#scanComma();
    else if (code === 0x2a) this.#scanAnchor(token.alias);
    else if (code === 0x26) this.#scanAnchor(token.anchor);
    else if (code === 0x21) this.#scanTag();
    else if (code === 0x27 || code === 0x22) this.#scanQuoted(code);
    else this.#scanIndicatorOrPlain(code);
  }

  #scanIndicatorOrPlain(code: number): void {
    const isFollowed = isBlankOrEnd(this.#at(this.#position + 1));
    const isInFlow = this.#flowLevel > 0;
    if (code === 0x2d && isFollowed) this.#scanBlockEntry();
    else if (code === 0x3f && (isInFlow || isFollowed)) this.#scanKey();
    else if (code === 0x3a && (isInFlow || isFollowed)) this.#scanValue();
    else if ((code === 0x7c || code === 0x3e) && !isInFlow) this.#scanBlockScalar(code === 0x7c);
    else if (code === 0x09 || '|>%@`'.includes(String.fromCharCode(code))) {
      const found = code === 0x09 ? 'a tab' : `"${String.fromCharCode(code)}"`;
      throw new YamlError(`${found} must not begin a value`, this.#position);
    } else this.#scanPlain();
  }

  #scanComma(): void {
    this.#forgetKey();
    this.#mayBeginKey = true;
    this.#pushOne(token.flowEntry);
  }

  #pushOne(type: number): void {
    this.#tokens.push(type, this.#position, this.#position + 1);
    this.#position++;
  }

  #scanDocumentIndicator(code: number): void {
    this.#closeBlocks(-1);
    this.#forgetKey();
    this.#mayBeginKey = false;
    const type = code === 0x2d ? token.documentStart : token.documentEnd;
    this.#tokens.push(type, this.#position, this.#position + 3);
    this.#position += 3;
  }

  #openFlow(type: number): void {
    this.#noteKey();
    this.#flowLevel++;
    if (this.#flowLevel > deepest) throw new YamlError(tooDeep, this.#position);
    this.#keyTokens.push(-1);
    this.#keyLines.push(0);
    this.#keyRequired.push(false);
    this.#mayBeginKey = true;
    this.#pushOne(type);
  }

  #closeFlow(type: number): void {
    this.#forgetKey();
    if (this.#flowLevel > 0) {
      this.#flowLevel--;
      this.#keyTokens.pop();
      this.#keyLines.pop();
      this.#keyRequired.pop();
    }
    this.#mayBeginKey = false;
    this.#pushOne(type);
  }

  #scanBlockEntry(): void {
    if (this.#flowLevel === 0) {
      if (!this.#mayBeginKey) throw new YamlError('a list item must begin a line', this.#position);
      this.#openBlock(this.#position - this.#lineStart, token.blockSequenceStart);
    }
    this.#forgetKey();
    this.#mayBeginKey = true;
    this.#pushOne(token.blockEntry);
  }

  #scanKey(): void {
    if (this.#flowLevel === 0) {
      if (!this.#mayBeginKey) throw new YamlError('a key must begin a line', this.#position);
      this.#openBlock(this.#position - this.#lineStart, token.blockMappingStart);
    }
    this.#forgetKey();
    this.#mayBeginKey = this.#flowLevel === 0;
    this.#pushOne(token.key);
  }

  #scanValue(): void {
    const level = this.#flowLevel;
    const key = this.#keyTokens[level] as number;
    if (key >= 0 && this.#isKeyNear(key, level)) {
      this.#beginKey(key, level);
    } else {
      if (key >= 0 && this.#keyRequired[level]) this.#refuseKey(key);
      this.#keyTokens[level] = -1;
      if (level === 0) {
        if (!this.#mayBeginKey) {
          throw new YamlError('a mapping must not begin within a line', this.#position);
        }
        this.#openBlock(this.#position - this.#lineStart, token.blockMappingStart);
      }
      this.#mayBeginKey = level === 0;
    }
    this.#pushOne(token.value);
  }

  /** Marks the token as the start of a simple key, and of a block mapping if none is open there. */
  #beginKey(key: number, level: number): void {
    const {starts, flags} = this.#tokens;
    flags[key] = token.beginsKey;
    if (level === 0) {
      const column = (starts[key] as number) - (this.#keyLines[level] as number);
      if (this.#indent < column) {
        this.#pushIndent(column);
        flags[key] = token.beginsKey | token.beginsMapping;
      }
    }
    this.#keyTokens[level] = -1;
    this.#mayBeginKey = false;
  }

  #isKeyNear(key: number, level: number): boolean {
    if (this.#keyLines[level] !== this.#lineStart) return false;
    const start = this.#tokens.starts[key] as number;
    if (this.#position - start <= longestKey) return true;
    return [...this.#text.slice(start, this.#position)].length <= longestKey;
  }

  /** Remembers that the next token may begin a simple key. */
  #noteKey(): void {
    if (!this.#mayBeginKey) return;
    this.#forgetKey();
    const level = this.#flowLevel;
    this.#keyTokens[level] = this.#tokens.count;
    this.#keyLines[level] = this.#lineStart;
    this.#keyRequired[level] = level === 0 && this.#indent === this.#position - this.#lineStart;
  }

  #forgetKey(): void {
    const level = this.#flowLevel;
    const key = this.#keyTokens[level] as number;
    if (key < 0) return;
    if (this.#keyRequired[level]) this.#refuseKey(key);
    this.#keyTokens[level] = -1;
  }

  #refuseKey(key: number): never {
    throw new YamlError('a key must be followed by `:`', this.#tokens.starts[key] as number);
  }

  #openBlock(column: number, type: number): void {
    if (this.#indent >= column) return;
    this.#pushIndent(column);
    this.#tokens.push(type, this.#position, this.#position);
  }

  #pushIndent(column: number): void {
    this.#indents.push(this.#indent);
    this.#indent = column;
    if (this.#indents.length > deepest) throw new YamlError(tooDeep, this.#position);
  }

  /** Ends the block collections to the right of `column`. */
  #closeBlocks(column: number): void {
    if (this.#flowLevel > 0) return;
    while (this.#indent > column) {
      this.#tokens.push(token.blockEnd, this.#position, this.#position);
      this.#indent = this.#indents.pop() as number;
    }
  }

  #scanAnchor(type: number): void {
    this.#noteKey();
    this.#mayBeginKey = false;
    const start = this.#position;
    let at = start + 1;
    while (isWord(this.#at(at))) at++;
    const code = this.#at(at);
    const isEnded = isBlankOrEnd(code) || '?:,]}%@`'.includes(String.fromCharCode(code));
    if (at === start + 1 || !isEnded) {
      throw new YamlError("an anchor's name must be letters, digits, `-` and `_`", start);
    }
    this.#tokens.push(type, start, at);
    this.#position = at;
  }

  #scanTag(): void {
    this.#noteKey();
    this.#mayBeginKey = false;
    const {tag, end} = scanTag(this.#text, this.#position, this.#end);
    this.#tokens.values.set(this.#tokens.count, tag);
    this.#tokens.push(token.tag, this.#position, end);
    this.#position = end;
  }

  #scanQuoted(quote: number): void {
    this.#noteKey();
    this.#mayBeginKey = false;
    this.#enter();
    this.#scalars.scanQuoted(quote);
    this.#leave(quote === 0x22 ? token.doubleQuotedScalar : token.singleQuotedScalar);
  }

  #scanBlockScalar(isLiteral: boolean): void {
    this.#forgetKey();
    this.#mayBeginKey = true;
    this.#enter();
    this.#scalars.scanBlock(this.#indent, isLiteral);
    this.#leave(isLiteral ? token.literalScalar : token.foldedScalar);
  }

  #scanPlain(): void {
    this.#noteKey();
    this.#mayBeginKey = false;
    this.#enter();
    this.#scalars.scanPlain(this.#indent + 1, this.#flowLevel > 0);
    this.#leave(token.plainScalar);
    if (this.#scalars.crossedLine) this.#mayBeginKey = true;
  }

  #enter(): void {
    this.#scalars.position = this.#position;
    this.#scalars.lineStart = this.#lineStart;
  }

  #leave(type: number): void {
    const {value, scalarEnd, position, lineStart} = this.#scalars;
    if (value !== undefined) this.#tokens.values.set(this.#tokens.count, value);
    this.#tokens.push(type, this.#position, scalarEnd);
    this.#position = position;
    this.#lineStart = lineStart;
  }
}

const tooDeep = `collections must not be nested deeper than ${deepest}`;
