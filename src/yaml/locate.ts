import type {Path} from '../json.ts';
import * as table from './node-table.ts';
import {childrenOf, hasContent, nameOf, type YamlDocument} from './nodes.ts';

/**
 * The offset of the field at `path`, in UTF-16 code units in the text of the stream: of its key, or
 * of the text of an item. For a missing field, that of the nearest existing parent.
 */
export const locate = (document: YamlDocument, path: Path): number =>
  new Locator(document).locate(path);

/** Locates many fields of one document: each collection on the paths is read once. */
export class Locator {
  readonly document: YamlDocument;
  readonly #items = new Map<number, readonly number[]>();
  readonly #keys = new Map<number, ReadonlyMap<string, number>>();

  constructor(document: YamlDocument) {
    this.document = document;
  }

  /** As the function `locate`. */
  locate(path: Path): number {
    const {nodes} = this.document;
    if (!hasContent(this.document)) return this.document.start;
    let node = 0;
    let offset = nodes.start(0);
    for (const step of path) {
      const at = nodes.targets.get(node) ?? node;
      const child = typeof step === 'number' ? this.#itemsOf(at)[step] : this.#keysOf(at).get(step);
      if (child === undefined) return offset;
      offset = nodes.start(child);
      node = typeof step === 'number' ? child : nodes.next(child);
    }
    return offset;
  }

  /** The items of a sequence; empty for any other node. */
  #itemsOf(sequence: number): readonly number[] {
    const known = this.#items.get(sequence);
    if (known !== undefined) return known;
    const {nodes} = this.document;
    const kind = nodes.kind(sequence);
    const isSequence = kind === table.sequenceNode || kind === table.flowSequenceNode;
    const items = isSequence ? [...childrenOf(nodes, sequence)] : [];
    this.#items.set(sequence, items);
    return items;
  }

  /**
   * The keys that set the value of each name in a mapping: the later of two, or a merged one if no
   * other follows. Empty for any other node.
   */
  #keysOf(mapping: number): ReadonlyMap<string, number> {
    const known = this.#keys.get(mapping);
    if (known !== undefined) return known;
    const {nodes} = this.document;
    const keys = new Map<string, number>();
    const kind = nodes.kind(mapping);
    if (kind === table.mappingNode || kind === table.flowMappingNode) {
      for (let key = mapping + 1; key < nodes.next(mapping); key = nodes.next(nodes.next(key))) {
        if (!nodes.merges.has(key)) keys.set(nameOf(this.document, key), key);
        else for (const [name, merged] of this.#mergedKeys(nodes.next(key))) keys.set(name, merged);
      }
    }
    this.#keys.set(mapping, keys);
    return keys;
  }

  /** The keys of the mappings of a merge key; the first mapping with a name wins. */
  #mergedKeys(value: number): Iterable<readonly [string, number]> {
    const {nodes} = this.document;
    const node = nodes.targets.get(value) ?? value;
    const kind = nodes.kind(node);
    if (kind === table.mappingNode || kind === table.flowMappingNode) return this.#keysOf(node);
    const mappings = this.#itemsOf(node).map(item => this.#keysOf(nodes.targets.get(item) ?? item));
    return mappings.reverse().flatMap(keys => [...keys]);
  }
}
