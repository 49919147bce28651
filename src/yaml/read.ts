import {
  type Alias,
  isAlias,
  isPair,
  isScalar,
  isSeq,
  type Node,
  parseDocument,
  type Scalar,
  type YAMLMap,
  type YAMLSeq,
  type Pair as YamlPair,
} from 'yaml';
import {Dictionary, isMap, type Json} from '../json.ts';
import {YamlError} from './error.ts';
import type {
  Ambiguity,
  Dialect,
  MappingNode,
  Pair,
  ScalarNode,
  SequenceNode,
  YamlDocument,
  YamlNode,
} from './nodes.ts';
import {resolvePlain} from './resolve-scalar.ts';

/**
 * Reads the one document of `text` from `start` to `end`, UTF-16 code units, as the API server
 * does. The package `yaml` gives the structure; what a scalar means, which duplicate key wins and
 * what a merge key overrides follow go-yaml v2, or kyaml in that dialect.
 *
 * @throws {YamlError} where Kubernetes would refuse the text, or where its readers disagree
 */
export function readDocument(
  text: string,
  start: number,
  end: number,
  dialect: Dialect = 'kubernetes',
): YamlDocument {
  const source = text.slice(start, end);
  refuseDisputed(source, start);
  try {
    return new DocumentReader(text, source, start, end, dialect).read();
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new YamlError('the document is nested too deeply', start);
  }
}

/** Characters that some of Kubernetes' readers take for a line break, and others do not. */
function refuseDisputed(source: string, start: number): void {
  const lineBreak = /[\u0085\u2028\u2029]|\r(?!\n)/.exec(source);
  if (lineBreak !== null) {
    const code = (lineBreak[0].codePointAt(0) as number).toString(16).padStart(4, '0');
    throw new YamlError(
      `the line break U+${code.toUpperCase()} must be written as an escape: Kubernetes' readers disagree on it`,
      start + lineBreak.index,
    );
  }
  const directive = /^(?:\s*(?:#.*)?\n)*%/.exec(source);
  if (directive !== null) {
    throw new YamlError('a YAML directive must not stand in a manifest', start);
  }
}

class DocumentReader {
  readonly #text: string;
  readonly #source: string;
  readonly #start: number;
  readonly #end: number;
  readonly #dialect: Dialect;
  readonly #ambiguities: Ambiguity[] = [];
  readonly #anchors = new Map<string, Read>();
  #written = 0;

  constructor(text: string, source: string, start: number, end: number, dialect: Dialect) {
    this.#text = text;
    this.#source = source;
    this.#start = start;
    this.#end = end;
    this.#dialect = dialect;
  }

  read(): YamlDocument {
    const parsed = parseDocument(this.#source, {
      schema: 'failsafe',
      version: '1.1',
      uniqueKeys: false,
      prettyErrors: false,
      logLevel: 'error',
    });
    const [error] = parsed.errors;
    if (error !== undefined) throw new YamlError(error.message, this.#start + error.pos[0]);
    const range = {
      text: this.#text,
      start: this.#start,
      end: this.#end,
      dialect: this.#dialect,
    };
    const ambiguities = this.#ambiguities;
    if (parsed.contents === null) return {...range, value: null, ambiguities, hasAliases: false};
    const {node, value, size} = this.#read(parsed.contents as Node);
    if (size > 10 * this.#written + 10_000) {
      throw new YamlError('the document has excessive aliasing', this.#start);
    }
    const isEmpty = node.kind === 'scalar' && node.start === node.end && node.tag === undefined;
    const hasAliases = size !== this.#written;
    if (isEmpty) return {...range, value: null, ambiguities, hasAliases};
    return {...range, root: node, value, ambiguities, hasAliases};
  }

  #read(node: Node): Read {
    this.#written++;
    if (isAlias(node)) return this.#readAlias(node);
    const read = isScalar(node)
      ? this.#readScalar(node)
      : isSeq(node)
        ? this.#readSequence(node as YAMLSeq<Node>)
        : this.#readMapping(node as YAMLMap<Node, Node | null>);
    const anchor = (node as Scalar).anchor;
    if (anchor !== undefined) this.#anchors.set(anchor, read);
    return read;
  }

  #readAlias(node: Alias): Read {
    const target = this.#anchors.get(node.source);
    const {start, end} = this.#place(node);
    if (target === undefined) throw new YamlError(`the anchor "${node.source}" is unknown`, start);
    return {
      node: {kind: 'alias', start, end, target: target.node},
      value: target.value,
      size: target.size + 1,
    };
  }

  #readScalar(node: Scalar): Read {
    const place = this.#place(node);
    const text = String(node.value ?? '');
    const style = styles[node.type ?? 'PLAIN'] ?? 'plain';
    const value = this.#scalarValue(text, style, node.tag, place.start);
    const tag = node.tag === undefined ? {} : {tag: node.tag};
    return {node: {kind: 'scalar', ...place, ...tag, style, value}, value, size: 1};
  }

  #scalarValue(
    text: string,
    style: ScalarNode['style'],
    tag: string | undefined,
    offset: number,
  ): ScalarNode['value'] {
    const name = tag?.startsWith('tag:yaml.org,2002:') ? tag.slice(18) : undefined;
    if (name === 'binary') return Buffer.from(text, 'base64').toString('utf8');
    if (name === undefined || name === 'str') {
      if (style !== 'plain' || tag !== undefined) return text;
      return this.#finite(resolvePlain(text, this.#dialect), text, offset);
    }
    const value = this.#finite(resolvePlain(text, this.#dialect), text, offset);
    const kind = value === null ? 'null' : typeof value === 'boolean' ? 'bool' : typeof value;
    const fits = name === kind || (kind === 'number' && (name === 'int' || name === 'float'));
    if (!fits) throw new YamlError(`"${text}" must be a ${name}, as its tag says`, offset);
    return value;
  }

  #finite(value: ScalarNode['value'], text: string, offset: number): ScalarNode['value'] {
    if (typeof value === 'number' && !Number.isFinite(value)) {
      throw new YamlError(`JSON has no number ${text}`, offset);
    }
    return value;
  }

  #readSequence(node: YAMLSeq<Node>): Read {
    const items: YamlNode[] = [];
    const value: Json[] = [];
    let size = 1;
    for (const item of node.items) {
      const read = this.#read(item);
      items.push(read.node);
      value.push(read.value);
      size += read.size;
    }
    const place = this.#place(node);
    const flow = node.flow === true;
    const end = flow ? place.end : (items.at(-1)?.end ?? place.end);
    const sequence: SequenceNode = {kind: 'sequence', start: place.start, end, flow, items};
    return {node: sequence, value, size};
  }

  #readMapping(node: YAMLMap<Node, Node | null>): Read {
    const pairs: Pair[] = [];
    const value = new Dictionary();
    let size = 1;
    for (const item of node.items as unknown[]) {
      if (!isPair(item)) throw new YamlError('a mapping must hold pairs', this.#place(node).start);
      const {key, value: pairValue} = item as YamlPair<Node, Node | null>;
      const readKey = this.#read(key);
      const readValue =
        pairValue === null ? emptyAt(readKey.node.end) : this.#read(pairValue as Node);
      size += readKey.size + readValue.size;
      const merge = isMergeKey(key);
      const name = merge ? '<<' : this.#keyName(readKey);
      pairs.push({key: readKey.node, value: readValue.node, name, merge});
      if (merge) this.#merge(value, readValue, readKey.node.start);
      else {
        if (Object.hasOwn(value, name)) this.#report('duplicate-key', name, readKey.node.start);
        value[name] = readValue.value;
      }
    }
    const place = this.#place(node);
    const flow = node.flow === true;
    const end = flow ? place.end : (pairs.at(-1)?.value.end ?? place.end);
    const start = flow ? place.start : (pairs[0]?.key.start ?? place.start);
    const mapping: MappingNode = {kind: 'mapping', start, end, flow, pairs};
    return {node: mapping, value, size};
  }

  #keyName({node, value}: Read): string {
    if (value === null || typeof value === 'object') {
      throw new YamlError('a key must be a text, a number or a boolean', node.start);
    }
    return typeof value === 'number' && !Number.isInteger(value)
      ? String(Math.fround(value))
      : String(value);
  }

  /**
   * go-yaml v2 puts merged keys where the merge key stands: they override what stands before it.
   * kyaml lets the mapping's own keys win. Where that matters, an ambiguity is reported.
   */
  #merge(into: {[key: string]: Json}, {value}: Read, offset: number): void {
    const sources = Array.isArray(value) ? value.toReversed() : [value];
    for (const source of sources) {
      if (!isMap(source)) throw new YamlError('a merge key must name mappings', offset);
      for (const key of Object.keys(source)) {
        const isOwn = Object.hasOwn(into, key);
        if (isOwn) this.#report('merge-override', key, offset);
        if (!isOwn || this.#dialect === 'kubernetes') into[key] = source[key] as Json;
      }
    }
  }

  #report(kind: Ambiguity['kind'], key: string, offset: number): void {
    if (kind === 'duplicate-key' && this.#dialect === 'kyaml') {
      throw new YamlError(`the key "${key}" stands twice`, offset);
    }
    this.#ambiguities.push({kind, key, offset});
  }

  #place(node: Node): {readonly start: number; readonly end: number} {
    const [start, end] = node.range ?? [0, 0];
    return {start: this.#start + start, end: this.#start + end};
  }
}

interface Read {
  readonly node: YamlNode;
  readonly value: Json;
  /** How many nodes it has, aliases expanded. */
  readonly size: number;
}

const styles: Readonly<Record<string, ScalarNode['style']>> = {
  PLAIN: 'plain',
  QUOTE_SINGLE: 'single',
  QUOTE_DOUBLE: 'double',
  BLOCK_LITERAL: 'literal',
  BLOCK_FOLDED: 'folded',
};

const emptyAt = (offset: number): Read => ({
  node: {kind: 'scalar', style: 'plain', start: offset, end: offset, value: null},
  value: null,
  size: 1,
});

const isMergeKey = (key: Node): boolean =>
  isScalar(key) && key.type === 'PLAIN' && key.value === '<<';
