import {withoutHoles} from '../edits.ts';
import {isList, isMap, type Json, type JsonList, type JsonMap} from '../json.ts';
import {editFlow} from './edit-flow.ts';
import {emitBlock, emitFlow, emitJson, emitPair, isBlock, type Layout} from './emit.ts';
import {layoutOf} from './layout.ts';
import type {MappingNode, Pair, SequenceNode, YamlDocument, YamlNode} from './nodes.ts';
import {NotSurgicalError, type SourceEdits} from './source-edits.ts';

/** Turns the difference of two values into edits of the text: block style by lines, flow style within. */
export class BlockEditor {
  /** The indices of the nodes that were edited in place, or replaced. */
  readonly edited = new Set<number>();
  readonly #text: string;
  readonly #edits: SourceEdits;
  readonly #isJson: boolean;
  /** Whether JSON has a space after its colons and commas. */
  readonly #isSpaced: boolean;
  readonly #withinFlow: boolean;
  readonly #layout: Layout;

  constructor(document: YamlDocument, edits: SourceEdits, isJson: boolean, withinFlow: boolean) {
    this.#text = document.text;
    this.#edits = edits;
    this.#isJson = isJson;
    this.#isSpaced =
      isJson && /^[^"]*"(?:[^"\\]|\\.)*":\s/.test(document.text.slice(document.start));
    this.#withinFlow = withinFlow;
    this.#layout = layoutOf(document);
  }

  /**
   * Makes the text of `node`, whose value is `before`, one whose value is `after`. What is the same
   * object in both is not looked at.
   *
   * @throws {NotSurgicalError} where the text cannot be edited in place
   */
  edit(node: YamlNode, before: Json, after: Json): void {
    // What an alias brings is written out once all that it shares has been edited.
    if (before === after || node.kind === 'alias') return;
    this.edited.add(node.index);
    if (node.kind === 'mapping' && !node.flow && isMap(before) && isMap(after)) {
      this.#editMapping(node, before, after);
    } else if (node.kind === 'sequence' && !node.flow && isList(before) && isList(after)) {
      this.#editSequence(node, before, after);
    } else if (isBlockNode(node)) {
      throw new NotSurgicalError();
    } else if (!this.#withinFlow || !editFlow(node, before, after, this.#edits, this)) {
      this.#edits.replace(node.start, node.end, this.flow(withoutHoles(after)));
    }
  }

  /** `value` in flow style; in JSON, as JSON. */
  flow(value: Json): string {
    return this.#isJson ? emitJson(value, this.space) : emitFlow(value);
  }

  /** What follows a comma in flow style. */
  get space(): string {
    return this.#isJson && !this.#isSpaced ? '' : ' ';
  }

  #editMapping(node: MappingNode, before: JsonMap, after: JsonMap): void {
    const last = new Map(node.pairs.map(pair => [pair.name, pair]));
    const kept = node.pairs.filter(({name, merge}) => merge || Object.hasOwn(after, name));
    const first = kept[0];
    const indent = this.#edits.indentOf(node.start);
    if (first === undefined) {
      this.#fillMapping(node, after, indent);
      return;
    }
    this.#removePairs(node, first, after);
    for (const pair of kept) {
      const {name, merge} = pair;
      if (merge || last.get(name) !== pair || before[name] === after[name]) continue;
      this.#editPair(pair, before[name] as Json, after[name] as Json, indent);
    }
    const added = Object.keys(after).filter(key => !Object.hasOwn(before, key));
    const lines = added.map(key =>
      emitPair(key, withoutHoles(after[key] as Json), indent, this.#layout),
    );
    this.#edits.insertLines(node.end, indent, lines);
  }

  #fillMapping(node: MappingNode, after: JsonMap, indent: string): void {
    const anew = emitBlock(withoutHoles(after), indent, this.#layout);
    const lineEnd = this.#text[node.end - 1] === '\n' ? '\n' : '';
    this.#edits.replace(node.start, node.end, this.#edits.withLineEnds(anew + lineEnd));
  }

  #editPair({key, name, value}: Pair, before: Json, after: Json, indent: string): void {
    if (before === null && value.start === value.end) this.#fill(key, name, after, indent);
    else if (!isBlockNode(value) || isOfOneKind(before, after)) this.edit(value, before, after);
    else this.#replaceLines(key, value, name, after, indent);
  }

  #replaceLines(key: YamlNode, value: YamlNode, name: string, after: Json, indent: string): void {
    const [, ...lines] = emitPair(name, withoutHoles(after), indent, this.#layout).split('\n');
    const end = this.#edits.lineEndAfter(value.end);
    const rest = lines.length > 0 ? `\n${lines.join('\n')}` : ` ${emitFlow(withoutHoles(after))}`;
    const lineEnd = this.#text[end - 1] === '\n' ? '\n' : '';
    this.#edits.replace(this.#colonAfter(key), end, this.#edits.withLineEnds(rest + lineEnd));
  }

  /** Gives a key that has no value one: below it, or a scalar beside it. */
  #fill(key: YamlNode, name: string, value: Json, indent: string): void {
    const colon = this.#colonAfter(key);
    const filled = withoutHoles(value);
    const [, ...lines] = emitPair(name, filled, indent, this.#layout).split('\n');
    if (lines.length > 0) this.#edits.insertLines(colon, '', lines);
    else this.#edits.replace(colon, colon, ` ${emitFlow(filled)}`);
  }

  /** The offset after the colon behind `key`. */
  #colonAfter(key: YamlNode): number {
    const match = /^[ \t]*:/.exec(this.#text.slice(key.end, key.end + 64));
    if (match === null) throw new NotSurgicalError();
    return key.end + match[0].length;
  }

  #removePairs(node: MappingNode, first: Pair, after: JsonMap): void {
    const isAtLineStart = this.#edits.beginsLine(node.start);
    for (const {name, key, value, merge} of node.pairs) {
      if (merge || Object.hasOwn(after, name)) continue;
      if (isAtLineStart || key.start > first.key.start) {
        const end = this.#edits.lineEndAfter(Math.max(value.end, key.end + 1));
        this.#edits.replace(this.#edits.lineStart(key.start), end, '');
      }
    }
    // The first pairs share a line with a dash: what follows moves up to it.
    if (!isAtLineStart && first.key.start > node.start) {
      this.#edits.replace(node.start, first.key.start, '');
    }
  }

  #editSequence(node: SequenceNode, before: JsonList, after: JsonList): void {
    for (const [index, item] of node.items.entries()) {
      const [old, now] = [before[index] as Json, after[index]];
      if (now === undefined) this.#removeItem(item);
      else if (old !== now) this.#editItem(item, old, now);
    }
    const added = after.slice(node.items.length);
    if (added.length === 0) return;
    const indent = this.#edits.indentOf(node.start);
    const lines = added.map(
      item => `- ${emitBlock(withoutHoles(item as Json), `${indent}  `, this.#layout)}`,
    );
    this.#edits.insertLines(node.end, indent, lines);
  }

  #editItem(item: YamlNode, before: Json, after: Json): void {
    if (!isBlockNode(item) || isOfOneKind(before, after)) {
      this.edit(item, before, after);
      return;
    }
    const indent = this.#edits.indentOf(item.start);
    const lineEnd = this.#text[item.end - 1] === '\n' ? '\n' : '';
    const anew = emitBlock(withoutHoles(after), indent, this.#layout) + lineEnd;
    this.#edits.replace(item.start, item.end, this.#edits.withLineEnds(anew));
  }

  #removeItem(item: YamlNode): void {
    const dash = this.#dashOf(item);
    const end = this.#edits.lineEndAfter(Math.max(item.end, dash + 1));
    this.#edits.replace(this.#edits.lineStart(dash), end, '');
  }

  /** The offset of the dash before `item`, which must be the first thing on its line. */
  #dashOf(item: YamlNode): number {
    const from = this.#edits.lineStart(item.start);
    const line = this.#text.slice(from, Math.max(item.start, from + 1));
    const dash = /^ *-(?=\s|$)/.exec(line);
    if (dash === null) throw new NotSurgicalError();
    const at = from + dash[0].length - 1;
    const between = this.#text.slice(at + 1, item.start);
    if (!/^(?:\s+[&!][^\s]*)*\s*$/.test(between)) throw new NotSurgicalError();
    return at;
  }

  /**
   * Writes `value` where an alias stands, as the value of a pair, an item, or within flow style.
   *
   * @throws {NotSurgicalError} where the text around it is none that can be edited
   */
  writeOut(alias: YamlNode, value: Json, pair: Pair | undefined, parent: YamlNode): void {
    const isInFlow = parent.kind !== 'scalar' && parent.kind !== 'alias' && parent.flow;
    if (isInFlow || !isBlock(value)) {
      this.#edits.replace(alias.start, alias.end, this.flow(value));
    } else if (pair === undefined) {
      const indent = this.#edits.indentOf(alias.start);
      const text = emitBlock(value, indent, this.#layout);
      this.#edits.replace(alias.start, alias.end, this.#edits.withLineEnds(text));
    } else {
      const indent = this.#edits.indentOf(parent.start);
      const [, ...lines] = emitPair(pair.name, value, indent, this.#layout).split('\n');
      const text = this.#edits.withLineEnds(`\n${lines.join('\n')}`);
      this.#edits.replace(this.#colonAfter(pair.key), alias.end, text);
    }
  }

  /** Writes pairs of `names` in place of a merge key and what it names. */
  writeOutMerge(merge: Pair, names: readonly string[], after: JsonMap, parent: MappingNode): void {
    const present = names.filter(name => Object.hasOwn(after, name));
    const values = present.map(name => [name, withoutHoles(after[name] as Json)] as const);
    if (present.length === 0) throw new NotSurgicalError();
    if (parent.flow) {
      const pairs = values.map(([name, value]) => this.flow({[name]: value}).slice(1, -1));
      this.#edits.replace(merge.key.start, merge.value.end, pairs.join(', '));
      return;
    }
    const indent = this.#edits.indentOf(parent.start);
    const pairs = values.map(([name, value]) => emitPair(name, value, indent, this.#layout));
    const text = this.#edits.withLineEnds(pairs.join(`\n${indent}`));
    this.#edits.replace(merge.key.start, merge.value.end, text);
  }
}

const isOfOneKind = (one: Json, other: Json): boolean =>
  (isMap(one) && isMap(other)) || (isList(one) && isList(other));

/** Whether a node takes lines of its own. */
function isBlockNode(node: YamlNode): boolean {
  if (node.kind === 'scalar') return node.style === 'literal' || node.style === 'folded';
  return node.kind !== 'alias' && !node.flow;
}
