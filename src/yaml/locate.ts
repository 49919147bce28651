import type {Path} from '../json.ts';
import * as table from './node-table.ts';
import {childrenOf, hasContent, nameOf, type YamlDocument} from './nodes.ts';

/**
 * The offset, in UTF-16 code units into the stream's text, of the field at `path`: of its key, or
 * of an item's own text. Of a field that is not there: of its nearest parent that is.
 */
export function locate(document: YamlDocument, path: Path): number {
  const {nodes} = document;
  if (!hasContent(document)) return document.start;
  let node = 0;
  let offset = nodes.start(0);
  for (const step of path) {
    const at = nodes.targets.get(node) ?? node;
    const child = typeof step === 'number' ? itemAt(nodes, at, step) : keyAt(document, at, step);
    if (child === undefined) return offset;
    offset = nodes.start(child);
    node = typeof step === 'number' ? child : nodes.next(child);
  }
  return offset;
}

function itemAt(nodes: table.NodeTable, sequence: number, index: number): number | undefined {
  const kind = nodes.kind(sequence);
  if (kind !== table.sequenceNode && kind !== table.flowSequenceNode) return undefined;
  let at = 0;
  for (const item of childrenOf(nodes, sequence)) if (at++ === index) return item;
  return undefined;
}

/** The key that gives `name` its value: of two, the later; a merged one where no other follows. */
function keyAt(document: YamlDocument, mapping: number, name: string): number | undefined {
  const {nodes} = document;
  const kind = nodes.kind(mapping);
  if (kind !== table.mappingNode && kind !== table.flowMappingNode) return undefined;
  let found: number | undefined;
  for (let key = mapping + 1; key < nodes.next(mapping); key = nodes.next(nodes.next(key))) {
    if (nodes.merges.has(key)) found = mergedKeyAt(document, nodes.next(key), name) ?? found;
    else if (nameOf(document, key) === name) found = key;
  }
  return found;
}

/** The key in what a merge key names; of two mappings that have it, the first wins. */
function mergedKeyAt(document: YamlDocument, value: number, name: string): number | undefined {
  const {nodes} = document;
  const node = nodes.targets.get(value) ?? value;
  const kind = nodes.kind(node);
  if (kind === table.mappingNode || kind === table.flowMappingNode) {
    return keyAt(document, node, name);
  }
  for (const item of childrenOf(nodes, node)) {
    const found = keyAt(document, nodes.targets.get(item) ?? item, name);
    if (found !== undefined) return found;
  }
  return undefined;
}
