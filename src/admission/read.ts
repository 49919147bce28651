import {type Compile, type Expression, ExpressionError} from '../cel/compile.ts';
import {UsageError} from '../errors.ts';
import {asList, asMap, asString, type Json, type JsonMap, type Path} from '../json.ts';
import {parseGroupVersion} from '../kubernetes/group-version.ts';
import type {Resource} from '../kubernetes/resource.ts';
import type {CustomRule} from '../policy/policy.ts';
import {type Severity, worseOf} from '../severity.ts';
import {LineIndex} from '../stream/lines.ts';
import {type ManifestStream, readStream} from '../stream/manifest-stream.ts';
import {locate} from '../yaml/locate.ts';
import {expressionMessage} from './expression-message.ts';
import {judge} from './judge.ts';
import {judgedObject} from './judged.ts';
import {matcherOf} from './matching.ts';
import type {CompiledBinding, CompiledPolicy, Judged, Params} from './policy.ts';

/** A file with admission policies. */
export interface AdmissionText {
  /** As it is shown. */
  readonly file: string;
  readonly text: string;
}

/** An object of a file. */
interface Placed {
  readonly resource: Resource;
  readonly stream: ManifestStream;
}

const group = 'admissionregistration.k8s.io';

/**
 * The ValidatingAdmissionPolicies in `files`, file by file. Bindings and the objects for `params` may be in any of
 * them.
 *
 * @throws {UsageError} with the place of what is wrong, or cannot be judged
 */
export function readAdmissionPolicies(
  files: readonly AdmissionText[],
  compile: Compile,
): readonly (readonly CustomRule[])[] {
  const perFile = files.map(({file, text}) => {
    const stream = readStream(text, file);
    return stream.resources.map(resource => ({resource, stream}));
  });
  const all = perFile.flat();
  return perFile.map(placed =>
    placed
      .filter(({resource}) => isKind(resource, 'ValidatingAdmissionPolicy'))
      .map(policy => ruleOf(policy, all, compile)),
  );
}

const isKind = (resource: Resource, kind: string): boolean =>
  resource.group === group && resource.kind === kind;

/** The error for what is wrong at `path` of an object. */
function mistake({resource, stream}: Placed, path: Path, message: string): UsageError {
  const document = stream.documents[resource.document];
  const offset = document === undefined ? 0 : locate(document, [...resource.path, ...path]);
  const place = document === undefined ? {} : new LineIndex(stream.text).at(offset);
  const title = `${resource.kind} "${resource.name}"`;
  return new UsageError(`${title}: ${message}`, {file: stream.file, ...place});
}

function ruleOf(policy: Placed, all: readonly Placed[], compile: Compile): CustomRule {
  const {resource} = policy;
  const bindings = all.filter(
    each =>
      isKind(each.resource, 'ValidatingAdmissionPolicyBinding') &&
      asMap(each.resource.value['spec'])?.['policyName'] === resource.name,
  );
  if (bindings.length === 0) {
    throw mistake(policy, [], 'no file under `admissionPolicies` has a binding for it');
  }
  const compiled = compiledPolicy(policy, bindings, all, compile);
  const severity = compiled.bindings.map(binding => binding.severity).reduce(worseOf);
  const [only, ...others] = compiled.validations;
  const title =
    only !== undefined && others.length === 0
      ? only.message
      : `The admission policy ${resource.name} must allow the object`;
  return {
    id: `admission/${resource.name}`,
    title,
    severity,
    remedy: `Change the object so that the admission policy ${resource.name} allows it.`,
    rationale: `The API server enforces the admission policy ${resource.name}.`,
    references: [],
    kinds: 'all',
    judge: (object, stream) => judge(compiled, judgedObject(object, stream)),
  };
}

function compiledPolicy(
  policy: Placed,
  bindings: readonly Placed[],
  all: readonly Placed[],
  compile: Compile,
): CompiledPolicy {
  const spec = asMap(policy.resource.value['spec']) ?? {};
  const paramKind = asMap(spec['paramKind']);
  const texts = new Expressions(policy, compile, paramKind !== undefined);
  // The API server asks them first: they read no variables.
  const conditions = asList(spec['matchConditions']).map((each, index) =>
    texts.compiled(each, ['spec', 'matchConditions', index, 'expression'], 'bool'),
  );
  const variables: {name: string; expression: Expression}[] = [];
  for (const [index, each] of asList(spec['variables']).entries()) {
    const name = asString(asMap(each)?.['name']) ?? '';
    const path = ['spec', 'variables', index, 'expression'];
    const expression = texts.compiled(each, path, 'any');
    variables.push({name, expression});
    texts.declare(name, expression.type);
  }
  return {
    matches: matcherOf(asMap(spec['matchConstraints'])),
    variables,
    conditions,
    validations: asList(spec['validations']).map((each, index) => {
      const path = ['spec', 'validations', index];
      const {message, messageExpression} = asMap(each) ?? {};
      const expression = texts.compiled(each, [...path, 'expression'], 'bool');
      const own = asString(message)?.trim() ?? '';
      return {
        expression,
        message: own === '' ? `failed expression: ${expression.text.trim()}` : own,
        ...((messageExpression ?? '') === ''
          ? {}
          : {messageExpression: texts.compiled(each, [...path, 'messageExpression'], 'string')}),
      };
    }),
    ignoresFailures: spec['failurePolicy'] === 'Ignore',
    bindings: bindings.map(binding => bindingOf(binding, paramKind, all)),
  };
}

/** Compiles the expressions of a policy. */
class Expressions {
  readonly #policy: Placed;
  readonly #compile: Compile;
  readonly #variables = new Map<string, string>();
  readonly #hasParams: boolean;

  constructor(policy: Placed, compile: Compile, hasParams: boolean) {
    this.#policy = policy;
    this.#compile = compile;
    this.#hasParams = hasParams;
  }

  /** Later expressions may read this variable. */
  declare(name: string, type: string): void {
    this.#variables.set(name, type);
  }

  /** @throws {UsageError} with its place, if it is wrong or cannot be judged */
  compiled(holder: Json | undefined, path: Path, result: Parameters<Compile>[1]): Expression {
    const text = asMap(holder)?.[String(path.at(-1))];
    if (typeof text !== 'string') {
      throw mistake(this.#policy, path.slice(0, -1), `\`${path.at(-1)}\` must be CEL`);
    }
    try {
      return this.#compile(text, result, {
        variables: this.#variables,
        hasParams: this.#hasParams,
      });
    } catch (error) {
      if (!(error instanceof ExpressionError)) throw error;
      const name = path.slice(1).join('.');
      throw mistake(this.#policy, path, expressionMessage(`\`${name}\``, text, error));
    }
  }
}

/** How severe it is what the API server does. */
const severityOf: ReadonlyMap<string, Severity> = new Map([
  ['Deny', 'high'],
  ['Warn', 'medium'],
  ['Audit', 'low'],
]);

function bindingOf(
  binding: Placed,
  paramKind: JsonMap | undefined,
  all: readonly Placed[],
): CompiledBinding {
  const spec = asMap(binding.resource.value['spec']) ?? {};
  const found = asList(spec['validationActions']).flatMap(action => {
    const severity = typeof action === 'string' ? severityOf.get(action) : undefined;
    return severity === undefined ? [] : [severity];
  });
  const [first, ...rest] = found;
  if (first === undefined) {
    const message = '`validationActions` must list Deny, Warn or Audit';
    throw mistake(binding, ['spec', 'validationActions'], message);
  }
  return {
    matches: matcherOf(asMap(spec['matchResources'])),
    severity: rest.reduce(worseOf, first),
    params: paramsOf(binding, asMap(spec['paramRef']), paramKind, all),
  };
}

/**
 * Finds the object for `params`: in the namespace of the binding, or of the object that is judged. Whatever
 * `parameterNotFoundAction` says, one that is in no file may be in the cluster.
 */
function paramsOf(
  binding: Placed,
  paramRef: JsonMap | undefined,
  paramKind: JsonMap | undefined,
  all: readonly Placed[],
): (object: Judged) => Params {
  if (paramKind === undefined || paramRef === undefined) return () => ({is: 'none'});
  const name = asString(paramRef['name']);
  if (name === undefined) {
    const message = '`paramRef.selector` cannot be judged outside the cluster: name one object';
    throw mistake(binding, ['spec', 'paramRef'], message);
  }
  const {kind, apiVersion} = paramKind;
  const wanted = typeof apiVersion === 'string' ? parseGroupVersion(apiVersion) : undefined;
  const candidates = all
    .map(({resource}) => resource)
    .filter(each => each.kind === kind && each.group === wanted?.group && each.name === name);
  const fixed = asString(paramRef['namespace']);
  return ({namespace}) => {
    const place = fixed ?? namespace;
    const found = candidates.find(each => each.namespace === undefined || each.namespace === place);
    if (found !== undefined) return {is: 'found', value: found};
    return {is: 'missing', name: `${asString(kind) ?? ''} "${name}"`};
  };
}
