import {withoutHoles} from '../edits.ts';
import {isList, isMap, type Json, type JsonList, type JsonMap} from '../json.ts';
import {isBlank} from './characters.ts';
import {editFlow} from './edit-flow.ts';
import {emitBlock, emitFlow, emitJson, emitPair, isBlock, type Layout} from './emit.ts';
import {layoutOf} from './layout.ts';
import type {MappingNode, Pair, SequenceNode, YamlDocument, YamlNode} from './nodes.ts';
import {NotSurgicalError, type SourceEdits} from './source-edits.ts';

/**
 * Turns the difference of two values into edits of the text: by lines in block style, within lines
 * in flow style.
 */
export class BlockEditor {
  /** The indices of the nodes that were edited in place, or replaced. */
  readonly edited = new Set<number>();
  readonly #text: string;
  readonly #edits: SourceEdits;
  readonly #isJson: boolean;
  /** Whether the JSON has a space after colons and commas. */
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
   * Edits the text of `node` so that its value changes from `before` to `after`. Parts that are the
   * same object in both are skipped.
   *
   * @throws {NotSurgicalError} if the text cannot be edited in place
   */
  edit(node: YamlNode, before: Json, after: Json): void {
    // Aliases are expanded after everything that they share has been edited.
    if (before === after || node.kind === 'alias') return;
    this.edited.add(node.index);
    if (node.kind === 'mapping' && !node.flow && isMap(before) && isMap(after)) {
      this.#editMapping(node, before, after);
    } else if (node.kind === 'sequence' && !node.flow && isList(before) && isList(after)) {
      this.#editSequence(node, before, after);
    } else if (isBlockNode(node)) {
      throw new NotSurgicalError();
    } else if (!this.#withinFlow || !editFlow(node, before, after, this.#edits, this)) {
      const start = this.#isTagged(node) ? node.lead : node.start;
      const isGlued = start > node.lead && /\S/.test(this.#text[start - 1] as string);
      this.#edits.replace(
        start,
        node.end,
        `${isGlued ? ' ' : ''}${this.flow(withoutHoles(after))}`,
      );
    }
  }

  /** `value` in flow style; in JSON, as JSON. */
  flow(value: Json): string {
    return this.#isJson ? emitJson(value, this.space) : emitFlow(value);
  }

  /** The text after a comma in flow style. */
  get space(): string {
    return this.#isJson && !this.#isSpaced ? '' : ' ';
  }

  #editMapping(node: MappingNode, before: JsonMap, after: JsonMap): void {
    const indent = this.#edits.indentOf(node.start);
    const added = Object.keys(after)
      .filter(key => !Object.hasOwn(before, key))
      .map(key => emitPair(key, withoutHoles(after[key] as Json), indent, this.#layout));
    const isEmptied = Object.keys(after).every(key => !Object.hasOwn(before, key));
    const entries = node.pairs.map(({key, value, name, merge}) => ({
      start: key.lead,
      end: value.end,
      isKept: merge ? !isEmptied : Object.hasOwn(after, name),
    }));
    const isFilled = this.#removeEntries(entries, indent, added, '{}');
    const last = new Map(node.pairs.map(pair => [pair.name, pair]));
    for (const [name, pair] of last) {
      if (pair.merge || !Object.hasOwn(after, name) || before[name] === after[name]) continue;
      this.#editPair(pair, before[name] as Json, after[name] as Json, indent);
    }
    if (!isFilled) this.#edits.insertLines(node.end, indent, added);
  }

  #editSequence(node: SequenceNode, before: JsonList, after: JsonList): void {
    const indent = this.#edits.indentOf(node.start);
    const added = after
      .slice(node.items.length)
      .map(item => `- ${emitBlock(withoutHoles(item as Json), `${indent}  `, this.#layout)}`);
    const dashes = dashesOf(node, this.#text);
    const entries = node.items.map(({end}, index) => ({
      start: dashes[index] as number,
      end,
      isKept: after[index] !== undefined,
    }));
    const isFilled = this.#removeEntries(entries, indent, added, '[]');
    for (const [index, item] of node.items.entries()) {
      const [old, now] = [before[index] as Json, after[index]];
      if (now === undefined || old === now) continue;
      this.#editItem(item, dashes[index] as number, indent, old, now);
    }
    if (!isFilled) this.#edits.insertLines(node.end, indent, added);
  }

  /**
   * Removes the entries that are not kept. If none is kept, replaces them with `added` and returns
   * true.
   */
  #removeEntries(
    entries: readonly Entry[],
    indent: string,
    added: readonly string[],
    empty: string,
  ): boolean {
    const [first, ...others] = entries as readonly [Entry, ...Entry[]];
    for (const entry of others) if (!entry.isKept) this.#removeLines(entry);
    const kept = entries.find(({isKept}) => isKept);
    if (kept !== undefined) {
      if (kept !== first) this.#removeFirst(first, kept);
      return false;
    }
    const lines = added.length > 0 ? added.join(`\n${indent}`) : empty;
    const end = this.#edits.lineEndAfter(first.end);
    const lineEnd = this.#edits.endsLine(end) ? '\n' : '';
    this.#edits.replace(first.start, end, this.#edits.withLineEnds(lines + lineEnd));
    return true;
  }

  /**
   * Removes an entry on its own lines, with the comments below that are indented like parts of it.
   */
  #removeLines({start, end}: Pick<Entry, 'start' | 'end'>): void {
    const from = this.#edits.lineStart(start);
    const to = this.#edits.commentsEnd(this.#edits.lineEndAfter(end), start - from);
    this.#edits.replace(from, to, '');
  }

  /**
   * If the first entry shares a line with a dash, the next one moves up, unless there is a comment
   * between them.
   */
  #removeFirst(first: Pick<Entry, 'start' | 'end'>, next: Pick<Entry, 'start'>): void {
    if (this.#edits.beginsLine(first.start)) {
      this.#removeLines(first);
      return;
    }
    const end = this.#edits.lineEndAfter(first.end);
    if (/^[ \t\r\n\u0085\u2028\u2029]*$/.test(this.#text.slice(end, next.start))) {
      this.#edits.replace(first.start, next.start, '');
      return;
    }
    let {start} = first;
    while (isBlank(this.#text.charCodeAt(start - 1))) start--;
    this.#edits.replace(start, end, this.#edits.withLineEnds('\n'));
  }

  #editPair({key, name, value}: Pair, before: Json, after: Json, indent: string): void {
    if (before === null && value.start === value.end) this.#fill(key, value, after, indent);
    else if (!isBlockNode(value) || (isOfOneKind(before, after) && holdsSomething(after)))
      this.edit(value, before, after);
    else this.#replaceLines(key, value, name, after, indent);
  }

  #replaceLines(key: YamlNode, value: YamlNode, name: string, after: Json, indent: string): void {
    const [, ...lines] = emitPair(name, withoutHoles(after), indent, this.#layout).split('\n');
    const end = this.#edits.lineEndAfter(value.end);
    const rest = lines.length > 0 ? `\n${lines.join('\n')}` : ` ${emitFlow(withoutHoles(after))}`;
    const lineEnd = this.#edits.endsLine(end) ? '\n' : '';
    const colon = this.#colonAfter(key);
    const beside = lines.length > 0 ? '' : this.#commentAt(colon);
    this.#edits.replace(colon, end, this.#edits.withLineEnds(rest + beside + lineEnd));
  }

  /**
   * The comment on the line at `offset`, with the white space before it, if only an anchor and a
   * tag precede it.
   */
  #commentAt(offset: number): string {
    const comment = /(?:[ \t]+[&!]\S*)*([ \t]+#[^\r\n\u0085\u2028\u2029]*)/y;
    comment.lastIndex = offset;
    return comment.exec(this.#text)?.[1] ?? '';
  }

  /** Gives a key without a value one: a collection below it, or a scalar next to it. */
  #fill(key: YamlNode, nothing: YamlNode, value: Json, indent: string): void {
    this.edited.add(nothing.index);
    const text = emitPair('', withoutHoles(value), indent, this.#layout).slice(emitFlow('').length);
    if (nothing.end === key.end) {
      this.#edits.insertLines(key.end, indent, [text]);
      return;
    }
    const [beside = '', ...lines] = text.slice(1).split('\n');
    const start = this.#isTagged(nothing) ? nothing.lead : nothing.start;
    this.#edits.replace(start, nothing.end, beside);
    this.#edits.insertLines(nothing.end, '', lines);
  }

  /** The offset after the colon of `key`. */
  #colonAfter(key: YamlNode): number {
    const colon = skipBlanks(this.#text, key.end);
    if (this.#text[colon] !== ':') throw new NotSurgicalError();
    return colon + 1;
  }

  /** Whether there is a tag before `node`, which would apply to a new value. */
  #isTagged({lead, start}: YamlNode): boolean {
    return this.#text.slice(lead, start).includes('!');
  }

  #editItem(item: YamlNode, dash: number, indent: string, before: Json, after: Json): void {
    const isNothing = before === null && item.start === item.end;
    if (!isNothing && (!isBlockNode(item) || isOfOneKind(before, after))) {
      this.edit(item, before, after);
      return;
    }
    const lineEnd = this.#edits.endsLine(item.end) ? '\n' : '';
    const anew = `- ${emitBlock(withoutHoles(after), `${indent}  `, this.#layout)}${lineEnd}`;
    this.#edits.replace(dash, item.end, this.#edits.withLineEnds(anew));
  }

  /**
   * Writes `value` in place of an alias, as the value of a pair, an item, or within flow style.
   *
   * @throws {NotSurgicalError} if the text around it cannot be edited
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

  /** Writes the pairs for `names` in place of the merge key at `index` and its value. */
  writeOutMerge(
    parent: MappingNode,
    index: number,
    names: readonly string[],
    after: JsonMap,
  ): void {
    const merge = parent.pairs[index] as Pair;
    const present = names.filter(name => Object.hasOwn(after, name));
    const values = present.map(name => [name, withoutHoles(after[name] as Json)] as const);
    if (present.length === 0) {
      this.#removeMerge(merge, parent.pairs[index + 1], after, parent);
      return;
    }
    if (parent.flow) {
      const pairs = values.map(([name, value]) => this.flow({[name]: value}).slice(1, -1));
      this.#edits.replace(merge.key.lead, merge.value.end, pairs.join(', '));
      return;
    }
    const indent = this.#edits.indentOf(parent.start);
    const pairs = values.map(([name, value]) => emitPair(name, value, indent, this.#layout));
    const text = this.#edits.withLineEnds(pairs.join(`\n${indent}`));
    this.#edits.replace(merge.key.lead, merge.value.end, text);
  }

  /** Removes a merge key that no longer adds anything, if other pairs stay. */
  #removeMerge(merge: Pair, next: Pair | undefined, after: JsonMap, {flow}: MappingNode): void {
    const entry = {start: merge.key.lead, end: merge.value.end};
    if (flow || Object.keys(after).length === 0) throw new NotSurgicalError();
    if (this.#edits.beginsLine(entry.start)) this.#removeLines(entry);
    else if (next !== undefined) this.#removeFirst(entry, {start: next.key.lead});
    else throw new NotSurgicalError();
  }
}

/** The start of a pair or item, including its dash or the text before its key, and its end. */
interface Entry {
  readonly start: number;
  readonly end: number;
  readonly isKept: boolean;
}

/** The offsets of the dashes of items, after the previous items, white space and comments. */
export function dashesOf({start, items}: SequenceNode, text: string): readonly number[] {
  let end = start;
  return items.map(item => {
    const dash = skipBlanks(text, end);
    end = item.end;
    return dash;
  });
}

/** The offset after the white space, line breaks and comments at `offset`. */
function skipBlanks(text: string, offset: number): number {
  const blanks = /(?:[ \t\r\n\u0085\u2028\u2029]|#[^\r\n\u0085\u2028\u2029]*)*/y;
  blanks.lastIndex = offset;
  return offset + (blanks.exec(text)?.[0].length ?? 0);
}

/**
 * Whether a collection is written in block style: not if it is empty, or all of its items are
 * holes.
 */
const holdsSomething = (value: Json): boolean =>
  isBlock(value) && (!isList(value) || value.some(item => item !== undefined));

const isOfOneKind = (one: Json, other: Json): boolean =>
  (isMap(one) && isMap(other)) || (isList(one) && isList(other));

/** Whether a node is on lines of its own. */
function isBlockNode(node: YamlNode): boolean {
  if (node.kind === 'scalar') return node.style === 'literal' || node.style === 'folded';
  return node.kind !== 'alias' && !node.flow;
}
