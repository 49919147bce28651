import type {Path} from '../json.ts';
import type {MappingNode, Pair, YamlDocument, YamlNode} from './nodes.ts';

/**
 * The offset, in UTF-16 code units into the stream's text, of the field at `path`: of its key, or
 * of an item's own text. Of a field that is not there: of its nearest parent that is.
 */
export function locate(document: YamlDocument, path: Path): number {
  let node = document.root;
  let offset = node?.start ?? document.start;
  for (const step of path) {
    node = node?.kind === 'alias' ? node.target : node;
    const found = typeof step === 'number' ? itemAt(node, step) : pairAt(node, step);
    if (found === undefined) return offset;
    if ('key' in found) {
      offset = found.key.start;
      node = found.value;
    } else {
      offset = found.start;
      node = found;
    }
  }
  return offset;
}

const itemAt = (node: YamlNode | undefined, index: number): YamlNode | undefined =>
  node?.kind === 'sequence' ? node.items[index] : undefined;

const pairAt = (node: YamlNode | undefined, key: string): Pair | undefined =>
  node?.kind === 'mapping' ? effectivePair(node, key) : undefined;

/** The pair that gives `key` its value: of two, the later; a merged one where no other follows. */
function effectivePair(mapping: MappingNode, key: string): Pair | undefined {
  for (const pair of mapping.pairs.toReversed()) {
    if (!pair.merge) {
      if (pair.name === key) return pair;
      continue;
    }
    for (const source of mergedMappings(pair.value)) {
      const merged = effectivePair(source, key);
      if (merged !== undefined) return merged;
    }
  }
  return undefined;
}

/** The mappings that a merge key's value names; of two with the same key, the first wins. */
function* mergedMappings(value: YamlNode): Iterable<MappingNode> {
  const node = value.kind === 'alias' ? value.target : value;
  if (node.kind === 'mapping') yield node;
  if (node.kind !== 'sequence') return;
  for (const item of node.items) {
    const mapping = item.kind === 'alias' ? item.target : item;
    if (mapping.kind === 'mapping') yield mapping;
  }
}
