import type {ASTNode} from '@marcbachmann/cel-js';
import {hasTwoVariables, isMacro, namespaced} from './evaluate.ts';
import {
  isItems,
  isMapping,
  keyOf,
  Optional,
  Quantity,
  TypeValue,
  Uint,
  Unknown,
  type Value,
} from './values.ts';

/** What an expression reads. */
export interface Reading {
  /** The values that it compares or computes with, as texts. */
  readonly texts: readonly string[];
  /** The values that its result may be, if it only picks them out of others. */
  readonly parts: readonly Value[];
}

/** Finds the values that a variable of an expression stands for, by its name; and what the expression of `variables.x` reads. */
export interface Sources {
  readonly find: (name: string) => readonly Value[];
  readonly readingOf: (variable: string) => Reading;
}

/** How many steps are taken for one expression and one object: what comes after them is not compared. */
const mostSteps = 50_000;

/**
 * What the result of an expression may depend on: all that it may look at, not only what decided this time. Of what is
 * only counted or asked for, it is the count and whether it is there.
 */
export function readingOf(node: ASTNode, sources: Sources): Reading {
  const reads = new Reads(sources);
  const parts = reads.run(node, new Map());
  return {texts: reads.texts, parts};
}

/** The values of the variables of macros. */
type Bound = ReadonlyMap<string, readonly Value[]>;

class Reads {
  readonly #sources: Sources;
  readonly texts: string[] = [];
  #steps = 0;

  constructor(sources: Sources) {
    this.#sources = sources;
  }

  /** Adds what the result of `node` depends on. */
  use(node: ASTNode, bound: Bound): void {
    for (const value of this.run(node, bound)) this.texts.push(this.#textOf(value));
  }

  /** Counts a step. */
  #isOver(): boolean {
    this.#steps += 1;
    return this.#steps > mostSteps;
  }

  /** The values that `node` may be, if they are parts of what it reads. */
  run(node: ASTNode, bound: Bound): readonly Value[] {
    if (this.#isOver()) return [];
    switch (node.op) {
      case 'value':
        return [];
      case 'id':
        return bound.get(node.args) ?? this.#sources.find(node.args);
      case '.':
      case '.?':
        return this.#field(node.args[0], node.args[1], bound);
      case '[]':
      case '[?]':
        return this.#items(node.args[0], node.args[1], bound);
      case 'list':
        return [node.args.flatMap(item => this.run(item, bound))];
      case 'map':
        return node.args.flatMap(([key, value]) => [
          ...this.run(key, bound),
          ...this.run(value, bound),
        ]);
      case '?:':
        this.use(node.args[0], bound);
        return [...this.run(node.args[1], bound), ...this.run(node.args[2], bound)];
      case '!_':
      case '-_':
        this.use(node.args, bound);
        return [];
      case 'call':
        return this.#call(node.args[0], node.args[1], bound);
      case 'rcall':
        return this.#method(node.args, bound);
      default:
        for (const side of node.args) this.use(side, bound);
        return [];
    }
  }

  /** A value as text, with the keys of mappings in order. */
  #textOf(value: Value): string {
    if (this.#isOver()) return '';
    if (typeof value === 'string') return value;
    if (isItems(value)) return `[${value.map(each => this.#textOf(each)).join(', ')}]`;
    if (isMapping(value)) {
      const entries = [...value].map(([key, item]) => `${String(key)}: ${this.#textOf(item)}`);
      return `{${entries.sort().join(', ')}}`;
    }
    if (value instanceof Uint) return `${value.value}`;
    if (value instanceof Quantity) return `${value.digits}e-${value.scale}`;
    if (value instanceof Optional)
      return value.value === undefined ? '' : this.#textOf(value.value);
    if (value instanceof Unknown || value instanceof TypeValue) return '';
    return String(value);
  }

  #field(holder: ASTNode, key: string | ASTNode, bound: Bound): readonly Value[] {
    if (typeof key !== 'string') return this.#items(holder, key, bound);
    if (holder.op === 'id' && holder.args === 'variables' && !bound.has('variables')) {
      const {texts, parts} = this.#sources.readingOf(key);
      for (const text of texts) if (!this.#isOver()) this.texts.push(text);
      return parts;
    }
    return this.run(holder, bound).flatMap(value => itemsAt(value, key));
  }

  #items(holder: ASTNode, key: ASTNode, bound: Bound): readonly Value[] {
    const holders = this.run(holder, bound);
    if (key.op !== 'value') {
      this.use(key, bound);
      return holders.flatMap(childrenOf);
    }
    return holders.flatMap(value => itemsAt(value, key.args as Value));
  }

  #call(name: string, args: readonly ASTNode[], bound: Bound): readonly Value[] {
    const [first] = args;
    if (name === 'has' && first?.op === '.') {
      const [holder, key] = first.args;
      for (const value of this.run(holder, bound))
        this.texts.push(`has ${itemsAt(value, key).length}`);
      return [];
    }
    if (name === 'size' && first !== undefined) return this.#count(this.run(first, bound));
    for (const arg of args) this.use(arg, bound);
    return [];
  }

  #count(values: readonly Value[]): readonly Value[] {
    for (const value of values) this.texts.push(`size ${sizeOf(value)}`);
    return [];
  }

  #method(
    [name, receiver, args]: readonly [string, ASTNode, readonly ASTNode[]],
    bound: Bound,
  ): readonly Value[] {
    const useAll = () => {
      for (const arg of args) this.use(arg, bound);
    };
    if (namespaced(name, receiver) !== undefined) {
      useAll();
      return [];
    }
    const values = this.run(receiver, bound);
    if (name === 'size') return this.#count(values);
    if (!isMacro(name, args.length)) {
      for (const value of values) this.texts.push(this.#textOf(value));
      useAll();
      return [];
    }
    return this.#macro(name, values, args, bound);
  }

  #macro(
    name: string,
    values: readonly Value[],
    args: readonly ASTNode[],
    bound: Bound,
  ): readonly Value[] {
    const last = args.at(-1) as ASTNode;
    if (name === 'or' || name === 'orValue') return [...values, ...this.run(last, bound)];
    const isOptional = name.startsWith('opt');
    const hasTwo = !isOptional && hasTwoVariables(name, args.length);
    const items = isOptional ? values : values.flatMap(value => roundsOf(value, hasTwo));
    const variables = args.slice(0, hasTwo ? 2 : 1);
    const bodies = args.slice(variables.length);
    const isResult = isOptional || name === 'map' || name.startsWith('transform');
    const results = items.flatMap(item => {
      const inner = new Map(bound);
      // Of two variables, the first is the index or the key.
      for (const variable of variables) inner.set(variable.args as string, [item]);
      return bodies.flatMap((body, index) => {
        if (isResult && index === bodies.length - 1) return this.run(body, inner);
        this.use(body, inner);
        return [];
      });
    });
    if (isOptional) return results;
    return [name === 'filter' ? items : results];
  }
}

function itemsAt(value: Value, key: Value): readonly Value[] {
  if (value instanceof Optional) return value.value === undefined ? [] : itemsAt(value.value, key);
  const at = keyOf(key);
  const found = isMapping(value)
    ? at === undefined
      ? undefined
      : value.get(at)
    : isItems(value) && typeof at === 'bigint'
      ? value[Number(at)]
      : undefined;
  return found === undefined ? [] : [found];
}

const childrenOf = (value: Value): readonly Value[] =>
  isItems(value) ? value : isMapping(value) ? [...value.values()] : [];

/** What a macro goes through: of a mapping the keys, or with two variables the values, too. */
function roundsOf(value: Value, hasTwo: boolean): readonly Value[] {
  if (!isMapping(value)) return childrenOf(value);
  return hasTwo ? [...value.keys(), ...value.values()] : [...value.keys()];
}

const sizeOf = (value: Value): number =>
  isItems(value) || typeof value === 'string' ? value.length : isMapping(value) ? value.size : 0;
