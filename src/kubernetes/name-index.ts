import {namesOf, namespacesOf} from './former-names.ts';
import type {Resource} from './resource.ts';

/** Whether two namespaces may be the same: a missing one is that of the release. */
export const maySameNamespace = (one: string | undefined, other: string | undefined): boolean =>
  one === undefined || other === undefined || one === other;

/**
 * Things by name and namespace. A missing namespace is that of the release, which may be any: a
 * lookup without one searches all namespaces, and things without one are found from everywhere.
 */
export class NameIndex<Item> {
  readonly #all = new Map<string, Item[]>();
  /** The same by name and namespace; an empty namespace stands for none. */
  readonly #byNamespace = new Map<string, Item[]>();

  add(name: string, namespace: string | undefined, item: Item): void {
    put(this.#all, name, item);
    put(this.#byNamespace, keyOf(name, namespace), item);
  }

  /**
   * As `add`, for all names and namespaces that may refer to `resource`; `kind` separates the names
   * of kinds.
   */
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

  /** Only those that were added with exactly that namespace, or with none. */
  exactly(name: string, namespace: string | undefined): readonly Item[] {
    return this.#byNamespace.get(keyOf(name, namespace)) ?? [];
  }

  /** How many `find` would find. */
  count(name: string, namespace: string | undefined): number {
    if (namespace === undefined) return this.#all.get(name)?.length ?? 0;
    return this.exactly(name, namespace).length + this.exactly(name, undefined).length;
  }
}

// Names of namespaces contain no line breaks.
const keyOf = (name: string, namespace = ''): string => `${namespace}\n${name}`;

function put<Item>(map: Map<string, Item[]>, key: string, item: Item): void {
  const same = map.get(key);
  if (same === undefined) map.set(key, [item]);
  else same.push(item);
}
