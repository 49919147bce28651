import type {ASTNode, Environment as CelEnvironment} from '@marcbachmann/cel-js';
import {type Budget, Evaluation, isFunction, isMacro, namespaced, type Scope} from './evaluate.ts';
import {functions, namespaces} from './functions.ts';
import {type Reading, readingOf, type Sources} from './reads.ts';
import {CelError, type Value} from './values.ts';

/** Why an expression is refused: it is wrong, or it cannot be judged as the API server does. */
export class ExpressionError extends Error {
  override readonly name = 'ExpressionError';
  /** The index of the character in the expression at which it begins. */
  readonly offset: number;

  constructor(message: string, offset: number) {
    super(message);
    this.offset = offset;
  }
}

/** An expression that can be evaluated. */
export interface Expression {
  readonly text: string;
  /** The type of its result, for those that read it as a variable. */
  readonly type: string;
  /** @throws {CelError} if the expression fails, or its result depends on what is not known */
  readonly evaluate: (scope: Scope, budget: Budget) => Value;
  /** What the result may depend on. */
  readonly read: (sources: Sources) => Reading;
}

/** What an expression of an admission policy may read, besides its variables; `messageExpression` has no `authorizer`. */
const roots = ['object', 'oldObject', 'request', 'params', 'namespaceObject', 'authorizer'];

/** What a policy declares for an expression. */
export interface Declared {
  /** The types of the variables before it, by their names. */
  readonly variables: ReadonlyMap<string, string>;
  readonly hasParams: boolean;
}

/** A rule of a policy declares nothing. */
export const nothingDeclared: Declared = {variables: new Map(), hasParams: false};

/** The type that the result of an expression must have; `any` for a variable. */
type ResultType = 'bool' | 'string' | 'any';

/**
 * Compiles an expression, which may read what is `declared`.
 *
 * @throws {ExpressionError} if it is wrong, or cannot be judged
 */
export type Compile = (text: string, result: ResultType, declared: Declared) => Expression;

/**
 * Loads the libraries: one parses expressions and checks their types, the other matches regular expressions in
 * linear time, as RE2 does.
 */
export async function loadCompiler(): Promise<Compile> {
  const [{Environment}, {RE2JS}] = await Promise.all([
    import('@marcbachmann/cel-js'),
    import('@bufbuild/re2'),
  ]);
  const environmentFor = withVariables(environmentOf(Environment));
  const patterns = new Map<string, {readonly test: (text: string) => boolean}>();
  const patternOf = (pattern: string) => {
    const compiled = patterns.get(pattern) ?? new RE2JS(pattern);
    // Patterns that an expression makes of an object are not kept: there may be many.
    if (patterns.size < mostPatterns) patterns.set(pattern, compiled);
    return compiled;
  };
  const matches = (text: string, pattern: string): boolean => {
    try {
      return patternOf(pattern).test(text);
    } catch (error) {
      throw new CelError(`invalid regular expression: ${(error as Error).message}`);
    }
  };
  return (text, result, declared) => {
    const compilePattern = (pattern: string) => void matches('', pattern);
    const {ast, type} = checked(environmentFor(declared.variables), text, result, node =>
      requireKnown(node, {...declared, text, compilePattern}),
    );
    return {
      text,
      type: variableType(type),
      evaluate: (scope, budget) => {
        budget.begin();
        return new Evaluation(budget, matches).run(ast, scope);
      },
      read: sources => readingOf(ast, sources),
    };
  };
}

const mostPatterns = 1000;
const mostText = 100_000;

function environmentOf(Environment: typeof CelEnvironment): CelEnvironment {
  const environment = new Environment({
    enableOptionalTypes: true,
    limits: {
      maxAstNodes: 10_000,
      maxDepth: 200,
      maxListElements: 5000,
      maxMapEntries: 5000,
      maxCallArguments: 32,
    },
  });
  environment.registerType('kubernetes.Quantity', class Quantity {});
  for (const name of namespaces) {
    if (name === 'optional') continue;
    environment.registerType(typeOfNamespace(name), class Namespace {});
    environment.registerVariable(name, typeOfNamespace(name));
  }
  for (const {signature, isKnown} of functions) {
    if (!isKnown) environment.registerFunction(declarationOf(signature), unused);
  }
  environment.registerOperator('optional<dyn> == optional<dyn>', unused);
  for (const macro of ownMacros) environment.registerFunction(macro, macroOf as never);
  for (const root of roots) environment.registerVariable(root, 'dyn');
  return environment;
}

/** The environment for expressions that may read variables of these types. The last one is kept. */
function withVariables(
  base: CelEnvironment,
): (types: ReadonlyMap<string, string>) => CelEnvironment {
  let key: string | undefined;
  let last = base;
  return types => {
    const wanted = JSON.stringify([...types]);
    if (wanted === key) return last;
    key = wanted;
    last = base.clone().registerVariable({name: 'variables', schema: Object.fromEntries(types)});
    return last;
  };
}

/**
 * The type of a variable, by that of its expression. As in the API server (`convertCelTypeToDeclType` of
 * k8s.io/apiserver), types other than scalars, lists and mappings are not known to those who read it.
 */
function variableType(type: string): string {
  const item = /^list<(.*)>$/.exec(type)?.[1];
  if (item !== undefined) return `list<${variableType(item)}>`;
  const [, key, value] = /^map<(\w+), (.*)>$/.exec(type) ?? [];
  if (key !== undefined && value !== undefined) {
    return `map<${variableType(key)}, ${variableType(value)}>`;
  }
  return ['bool', 'double', 'int', 'string', 'uint'].includes(type) ? type : 'dyn';
}

/** The library only checks types: it evaluates nothing. */
const unused = (): never => {
  throw new Error('not evaluated here');
};

const typeOfNamespace = (name: string): string =>
  name === 'optional' ? 'OptionalNamespace' : `${name}Namespace`;

/** In the library, a namespace is the type of a receiver, and a type must not contain a dot in its name. */
const declarationOf = (signature: string): string =>
  signature
    .replace(/^(\w+)(?=\.)/, name =>
      namespaces.some(each => each === name) ? typeOfNamespace(name) : name,
    )
    .replaceAll(/\bQuantity\b/g, 'kubernetes.Quantity');

/** The macros that the library lacks. The last argument is evaluated with the variables before it. */
const ownMacros = [
  'optional.optMap(ast, ast): optional<dyn>',
  'optional.optFlatMap(ast, ast): optional<dyn>',
  'list.all(ast, ast, ast): bool',
  'list.exists(ast, ast, ast): bool',
  'list.existsOne(ast, ast, ast): bool',
  'list.transformList(ast, ast, ast): list<dyn>',
  'list.transformList(ast, ast, ast, ast): list<dyn>',
  'list.transformMap(ast, ast, ast): map<dyn, dyn>',
  'list.transformMap(ast, ast, ast, ast): map<dyn, dyn>',
];

/** What the library hands to a macro. */
interface MacroCall {
  readonly args: readonly ASTNode[];
  readonly receiver: ASTNode;
  readonly methodName: string;
}

interface Checker {
  readonly check: (node: ASTNode, context: CheckContext) => unknown;
  readonly getType: (name: string) => unknown;
}

interface CheckContext {
  readonly forkWithVariable: (name: string, type: unknown) => CheckContext;
}

const macroOf = ({args, receiver, methodName}: MacroCall) => ({
  evaluate: unused,
  typeCheck(checker: Checker, _: unknown, context: CheckContext) {
    checker.check(receiver, context);
    const count = methodName.startsWith('opt') ? 1 : 2;
    const inner = args
      .slice(0, count)
      .reduce(
        (outer, variable) => outer.forkWithVariable(String(variable.args), checker.getType('dyn')),
        context,
      );
    for (const body of args.slice(count)) checker.check(body, inner);
    return checker.getType('dyn');
  },
});

/** @throws {ExpressionError} if the API server would not compile `text`, or `require` refuses it */
function checked(
  environment: CelEnvironment,
  text: string,
  result: ResultType,
  require: (node: ASTNode) => void,
): {readonly ast: ASTNode; readonly type: string} {
  if (text.length > mostText) {
    throw new ExpressionError(`the expression is longer than ${mostText} characters`, 0);
  }
  try {
    const expression = environment.parse(text);
    require(expression.ast);
    const {valid, type = 'dyn', error} = expression.check();
    if (!valid) throw error;
    if (result === 'any' || type === result) return {ast: expression.ast, type};
    throw new ExpressionError(`the result must be of type ${result}, not ${type}`, 0);
  } catch (error) {
    if (error instanceof ExpressionError) throw error;
    const {summary, message, range} = error as {
      readonly summary?: string;
      readonly message: string;
      readonly range?: {readonly start: number};
    };
    const reason = error instanceof RangeError ? 'it is nested too deeply' : (summary ?? message);
    throw new ExpressionError(reason, range?.start ?? 0);
  }
}

interface Known extends Declared {
  readonly text: string;
  readonly compilePattern: (pattern: string) => void;
}

/**
 * Refuses what is not judged exactly as the API server does.
 *
 * @throws {ExpressionError} with its name
 */
function requireKnown(root: ASTNode, known: Known): void {
  const pending: ASTNode[] = [root];
  for (let node = pending.pop(); node !== undefined; node = pending.pop()) {
    requireKnownNode(node, known);
    pending.push(...partsOf(node));
  }
}

function requireKnownNode(
  node: ASTNode,
  {variables, hasParams, text, compilePattern}: Known,
): void {
  const refuse = (what: string): never => {
    throw new ExpressionError(`${what} cannot be judged outside the cluster`, node.start);
  };
  if (node.op === 'value' && node.args instanceof Uint8Array) refuse('a literal of type `bytes`');
  if (node.op === 'id' && node.args === 'authorizer') refuse('`authorizer`');
  if (node.op === 'id' && node.args === 'params' && !hasParams) {
    throw new ExpressionError('there are no `params` here', node.start);
  }
  if ((node.op === '.' || node.op === '.?') && isVariables(node.args[0])) {
    const name = node.args[1];
    if (!variables.has(name)) {
      throw new ExpressionError(`there is no variable \`${name}\` before it`, node.start);
    }
  }
  if ((node.op === '[]' || node.op === '[?]') && isVariables(node.args[0])) {
    throw new ExpressionError('a variable is read as `variables.NAME`', node.start);
  }
  if (node.op === '?:' && node.args[1].op === '?:') {
    const isInBrackets = /\(\s*$/.test(text.slice(0, node.args[1].start));
    if (!isInBrackets) {
      throw new ExpressionError('a condition between `?` and `:` must be in brackets', node.start);
    }
  }
  if (node.op === 'rcall' && node.args[0] === 'format')
    requireArguments(node.args[1], node.args[2]);
  if (node.op === 'call') {
    const [name, args] = node.args;
    if (name !== 'has' && !isFunction(false, name, args.length)) refuse(`the function \`${name}\``);
    requirePattern(name, args[1], compilePattern);
  }
  if (node.op === 'rcall') {
    const [name, receiver, args] = node.args;
    const full = namespaced(name, receiver);
    const isKnown =
      full === undefined
        ? isMacro(name, args.length) || isFunction(true, name, args.length + 1)
        : isFunction(false, full, args.length);
    if (!isKnown) refuse(`the function \`${full ?? name}\``);
    requirePattern(name, args[0], compilePattern);
  }
}

/** @throws {ExpressionError} if a text has another number of `%s` and the like than `format` has arguments */
function requireArguments(receiver: ASTNode, [list]: readonly ASTNode[]): void {
  if (receiver.op !== 'value' || typeof receiver.args !== 'string' || list?.op !== 'list') return;
  const count = receiver.args.replaceAll('%%', '').split('%').length - 1;
  if (count === list.args.length) return;
  throw new ExpressionError(
    `\`format\` must have ${count} arguments, not ${list.args.length}`,
    receiver.start,
  );
}

const isVariables = (node: ASTNode): boolean => node.op === 'id' && node.args === 'variables';

function requirePattern(
  name: string,
  pattern: ASTNode | undefined,
  compilePattern: (pattern: string) => void,
): void {
  if (name !== 'matches' || pattern?.op !== 'value' || typeof pattern.args !== 'string') return;
  try {
    compilePattern(pattern.args);
  } catch (error) {
    throw new ExpressionError((error as Error).message, pattern.start);
  }
}

function partsOf(node: ASTNode): readonly ASTNode[] {
  switch (node.op) {
    case 'value':
    case 'id':
      return [];
    case '.':
    case '.?':
      return [node.args[0]];
    case 'call':
      return node.args[1];
    case 'rcall':
      return [node.args[1], ...node.args[2]];
    case 'list':
      return node.args;
    case 'map':
      return node.args.flat();
    case '!_':
    case '-_':
      return [node.args];
    default:
      return node.args;
  }
}
