import type {Json, JsonMap} from '../json.ts';
import {grouped} from '../text/grouped.ts';
import {holdOf, type Requirement, requirementsOf} from './label-selector.ts';
import {maySameNamespace, NameIndex} from './name-index.ts';
import {Positions} from './positions.ts';
import type {Resource} from './resource.ts';
import {WorkLimit} from './work-limit.ts';

export interface Labelled {
  readonly labels: JsonMap;
  readonly resource: Resource;
}

/** How many comparisons of labels with selectors one stream may need: a few seconds of work. */
const mostLooks = 20_000_000;
const tooMany = (looks: number): string =>
  `the selectors of the stream would need more than ${grouped(looks)} comparisons with labels: split the stream`;

/** Up to this number, objects are compared one by one; more are first reduced as sets. */
const few = 64;
/** How many words of sets cost what one look does. */
const wordsPerLook = 8;
/** How many looks cost what one test of unknown labels does. */
const looksPerTest = 5;

/**
 * The items of an index that have not been found yet. Once all have been found, nothing is
 * compared.
 */
export interface Rest<Item> {
  readonly positions: Positions;
  readonly count: number;
  /** `item` need not be found again. */
  drop(item: Item): void;
}

/** Finds what a label selector selects, without comparing every object. */
export class LabelIndex<Item extends Labelled> {
  readonly #items: readonly Item[];
  /**
   * The positions of everything, under an empty name; of objects with a label, and of objects with
   * its key.
   */
  readonly #byLabel = new NameIndex<number>();
  readonly #looks: WorkLimit;
  readonly #sets = new Map<string, Positions>();
  #positions: ReadonlyMap<Item, number> | undefined;

  /** `most` comparisons of labels with selectors may be needed. */
  constructor(items: readonly Item[], most = mostLooks) {
    this.#items = items;
    this.#looks = new WorkLimit(most, tooMany(most));
    for (const [position, {labels, resource}] of items.entries()) {
      const {namespace} = resource;
      this.#byLabel.add('', namespace, position);
      for (const [key, value] of Object.entries(labels)) {
        this.#byLabel.add(nameOf(key), namespace, position);
        this.#byLabel.add(nameOf(key, value), namespace, position);
      }
    }
  }

  /**
   * What a LabelSelector selects in `namespace`, among `rest` if that is given. A missing
   * namespace, here or in an object, is that of the release, which may be any.
   *
   * @throws {UsageError} if the selections in one stream take too long
   */
  select(
    selector: Json | undefined,
    namespace: string | undefined,
    rest?: Rest<Item>,
  ): readonly Item[] {
    const requirements = requirementsOf(selector);
    if (requirements === undefined) return [];
    const candidates = this.#candidates(requirements, namespace, rest);
    this.#looks.count(candidates.length);
    const found: Item[] = [];
    for (const position of candidates) {
      const item = this.#items[position] as Item;
      const isLeft = rest === undefined || rest.positions.has(position);
      const isHere = maySameNamespace(namespace, item.resource.namespace);
      if (isLeft && isHere && holdOf(requirements, item.labels)) found.push(item);
    }
    return found;
  }

  /**
   * Counts further tests of found items, each of which costs what some comparisons do.
   *
   * @throws {UsageError} if the tests in one stream take too long
   */
  countTests(count: number): void {
    this.#looks.count(count * looksPerTest);
  }

  /** Everything, as the items that have not been found yet. */
  rest(): Rest<Item> {
    const positions = Positions.of(this.#items.length, this.#items.keys());
    const places = this.#places();
    let count = this.#items.length;
    return {
      positions,
      get count() {
        return count;
      },
      drop(item) {
        const position = places.get(item);
        if (position === undefined || !positions.has(position)) return;
        positions.delete(position);
        count -= 1;
      },
    };
  }

  #places(): ReadonlyMap<Item, number> {
    this.#positions ??= new Map(this.#items.map((item, position) => [item, position]));
    return this.#positions;
  }

  /**
   * If one requirement matches few objects, those. Otherwise the intersection of the sets for each
   * requirement.
   */
  #candidates(
    requirements: readonly Requirement[],
    namespace: string | undefined,
    rest: Rest<Item> | undefined,
  ): readonly number[] {
    if (rest?.count === 0) return [];
    const all = this.#byLabel.count('', namespace);
    const asked = requirements.map(each => this.#asked(each, namespace, all));
    const [fewest] = asked.toSorted((one, other) => one.count - other.count);
    if (fewest === undefined && rest === undefined) return this.#byLabel.find('', namespace);
    if (fewest?.count === 0) return [];
    if (rest !== undefined && rest.count <= few) {
      this.#countSet(rest.positions);
      return [...rest.positions];
    }
    const isEnough = rest === undefined && asked.length === 1;
    if (fewest?.isWanted && (isEnough || fewest.count <= few)) {
      return fewest.names.flatMap(name => this.#byLabel.find(name, namespace));
    }
    return this.#cut(asked, namespace, rest);
  }

  /** The names that a requirement includes or excludes, and how many objects meet it. */
  #asked({key, isWanted, values}: Requirement, namespace: string | undefined, all: number): Asked {
    const given = values === undefined ? [nameOf(key)] : [...values].map(each => nameOf(key, each));
    const names = given.filter(name => this.#byLabel.has(name));
    let listed = 0;
    for (const name of names) listed += this.#byLabel.count(name, namespace);
    return {names, isWanted, count: isWanted ? listed : all - listed};
  }

  /** In the order of `find`: objects in the namespace, then objects without one. */
  #cut(
    asked: readonly Asked[],
    namespace: string | undefined,
    rest: Rest<Item> | undefined,
  ): readonly number[] {
    const left = this.#setIn(namespace).copy();
    if (rest !== undefined) left.keep(rest.positions);
    for (const {names, isWanted} of asked) {
      if (isWanted) left.keep(this.#union(names));
      else for (const name of names) this.#take(name, left);
      this.#countSet(left);
    }
    const found = [...left];
    if (namespace === undefined) return found;
    const hasNone = (position: number) => this.#items[position]?.resource.namespace === undefined;
    return [...found.filter(each => !hasNone(each)), ...found.filter(hasNone)];
  }

  /** All objects that may be in a namespace. */
  #setIn(namespace: string | undefined): Positions {
    if (namespace === undefined) return this.#setOf('');
    const own = this.#byLabel.exactly('', namespace);
    return this.#kept(`\n${namespace}`, own.length, () => {
      const set = this.#setOfNone().copy();
      for (const position of own) set.add(position);
      return set;
    });
  }

  /** All objects without a namespace. */
  #setOfNone(): Positions {
    const positions = this.#byLabel.exactly('', undefined);
    return this.#kept('\n', positions.length, () => Positions.of(this.#items.length, positions));
  }

  #union(names: readonly string[]): Positions {
    const [name = ''] = names;
    if (names.length === 1) return this.#setOf(name);
    const union = new Positions(this.#items.length);
    this.#countSet(union);
    for (const each of names) {
      for (const position of this.#byLabel.find(each, undefined)) union.add(position);
    }
    return union;
  }

  #take(name: string, from: Positions): void {
    const positions = this.#byLabel.find(name, undefined);
    if (positions.length > from.words) from.drop(this.#setOf(name));
    else for (const position of positions) from.delete(position);
  }

  #setOf(name: string): Positions {
    const positions = this.#byLabel.find(name, undefined);
    return this.#kept(name, positions.length, () => Positions.of(this.#items.length, positions));
  }

  /** A set of `count` or more positions. It is kept if a list would not be smaller. */
  #kept(key: string, count: number, make: () => Positions): Positions {
    const known = this.#sets.get(key);
    if (known !== undefined) return known;
    const set = make();
    this.#countSet(set);
    if (count >= set.words) this.#sets.set(key, set);
    return set;
  }

  #countSet({words}: Positions): void {
    this.#looks.count(words / wordsPerLook);
  }
}

interface Asked {
  readonly names: readonly string[];
  readonly isWanted: boolean;
  readonly count: number;
}

/** The unique index name of a label; for a key, without a value. */
function nameOf(key: string, value?: Json | undefined): string {
  if (value === undefined) return `${key.length} ${key}`;
  const text = typeof value === 'string' ? value : `\n${JSON.stringify(value)}`;
  return `${key.length}=${key}${text}`;
}
