import type {Connection} from '../../network-changes.ts';

/** The ends of the connections of one target: its workloads first, then who is not in it. */
export class Nodes {
  /** In the order in which they are shown. */
  readonly names: readonly string[];
  readonly #target: string;
  readonly #number: number;
  readonly #workloads: ReadonlySet<string>;
  readonly #indexes: ReadonlyMap<string, number>;

  /** `number` is that of the target in the page. */
  constructor(
    target: {
      readonly name: string;
      readonly workloads: readonly string[];
      readonly connections: readonly Connection[];
    },
    number: number,
  ) {
    this.#target = target.name;
    this.#number = number;
    this.#workloads = new Set(target.workloads);
    const ends = new Set(target.connections.flatMap(({from, to}) => [from, to]));
    this.names = [
      ...[...this.#workloads].filter(each => ends.has(each)),
      ...[...ends].filter(each => !this.#workloads.has(each)),
    ];
    this.#indexes = new Map(this.names.map((name, at) => [name, at]));
  }

  isOutside = (name: string): boolean => !this.#workloads.has(name);

  /** A name for a node in attributes: a word of ours, different in each target. */
  idOf(name: string): string {
    return `${this.#number}-${this.#indexes.get(name) ?? 'none'}`;
  }

  /** For a list to choose from, with the name of the target if that is asked for. */
  listed(isTargetTold: boolean): readonly {readonly id: string; readonly name: string}[] {
    return this.names.map(name => ({
      id: this.idOf(name),
      name: isTargetTold ? `${name} (${this.#target})` : name,
    }));
  }
}
