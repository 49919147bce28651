import {type Path, toPointer} from '../json.ts';
import type {Resource} from '../kubernetes/resource.ts';
import {ambiguousPathsOf, type PlacedAmbiguity} from '../yaml/ambiguous-paths.ts';
import type {YamlDocument} from '../yaml/nodes.ts';

/** The keys in the objects of a stream that YAML parsers disagree on, found on demand. */
export class Ambiguities {
  readonly #documents: readonly YamlDocument[];
  readonly #resources: readonly Resource[];
  #byResource: ReadonlyMap<string, readonly PlacedAmbiguity[]> | undefined;

  constructor(stream: {
    readonly documents: readonly YamlDocument[];
    readonly resources: readonly Resource[];
  }) {
    this.#documents = stream.documents;
    this.#resources = stream.resources;
  }

  /** Those of one object, with paths from the root of the object. */
  of({document, path}: Resource): readonly PlacedAmbiguity[] {
    if (this.#documents[document]?.ambiguities.length === 0) return none;
    this.#byResource ??= this.#find();
    return this.#byResource.get(keyOf(document, path)) ?? none;
  }

  #find(): ReadonlyMap<string, readonly PlacedAmbiguity[]> {
    const byResource = new Map<string, PlacedAmbiguity[]>();
    for (const {document, path} of this.#resources) byResource.set(keyOf(document, path), []);
    for (const [index, document] of this.#documents.entries()) {
      for (const ambiguity of ambiguousPathsOf(document)) {
        const owner = ownerOf(index, ambiguity.path, byResource);
        const path = ambiguity.path.slice(owner?.depth ?? 0);
        owner?.found.push({kind: ambiguity.kind, path});
      }
    }
    return byResource;
  }
}

const none: readonly PlacedAmbiguity[] = [];

const keyOf = (document: number, path: Path): string => `${document}${toPointer(path)}`;

/**
 * Objects are in the `items` of lists, which may be objects themselves: the innermost is the owner.
 */
function ownerOf(
  document: number,
  path: Path,
  byResource: ReadonlyMap<string, PlacedAmbiguity[]>,
): {readonly found: PlacedAmbiguity[]; readonly depth: number} | undefined {
  let owner: {readonly found: PlacedAmbiguity[]; readonly depth: number} | undefined;
  for (let depth = 0; depth <= path.length; depth += 2) {
    const found = byResource.get(keyOf(document, path.slice(0, depth)));
    if (found !== undefined) owner = {found, depth};
    if (path[depth] !== 'items') break;
  }
  return owner;
}
