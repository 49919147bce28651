import {Dictionary, isMap, type Json} from '../json.ts';
import {AliasBudget} from './alias-budget.ts';
import {YamlError} from './error.ts';
import * as table from './node-table.ts';
import type {Ambiguity, Dialect} from './nodes.ts';
import {keyName, resolveScalar} from './resolve-scalar.ts';
import * as token from './tokens.ts';

export interface Composed {
  readonly nodes: table.NodeTable;
  /** The value, or null if the document has none. */
  readonly value: Json;
  readonly ambiguities: readonly Ambiguity[];
}

/** The maximum nesting of collections: deeper than any manifest, and safe for the call stack. */
const deepest = 1000;

/**
 * Builds the nodes and the value from the tokens of a document, by the grammar of go-yaml v2.
 *
 * @throws {YamlError} if the grammar is violated, or JSON has no such value
 */
export function compose(text: string, tokens: token.Tokens, dialect: Dialect): Composed {
  return new Composer(text, tokens, dialect).compose();
}

const nothing: Composed = {nodes: table.noNodes, value: null, ambiguities: []};

const oneDocument = 'one document was expected';

interface Anchored {
  readonly node: number;
  /** Absent until the whole node has been read. */
  readonly value?: Json;
  /** The number of decoder calls for it, with aliases expanded. */
  readonly size: number;
}

class Composer {
  readonly #text: string;
  readonly #tokens: token.Tokens;
  readonly #dialect: Dialect;
  readonly #nodes: table.NodeTable;
  readonly #ambiguities: Ambiguity[] = [];
  readonly #anchors = new Map<string, Anchored>();
  readonly #budget = new AliasBudget();
  #token = 0;
  /** What the current token begins and has not been consumed yet. */
  #flags = 0;
  #depth = 0;
  /** The node that was read last. */
  #node = 0;

  constructor(text: string, tokens: token.Tokens, dialect: Dialect) {
    this.#text = text;
    this.#tokens = tokens;
    this.#dialect = dialect;
    this.#nodes = new table.NodeTable(tokens.count + 1);
    this.#flags = tokens.flags[0] as number;
  }

  compose(): Composed {
    if (this.#peek() === token.documentEnd) this.#fail('`...` must end a document');
    if (this.#peek() === token.documentStart) this.#fail(oneDocument);
    const value = this.#peek() === token.streamEnd ? null : this.#readNode(true, false);
    while (this.#peek() === token.documentEnd) this.#skip();
    if (this.#peek() !== token.streamEnd) this.#fail(oneDocument);
    if (this.#nodes.count === 0) return nothing;
    this.#nodes.trim();
    return {nodes: this.#nodes, value, ambiguities: this.#ambiguities};
  }

  #peek(): number {
    const flags = this.#flags;
    if (flags === 0) return this.#tokens.types[this.#token] as number;
    return flags & token.beginsMapping ? token.blockMappingStart : token.key;
  }

  #skip(): void {
    if (this.#flags & token.beginsMapping) this.#flags &= ~token.beginsMapping;
    else if (this.#flags !== 0) this.#flags = 0;
    else this.#flags = this.#tokens.flags[++this.#token] as number;
  }

  #start(): number {
    return this.#tokens.starts[this.#token] as number;
  }

  #fail(message: string): never {
    throw new YamlError(message, this.#start());
  }

  #readNode(inBlock: boolean, mayBeIndentless: boolean): Json {
    if (this.#peek() === token.alias) return this.#readAlias();
    let anchor: string | undefined;
    let tag: string | undefined;
    const lead = this.#start();
    for (
      let type = this.#peek();
      type === token.anchor || type === token.tag;
      type = this.#peek()
    ) {
      if (type === token.anchor) {
        if (anchor !== undefined) break;
        anchor = this.#text.slice(this.#start() + 1, this.#tokens.ends[this.#token]);
      } else {
        if (tag !== undefined) break;
        tag = this.#tokens.values.get(this.#token);
      }
      this.#skip();
    }
    this.#budget.count();
    const node = this.#nodes.count;
    if (anchor !== undefined || tag !== undefined) this.#nodes.leads.set(node, lead);
    if (anchor === undefined) return this.#readContent(inBlock, mayBeIndentless, tag, false);
    const before = this.#budget.used;
    this.#anchors.set(anchor, {node, size: 0});
    const value = this.#readContent(inBlock, mayBeIndentless, tag, true);
    const current = this.#anchors.get(anchor);
    if (current?.node === node) {
      this.#anchors.set(anchor, {node, value, size: this.#budget.used - before + 1});
    }
    return value;
  }

  #readContent(
    inBlock: boolean,
    mayBeIndentless: boolean,
    tag: string | undefined,
    hasAnchor: boolean,
  ): Json {
    const type = this.#peek();
    if (type >= token.plainScalar) return this.#readScalar(type, tag);
    if (++this.#depth > deepest) {
      this.#fail(`collections must not be nested deeper than ${deepest}`);
    }
    const value = this.#readCollection(type, inBlock, mayBeIndentless);
    this.#depth--;
    if (value !== undefined) return value;
    if (!hasAnchor && tag === undefined) this.#fail('a value was expected');
    const end = this.#token === 0 ? this.#start() : (this.#tokens.ends[this.#token - 1] as number);
    this.#node = this.#nodes.add(table.emptyNode, end, end);
    return resolveScalar('', true, tag, this.#dialect, end);
  }

  #readCollection(type: number, inBlock: boolean, mayBeIndentless: boolean): Json | undefined {
    if (type === token.flowMappingStart) return this.#readFlowMapping();
    if (type === token.flowSequenceStart) return this.#readFlowSequence();
    if (type === token.blockEntry && mayBeIndentless) return this.#readIndentlessSequence();
    if (type === token.blockMappingStart && inBlock) return this.#readBlockMapping();
    if (type === token.blockSequenceStart && inBlock) return this.#readBlockSequence();
    return undefined;
  }

  #readScalar(type: number, tag: string | undefined): Json {
    const index = this.#token;
    const start = this.#start();
    const end = this.#tokens.ends[index] as number;
    this.#node = this.#nodes.add(type - token.plainScalar + table.plainNode, start, end);
    this.#skip();
    const text = this.#tokens.values.get(index) ?? this.#text.slice(start, end);
    const value = resolveScalar(text, type === token.plainScalar, tag, this.#dialect, start);
    if (this.#tokens.types[0] === token.flowMappingStart) {
      refuseUnlikeJson(this.#text.slice(start, end), value, start);
    }
    return value;
  }

  #readAlias(): Json {
    const start = this.#start();
    const end = this.#tokens.ends[this.#token] as number;
    const name = this.#text.slice(start + 1, end);
    const anchored = this.#anchors.get(name);
    if (anchored === undefined) this.#fail(`the anchor "${name}" is unknown`);
    if (anchored.value === undefined) this.#fail(`the anchor "${name}" contains itself`);
    if (!this.#budget.expand(anchored.size)) this.#fail('the document has excessive aliasing');
    this.#node = this.#nodes.add(table.aliasNode, start, end);
    this.#nodes.targets.set(this.#node, anchored.node);
    this.#skip();
    return anchored.value;
  }

  /** A missing value: null, at the end of its colon, dash or key. */
  #readNothing(at: number): null {
    this.#budget.count();
    this.#node = this.#nodes.add(table.emptyNode, at, at);
    return null;
  }

  #readBlockSequence(): Json {
    const node = this.#nodes.add(table.sequenceNode, 0, 0);
    this.#skip();
    const start = this.#start();
    const items: Json[] = [];
    let end = start;
    while (this.#peek() === token.blockEntry) {
      end = this.#readItem(items, false);
    }
    if (this.#peek() !== token.blockEnd) this.#fail('a list item must begin with `- `');
    this.#skip();
    return this.#close(node, start, end, items);
  }

  #readIndentlessSequence(): Json {
    const node = this.#nodes.add(table.sequenceNode, 0, 0);
    const start = this.#start();
    const items: Json[] = [];
    let end = start;
    while (this.#peek() === token.blockEntry) {
      end = this.#readItem(items, true);
    }
    return this.#close(node, start, end, items);
  }

  /** Reads an item from its dash on, and returns the end of its text. */
  #readItem(items: Json[], isIndentless: boolean): number {
    const dashEnd = this.#tokens.ends[this.#token] as number;
    this.#skip();
    const type = this.#peek();
    const isLast =
      type === token.blockEntry ||
      type === token.blockEnd ||
      (isIndentless && (type === token.key || type === token.value));
    items.push(isLast ? this.#readNothing(dashEnd) : this.#readNode(true, false));
    return this.#nodes.end(this.#node);
  }

  #readBlockMapping(): Json {
    const node = this.#nodes.add(table.mappingNode, 0, 0);
    this.#skip();
    const pairs = new PairReader(this.#ambiguities, this.#dialect);
    const start = this.#start();
    let end = start;
    for (let type = this.#peek(); type === token.key; type = this.#peek()) {
      const lead = this.#start();
      this.#skip();
      type = this.#peek();
      if (isPairEnd(type)) this.#fail('a key must be a string, a number or a boolean');
      this.#readKey(pairs, lead, true);
      const colon = this.#skipColon(pairs);
      const isNothing = !pairs.hasValue || isPairEnd(this.#peek());
      const value = isNothing ? this.#readNothing(colon) : this.#readNode(true, true);
      if (pairs.isMerge) this.#checkMerge(this.#node);
      pairs.add(value);
      end = this.#nodes.end(this.#node);
    }
    if (this.#peek() !== token.blockEnd) this.#fail('a key was expected');
    this.#skip();
    return this.#close(node, start, end, pairs.value);
  }

  #readFlowMapping(): Json {
    const start = this.#start();
    const node = this.#nodes.add(table.flowMappingNode, start, start);
    this.#skip();
    const pairs = new PairReader(this.#ambiguities, this.#dialect);
    for (let isFirst = true; this.#peek() !== token.flowMappingEnd; isFirst = false) {
      if (!isFirst && !this.#skipComma('}')) break;
      this.#readFlowPair(pairs, token.flowMappingEnd);
    }
    const end = this.#tokens.ends[this.#token] as number;
    this.#skip();
    return this.#close(node, start, end, pairs.value);
  }

  #readFlowSequence(): Json {
    const start = this.#start();
    const node = this.#nodes.add(table.flowSequenceNode, start, start);
    this.#skip();
    const items: Json[] = [];
    for (let isFirst = true; this.#peek() !== token.flowSequenceEnd; isFirst = false) {
      if (!isFirst && !this.#skipComma(']')) break;
      items.push(
        this.#peek() === token.key ? this.#readSinglePair() : this.#readNode(false, false),
      );
    }
    const end = this.#tokens.ends[this.#token] as number;
    this.#skip();
    return this.#close(node, start, end, items);
  }

  /** Skips the comma between two entries; false if the collection ends after it. */
  #skipComma(closing: string): boolean {
    if (this.#peek() !== token.flowEntry) this.#fail(`\`,\` or \`${closing}\` was expected`);
    this.#skip();
    return this.#peek() !== (closing === '}' ? token.flowMappingEnd : token.flowSequenceEnd);
  }

  /** An item of a flow sequence that is a mapping of one pair, without braces: `[a: 1]`. */
  #readSinglePair(): Json {
    const node = this.#nodes.add(table.flowMappingNode, 0, 0);
    this.#budget.count();
    const pairs = new PairReader(this.#ambiguities, this.#dialect);
    this.#readFlowPair(pairs, token.flowSequenceEnd);
    const end = this.#nodes.end(this.#node);
    return this.#close(node, this.#nodes.start(node + 1), end, pairs.value);
  }

  #readFlowPair(pairs: PairReader, closing: number): void {
    const isEnd = (type: number) => type === token.flowEntry || type === closing;
    const isKey = this.#peek() === token.key;
    const lead = this.#start();
    if (isKey) this.#skip();
    if (isKey && (this.#peek() === token.value || isEnd(this.#peek()))) {
      this.#fail('a key must be a string, a number or a boolean');
    }
    this.#readKey(pairs, lead, false);
    const colon = this.#skipColon(pairs, isKey);
    const isNothing = !pairs.hasValue || isEnd(this.#peek());
    const value = isNothing ? this.#readNothing(colon) : this.#readNode(false, false);
    if (pairs.isMerge) this.#checkMerge(this.#node);
    pairs.add(value);
  }

  /** A merge key names a mapping, or lists mappings; an alias to a list is neither. */
  #checkMerge(node: number): void {
    const nodes = this.#nodes;
    const isSequence = [table.sequenceNode, table.flowSequenceNode].includes(nodes.kind(node));
    for (
      let item = isSequence ? node + 1 : node;
      item < nodes.next(node);
      item = nodes.next(item)
    ) {
      const kind = nodes.kind(nodes.targets.get(item) ?? item);
      if (kind === table.mappingNode || kind === table.flowMappingNode) continue;
      throw new YamlError('a merge key must name mappings', nodes.start(item));
    }
  }

  /** Skips the colon after a key, and returns its end, or that of the key if there is no colon. */
  #skipColon(pairs: PairReader, mayHaveOne = true): number {
    pairs.hasValue = mayHaveOne && this.#peek() === token.value;
    if (!pairs.hasValue) return this.#nodes.end(this.#node);
    const end = this.#tokens.ends[this.#token] as number;
    this.#skip();
    return end;
  }

  /** Reads a key that begins at `lead`, including its anchor and tag. */
  #readKey(pairs: PairReader, lead: number, inBlock: boolean): void {
    const isTagged = this.#peek() === token.tag || this.#peek() === token.anchor;
    const index = this.#token;
    const node = this.#nodes.count;
    const value = this.#readNode(inBlock, inBlock);
    if (this.#nodes.start(node) > lead) this.#nodes.leads.set(node, lead);
    const kind = this.#nodes.kind(node);
    if (value === '<<' && this.#isMergeKey(kind, isTagged, index)) {
      this.#nodes.merges.add(node);
      this.#node = node;
      pairs.begin('<<', value, this.#nodes.start(node), true);
      return;
    }
    this.#node = node;
    const start = this.#nodes.start(node);
    const name = typeof value === 'string' ? value : this.#nameOf(value, node);
    if (kind !== table.plainNode || name.length !== this.#nodes.end(node) - start) {
      this.#nodes.names.set(node, name);
    } else if (typeof value !== 'string') this.#nodes.names.set(node, name);
    pairs.begin(name, value, start, false);
  }

  /** The name of a key that is not a string; for an alias, as its target is spelled. */
  #nameOf(value: Json, key: number): string {
    const nodes = this.#nodes;
    const node = nodes.targets.get(key) ?? key;
    const start = nodes.start(node);
    const tagged = this.#text.slice(nodes.leads.get(node) ?? start, start);
    return keyName(value, this.#text.slice(start, nodes.end(node)), tagged, nodes.start(key));
  }

  /** `<<` merges if it is plain, or tagged `!` or `!!merge`. */
  #isMergeKey(kind: number, isTagged: boolean, first: number): boolean {
    if (kind === table.aliasNode) return false;
    if (!isTagged) return kind === table.plainNode;
    for (let index = first; index <= first + 1; index++) {
      if (this.#tokens.types[index] !== token.tag) continue;
      const tag = this.#tokens.values.get(index);
      return tag === '!' || tag === 'tag:yaml.org,2002:merge';
    }
    return kind === table.plainNode;
  }

  #close(node: number, start: number, end: number, value: Json): Json {
    this.#nodes.close(node, start, end);
    this.#node = node;
    return value;
  }
}

/**
 * kubectl reads a document that begins with `{` as JSON, which allows larger numbers and fewer line
 * breaks.
 */
function refuseUnlikeJson(source: string, value: Json, start: number): void {
  if (value === source && /^-?\d+(?:\.\d+)?[eE][-+]?\d+$/.test(source)) {
    throw new YamlError(`the number ${source} must fit 64 bits, or be quoted`, start);
  }
  if (/[\u0085\u2028\u2029]/.test(source)) {
    throw new YamlError('a Unicode line break must be escaped in JSON', start);
  }
}

const isPairEnd = (type: number): boolean =>
  type === token.key || type === token.value || type === token.blockEnd;

/** Names of keys that may be numbers, booleans or null instead of strings. */
const perhapsNoText = /^(?:[-+.\d]|true$|false$|null$|inf|nan)/i;

/**
 * The value of a mapping, pair by pair. go-yaml v2 lets the last of equal keys win, and inserts
 * merged keys at the place of the merge key, so that they override earlier keys. kyaml refuses
 * equal keys and lets the mapping's own keys win.
 */
class PairReader {
  readonly value = new Dictionary();
  /** Whether a colon follows the key of the current pair. */
  hasValue = false;
  readonly #ambiguities: Ambiguity[];
  readonly #dialect: Dialect;
  #name = '';
  #offset = 0;
  isMerge = false;
  /** The types of the keys that are not strings. */
  #types: Map<string, string> | undefined;
  /** The keys that the mapping has only through a merge key. */
  #merged: Set<string> | undefined;

  constructor(ambiguities: Ambiguity[], dialect: Dialect) {
    this.#ambiguities = ambiguities;
    this.#dialect = dialect;
  }

  begin(name: string, key: Json, offset: number, isMerge: boolean): void {
    this.#name = name;
    this.#offset = offset;
    this.isMerge = isMerge;
    if (isMerge) return;
    if (Object.hasOwn(this.value, name)) this.#checkTwice(name, key, offset);
    if (typeof key !== 'string') {
      this.#types ??= new Map();
      this.#types.set(name, typeof key);
    }
  }

  #checkTwice(name: string, key: Json, offset: number): void {
    if ((this.#types?.get(name) ?? 'string') !== typeof key) {
      throw new YamlError(`the key "${name}" occurs twice, as values of two types`, offset);
    }
    // A key after the merge key overrides it in every parser, if both are strings.
    if (this.#merged?.has(name) && !perhapsNoText.test(name)) return;
    if (this.#dialect === 'kyaml') throw new YamlError(`the key "${name}" occurs twice`, offset);
    this.#ambiguities.push({kind: 'duplicate-key', key: name, offset});
  }

  add(value: Json): void {
    if (this.isMerge) {
      this.#merge(value);
      return;
    }
    this.value[this.#name] = value;
    this.#merged?.delete(this.#name);
  }

  /** The first of several mappings with a key wins. */
  #merge(value: Json): void {
    const sources = Array.isArray(value) ? value : [value];
    const seen = new Set<string>();
    this.#merged ??= new Set();
    for (const source of sources) {
      if (!isMap(source)) throw new YamlError('a merge key must name mappings', this.#offset);
      for (const key of Object.keys(source)) {
        if (seen.has(key)) continue;
        seen.add(key);
        const isKnown = Object.hasOwn(this.value, key);
        if (isKnown) this.#ambiguities.push({kind: 'merge-override', key, offset: this.#offset});
        if (isKnown && this.#dialect === 'kyaml' && !this.#merged.has(key)) continue;
        this.value[key] = source[key] as Json;
        this.#merged.add(key);
      }
    }
  }
}
