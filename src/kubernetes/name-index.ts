import {namesOf, namespacesOf} from './former-names.ts';
import type {Resource} from './resource.ts';

/** Whether what has one namespace may be where the other says: one that is left out is the release's. */
export const maySameNamespace = (one: string | undefined, other: string | undefined): boolean =>
  one === undefined || other === undefined || one === other;

/**
 * Things by name and namespace. A namespace that is left out is the release's, which may be any:
 * what is asked for without one is found in all, and what has none is found from everywhere.
 */
export class NameIndex<Item> {
  readonly #all = new Map<string, Item[]>();
  /** The same, by name and namespace; those without a namespace under an empty one. */
  readonly #byNamespace = new Map<string, Item[]>();

  add(name: string, namespace: string | undefined, item: Item): void {
    put(this.#all, name, item);
    put(this.#byNamespace, keyOf(name, namespace), item);
  }

  /** As `add`, by all names and namespaces by which `resource` may be meant; `kind` tells names of one kind from others'. */
  addResource(resource: Resource, item: Item, kind = ''): void {
    for (const name of namesOf(resource)) {
      put(this.#all, `${kind}${name}`, item);
      for (const namespace of namespacesOf(resource)) {
        put(this.#byNamespace, keyOf(`${kind}${name}`, namespace), item);
      }
    }
  }

  has(name: string): boolean {
    return this.#all.has(name);
  }

  find(name: string, namespace: string | undefined): readonly Item[] {
    if (namespace === undefined) return this.#all.get(name) ?? [];
    const own = this.exactly(name, namespace);
    const anywhere = this.exactly(name, undefined);
    return anywhere.length === 0 ? own : [...own, ...anywhere];
  }

  /** Only those that were added with that very namespace, or with none. */
  exactly(name: string, namespace: string | undefined): readonly Item[] {
    return this.#byNamespace.get(keyOf(name, namespace)) ?? [];
  }

  /** How many `find` would find. */
  count(name: string, namespace: string | undefined): number {
    if (namespace === undefined) return this.#all.get(name)?.length ?? 0;
    return this.exactly(name, namespace).length + this.exactly(name, undefined).length;
  }
}

// No namespace has a line break in its name.
const keyOf = (name: string, namespace = ''): string => `${namespace}\n${name}`;

function put<Item>(map: Map<string, Item[]>, key: string, item: Item): void {
  const same = map.get(key);
  if (same === undefined) map.set(key, [item]);
  else same.push(item);
}
