import type {Resource} from './resource.ts';

/** The objects of the whole stream, for what one object alone does not tell. */
export class StreamIndex {
  readonly resources: readonly Resource[];
  readonly #byKind = new Map<string, Resource[]>();

  constructor(resources: readonly Resource[]) {
    this.resources = resources;
    for (const resource of resources) {
      const sameKind = this.#byKind.get(resource.kind);
      if (sameKind === undefined) this.#byKind.set(resource.kind, [resource]);
      else sameKind.push(resource);
    }
  }

  /** The objects of `kind`, in the stream's order. */
  ofKind(kind: string): readonly Resource[] {
    return this.#byKind.get(kind) ?? [];
  }
}
