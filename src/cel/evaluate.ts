import type {ASTNode} from '@marcbachmann/cel-js';
import {
  type Calls,
  type CelFunction,
  compare,
  functions,
  int,
  namespaces,
  uint,
} from './functions.ts';
import {
  CelError,
  equal,
  isItems,
  isMapping,
  keyOf,
  known,
  type MapKey,
  MissingKeyError,
  none,
  Optional,
  TypeValue,
  typeOf,
  Uint,
  UnknownError,
  type Value,
} from './values.ts';

/** The variables of an expression: those of macros hide others. */
export interface Scope {
  readonly find: (name: string) => Value | undefined;
}

/** The limits of the API server: of one expression, and of all expressions of a policy for one object. */
const mostSteps = 1_000_000;
const mostStepsOfPolicy = 10_000_000;

/** An expression costs more than the API server allows. */
class BudgetError extends CelError {
  override readonly name = 'BudgetError';
}

/** Counts the steps of one policy and one object. */
export class Budget {
  #ofPolicy = 0;
  #ofExpression = 0;

  /** Begins another expression. */
  begin(): void {
    this.#ofExpression = 0;
  }

  readonly count = (steps: number): void => {
    this.#ofExpression += steps;
    this.#ofPolicy += steps;
    if (this.#ofExpression > mostSteps || this.#ofPolicy > mostStepsOfPolicy) {
      throw new BudgetError('it costs more than the API server allows');
    }
  };
}

const typeNames = ['bool', 'int', 'uint', 'double', 'string', 'list', 'map', 'null_type', 'type'];

const byName = new Map<string, CelFunction[]>();
for (const each of functions) {
  const key = nameOf(each.isMethod, each.name, each.types.length);
  byName.set(key, [...(byName.get(key) ?? []), each]);
}

function nameOf(isMethod: boolean, name: string, count: number): string {
  return `${isMethod ? '.' : ''}${name} ${count}`;
}

/** The name of a function in a namespace, such as `sets.contains`; undefined for a method. */
export const namespaced = (name: string, receiver: ASTNode): string | undefined =>
  receiver.op === 'id' && namespaces.some(each => each === receiver.args)
    ? `${receiver.args}.${name}`
    : undefined;

/** Whether there is a function of that name with so many arguments; a receiver counts as one. */
export const isFunction = (isMethod: boolean, name: string, count: number): boolean =>
  byName.has(nameOf(isMethod, name, count));

/** The macros by their names, with the numbers of arguments that they may have. */
const macros: ReadonlyMap<string, readonly number[]> = new Map([
  ['all', [2, 3]],
  ['exists', [2, 3]],
  ['exists_one', [2]],
  ['existsOne', [3]],
  ['map', [2, 3]],
  ['filter', [2]],
  ['transformList', [3, 4]],
  ['transformMap', [3, 4]],
  ['orValue', [1]],
  ['or', [1]],
  ['optMap', [2]],
  ['optFlatMap', [2]],
]);

/** Whether there is a macro of that name with so many arguments. */
export const isMacro = (name: string, count: number): boolean =>
  macros.get(name)?.includes(count) === true;

/** Evaluates an expression as the API server does, whose code is cel-go. Nothing in it is asynchronous. */
export class Evaluation {
  readonly #budget: Budget;
  readonly #calls: Calls;

  constructor(budget: Budget, matches: Calls['matches']) {
    this.#budget = budget;
    this.#calls = {
      count: budget.count,
      matches: (text, pattern) => {
        budget.count(Math.ceil(text.length / 10) * Math.ceil(pattern.length / 4));
        return matches(text, pattern);
      },
    };
  }

  /** @throws {CelError} if the expression fails, or its result depends on what is not known */
  run(node: ASTNode, scope: Scope): Value {
    this.#budget.count(1);
    switch (node.op) {
      case 'value':
        return literal(node.args);
      case 'id':
        return this.#variable(node.args, scope);
      case '.':
      case '.?':
      case '[]':
      case '[?]':
        return this.#step(node, scope).value;
      case 'list':
        this.#budget.count(10);
        return node.args.map(item => this.run(item, scope));
      case 'map':
        return this.#map(node.args, scope);
      case '?:':
        return this.run(node.args[this.#isTrue(node.args[0], scope) ? 1 : 2], scope);
      case '||':
        return this.#logical(node.args, true, scope);
      case '&&':
        return this.#logical(node.args, false, scope);
      case '!_':
        return !this.#isTrue(node.args, scope);
      case '-_':
        return negative(this.run(node.args, scope));
      case 'call':
        return this.#call(node.args[0], node.args[1], scope);
      case 'rcall':
        return this.#method(node.args, scope);
      default:
        return this.#binary(node.op, this.run(node.args[0], scope), this.run(node.args[1], scope));
    }
  }

  #variable(name: string, scope: Scope): Value {
    const value = scope.find(name);
    if (value !== undefined) return known(value);
    if (typeNames.includes(name)) return new TypeValue(name);
    throw new CelError(`no such attribute: ${name}`);
  }

  #isTrue(node: ASTNode, scope: Scope): boolean {
    const value = this.run(node, scope);
    if (typeof value === 'boolean') return value;
    throw new CelError(`no such overload: ${typeOf(value)} is no condition`);
  }

  /** Either side decides, even if the other one fails. */
  #logical([left, right]: readonly [ASTNode, ASTNode], decisive: boolean, scope: Scope): boolean {
    const one = this.#outcome(left, scope);
    if (one === decisive) return decisive;
    const other = this.#outcome(right, scope);
    if (other === decisive) return decisive;
    if (typeof one !== 'boolean') throw one;
    if (typeof other !== 'boolean') throw other;
    return !decisive;
  }

  #outcome(node: ASTNode, scope: Scope): boolean | CelError {
    try {
      return this.#isTrue(node, scope);
    } catch (error) {
      if (error instanceof CelError && !(error instanceof BudgetError)) return error;
      throw error;
    }
  }

  /**
   * A step of a path such as `a.?b[0].c`. An optional in it, from its beginning or a step with `?`, makes all later
   * steps optional. One that a field or an item happens to hold has no fields itself (`applyQualifiers` of cel-go).
   */
  #step(node: Step, scope: Scope): {readonly value: Value; readonly isOptional: boolean} {
    const [holder, keyNode] = node.args;
    const {value, isOptional} = this.#holder(holder, scope);
    const key = typeof keyNode === 'string' ? keyNode : this.run(keyNode, scope);
    if (isOptional) return {value: optionalField(value, key), isOptional};
    const isHeld = value instanceof Optional;
    if (node.op === '.?' || node.op === '[?]') {
      return {value: isHeld ? none : optionalField(value, key), isOptional: true};
    }
    if (isItems(value) && typeof key === 'number')
      throw new UnknownError('an index with a fraction');
    const found = isHeld ? undefined : itemOf(value, key);
    if (found !== undefined) return {value: known(found), isOptional};
    if (typeof key === 'string') throw new MissingKeyError(key);
    throw new CelError(`no such key: ${typeOf(key)}`);
  }

  /** What a step is taken from, and whether all steps are optional by now. */
  #holder(node: ASTNode, scope: Scope): {readonly value: Value; readonly isOptional: boolean} {
    if (isStep(node)) {
      this.#budget.count(1);
      return this.#step(node, scope);
    }
    const value = this.run(node, scope);
    return {value, isOptional: value instanceof Optional};
  }

  #map(entries: readonly (readonly [ASTNode, ASTNode])[], scope: Scope): Value {
    this.#budget.count(30);
    const map = new Map<MapKey, Value>();
    for (const [keyNode, valueNode] of entries) {
      const key = keyOf(this.run(keyNode, scope));
      if (key === undefined) throw new UnknownError('a mapping with such a key');
      map.set(key, this.run(valueNode, scope));
    }
    return map;
  }

  #binary(op: string, one: Value, other: Value): Value {
    const {count} = this.#budget;
    if (op === '==') return equal(one, other, count);
    if (op === '!=') return !equal(one, other, count);
    if (op === 'in') return this.#isIn(one, other);
    if (op === '+' || op === '-' || op === '*' || op === '/' || op === '%') {
      return this.#calculated(op, one, other);
    }
    if (typeof one === 'string' && typeof other === 'string') {
      count(Math.ceil(Math.min(one.length, other.length) / 10));
    }
    const order = compare(one, other);
    if (order === undefined) throw noOverload(op, one, other);
    if (op === '<') return order < 0;
    if (op === '<=') return order <= 0;
    return op === '>' ? order > 0 : order >= 0;
  }

  #isIn(item: Value, holder: Value): boolean {
    if (isItems(holder)) {
      return holder.some(each => equal(each, item, this.#budget.count));
    }
    if (isMapping(holder)) {
      const key = keyOf(item);
      return key !== undefined && holder.has(key);
    }
    throw noOverload('in', item, holder);
  }

  #calculated(op: Operator, one: Value, other: Value): Value {
    if (typeof one === 'bigint' && typeof other === 'bigint') return int(whole(op, one, other));
    if (one instanceof Uint && other instanceof Uint) {
      return uint(whole(op, one.value, other.value));
    }
    if (typeof one === 'number' && typeof other === 'number' && op !== '%') {
      return fraction(op, one, other);
    }
    if (op === '+' && typeof one === 'string' && typeof other === 'string') {
      this.#budget.count(Math.ceil((one.length + other.length) / 10));
      return one + other;
    }
    if (op === '+' && isItems(one) && isItems(other)) {
      this.#budget.count(one.length + other.length);
      return [...one, ...other];
    }
    throw noOverload(op, one, other);
  }

  #call(name: string, args: readonly ASTNode[], scope: Scope): Value {
    const [first] = args;
    if (name === 'has' && first !== undefined) return this.#has(first, scope);
    return this.#function(
      false,
      name,
      args.map(arg => this.run(arg, scope)),
    );
  }

  #has(node: ASTNode, scope: Scope): boolean {
    if (node.op !== '.') throw new CelError('has() takes a field');
    const [holder, key] = node.args;
    const {value, isOptional} = this.#holder(holder, scope);
    if (value instanceof Optional && !isOptional) return false;
    return optionalField(value, key).value !== undefined;
  }

  #method(
    [name, receiver, args]: readonly [string, ASTNode, readonly ASTNode[]],
    scope: Scope,
  ): Value {
    const full = namespaced(name, receiver);
    const values = () => args.map(arg => this.run(arg, scope));
    if (full !== undefined) return this.#function(false, full, values());
    const holder = this.run(receiver, scope);
    if (!isMacro(name, args.length) || isFunctionOf(name, holder)) {
      return this.#function(true, name, [holder, ...values()]);
    }
    return holder instanceof Optional && isOptionalMacro(name)
      ? this.#optionalMacro(name, holder, args, scope)
      : this.#comprehension(name, holder, args, scope);
  }

  #function(isMethod: boolean, name: string, args: readonly Value[]): Value {
    this.#budget.count(args.reduce<number>((sum, arg) => sum + sizeOf(arg), 0));
    const overloads = byName.get(nameOf(isMethod, name, args.length)) ?? [];
    const found = overloads.find(({types}) =>
      types.every((type, index) => type === 'dyn' || type === typeOf(args[index] as Value)),
    );
    if (found !== undefined) return found.run(args, this.#calls);
    throw new CelError(`no such overload: ${name}(${args.map(typeOf).join(', ')})`);
  }

  #optionalMacro(name: string, optional: Optional, args: readonly ASTNode[], scope: Scope): Value {
    const [first, body] = args as readonly [ASTNode, ASTNode];
    const {value} = optional;
    if (name === 'orValue') return value === undefined ? this.run(first, scope) : value;
    if (name === 'or') {
      return value === undefined ? requireOptional(this.run(first, scope)) : optional;
    }
    if (value === undefined) return none;
    const result = this.run(body, within(scope, first, value));
    return name === 'optMap' ? new Optional(result) : requireOptional(result);
  }

  #comprehension(name: string, range: Value, args: readonly ASTNode[], scope: Scope): Value {
    const hasTwo = hasTwoVariables(name, args.length);
    const variables = args.slice(0, hasTwo ? 2 : 1);
    const bodies = args.slice(hasTwo ? 2 : 1);
    const entries = entriesOf(range, hasTwo);
    const inner = entries.map(
      values => () =>
        values.reduce(
          (outer, value, index) => within(outer, variables[index] as ASTNode, value),
          scope,
        ),
    );
    this.#budget.count(inner.length);
    if (name === 'all' || name === 'exists') {
      return this.#quantified(bodies[0] as ASTNode, inner, name === 'exists');
    }
    const isWanted = (each: Scope, condition: ASTNode | undefined) =>
      condition === undefined || this.#isTrue(condition, each);
    if (name === 'exists_one' || name === 'existsOne') {
      return inner.filter(each => isWanted(each(), bodies[0])).length === 1;
    }
    if (name === 'filter') {
      return entries.flatMap(([item], index) =>
        isWanted((inner[index] as () => Scope)(), bodies[0]) ? [item as Value] : [],
      );
    }
    const condition = bodies.length === 2 ? bodies[0] : undefined;
    const transform = bodies.at(-1) as ASTNode;
    const results = inner.flatMap((scopeOf, index) => {
      const each = scopeOf();
      return isWanted(each, condition) ? [[index, this.run(transform, each)] as const] : [];
    });
    if (name !== 'transformMap') return results.map(([, value]) => value);
    const keys = entries.map(([key]) => keyOf(key as Value) as MapKey);
    return new Map(results.map(([index, value]) => [keys[index] as MapKey, value]));
  }

  /** As a chain of `||`, or of `&&`. */
  #quantified(body: ASTNode, scopes: readonly (() => Scope)[], decisive: boolean): boolean {
    let failed: CelError | undefined;
    for (const scopeOf of scopes) {
      const outcome = this.#outcome(body, scopeOf());
      if (outcome === decisive) return decisive;
      if (typeof outcome !== 'boolean') failed ??= outcome;
    }
    if (failed !== undefined) throw failed;
    return !decisive;
  }
}

type Operator = '+' | '-' | '*' | '/' | '%';

function whole(op: Operator, one: bigint, other: bigint): bigint {
  if (op === '+') return one + other;
  if (op === '-') return one - other;
  if (op === '*') return one * other;
  if (other === 0n) throw new CelError(op === '/' ? 'division by zero' : 'modulus by zero');
  // As in Go, whose remainder overflows together with the quotient.
  if (op === '%') int(one / other);
  return op === '/' ? one / other : one % other;
}

function fraction(op: Exclude<Operator, '%'>, one: number, other: number): number {
  if (op === '+') return one + other;
  if (op === '-') return one - other;
  return op === '*' ? one * other : one / other;
}

function negative(value: Value): Value {
  if (typeof value === 'bigint') return int(-value);
  if (typeof value === 'number') return -value;
  throw new CelError(`no such overload: -${typeOf(value)}`);
}

/** A literal: of whole numbers, the library makes an object only of those that end in `u`. */
function literal(value: unknown): Value {
  if (typeof value !== 'object' || value === null) return value as Value;
  return new Uint(BigInt((value as {valueOf: () => bigint}).valueOf()));
}

const noOverload = (op: string, one: Value, other: Value): CelError =>
  new CelError(`no such overload: ${typeOf(one)} ${op} ${typeOf(other)}`);

/** The item at `key`, if `value` is a list or a mapping that has it. */
function itemOf(value: Value, key: Value): Value | undefined {
  const at = keyOf(key);
  if (isMapping(value)) return at === undefined ? undefined : value.get(at);
  const isIndex = typeof at === 'bigint' && at >= 0n && typeof key !== 'number';
  return isItems(value) && isIndex ? value[Number(at)] : undefined;
}

function optionalField(value: Value, key: Value): Optional {
  const holder = value instanceof Optional ? value.value : value;
  const found = holder === undefined ? undefined : itemOf(holder, key);
  return found === undefined ? none : new Optional(known(found));
}

/** `scope` with the variable of a macro in it. */
const within = (scope: Scope, variable: ASTNode, value: Value): Scope => ({
  find: name => (name === variable.args ? value : scope.find(name)),
});

/** Whether a macro with so many arguments has two variables. */
export const hasTwoVariables = (name: string, count: number): boolean =>
  name.startsWith('transform') || name === 'existsOne' || (count === 3 && name !== 'map');

/** The values of the variables for each round. Of a mapping, a single variable is the key. */
function entriesOf(range: Value, hasTwo: boolean): readonly (readonly Value[])[] {
  if (isItems(range)) {
    return range.map((item, index) => (hasTwo ? [BigInt(index), item] : [item]));
  }
  if (isMapping(range)) return [...range].map(([key, value]) => (hasTwo ? [key, value] : [key]));
  throw new CelError(`no such overload: ${typeOf(range)} is no list or mapping`);
}

/** A macro of optionals. The others are those of lists and mappings. */
const isOptionalMacro = (name: string): boolean =>
  ['or', 'orValue', 'optMap', 'optFlatMap'].includes(name);

/** Whether a name of a macro is here that of a function. */
const isFunctionOf = (name: string, holder: Value): boolean =>
  isOptionalMacro(name) && !(holder instanceof Optional);

/** @throws {CelError} if `value` is no optional */
function requireOptional(value: Value): Optional {
  if (value instanceof Optional) return value;
  throw new CelError(`no such overload: ${typeOf(value)} is no optional`);
}

/** A step of a path. */
type Step = Extract<ASTNode, {readonly op: '.' | '.?' | '[]' | '[?]'}>;

const isStep = (node: ASTNode): node is Step =>
  node.op === '.' || node.op === '.?' || node.op === '[]' || node.op === '[?]';

/** What a function costs for an argument. */
function sizeOf(value: Value): number {
  if (typeof value === 'string') return Math.ceil(value.length / 10);
  return isItems(value) ? Math.ceil(value.length / 10) : 0;
}
