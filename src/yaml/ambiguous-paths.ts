import type {Path} from '../json.ts';
import * as table from './node-table.ts';
import {type Ambiguity, childrenOf, hasContent, nameOf, type YamlDocument} from './nodes.ts';

export interface PlacedAmbiguity {
  readonly kind: Ambiguity['kind'];
  /** The path of the disputed key in its document. */
  readonly path: Path;
}

/** Each ambiguity of a document with its place: one walk, however many there are. */
export function ambiguousPathsOf(document: YamlDocument): readonly PlacedAmbiguity[] {
  if (document.ambiguities.length === 0 || !hasContent(document)) return [];
  const byOffset = new Map<number, Ambiguity[]>();
  for (const ambiguity of document.ambiguities) {
    const same = byOffset.get(ambiguity.offset);
    if (same === undefined) byOffset.set(ambiguity.offset, [ambiguity]);
    else same.push(ambiguity);
  }
  const found: PlacedAmbiguity[] = [];
  walk(document, 0, [], (key, folder) => {
    for (const {kind, key: name} of byOffset.get(document.nodes.start(key)) ?? []) {
      found.push({kind, path: [...folder, name]});
    }
  });
  return found;
}

/** Calls `visit` for each key in `node`, with the path of its mapping, which is reused. */
function walk(
  document: YamlDocument,
  node: number,
  path: (string | number)[],
  visit: (key: number, folder: Path) => void,
): void {
  const {nodes} = document;
  const kind = nodes.kind(node);
  if (kind === table.sequenceNode || kind === table.flowSequenceNode) {
    let index = 0;
    for (const item of childrenOf(nodes, node)) {
      path.push(index++);
      walk(document, item, path, visit);
      path.pop();
    }
  } else if (kind === table.mappingNode || kind === table.flowMappingNode) {
    for (let key = node + 1; key < nodes.next(node); key = nodes.next(nodes.next(key))) {
      visit(key, path);
      path.push(nameOf(document, key));
      walk(document, nodes.next(key), path, visit);
      path.pop();
    }
  }
}
