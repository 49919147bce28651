import type {Expression} from '../cel/compile.ts';
import {Budget, type Scope} from '../cel/evaluate.ts';
import type {Reading, Sources} from '../cel/reads.ts';
import {
  CelError,
  fromJson,
  type MapKey,
  type MapValue,
  MissingKeyError,
  Unknown,
  UnknownError,
  type Value,
} from '../cel/values.ts';
import {isClusterScoped} from '../kubernetes/cluster-scoped.ts';
import type {Resource} from '../kubernetes/resource.ts';
import {memoized} from '../memoized.ts';
import type {Judgement} from '../policy/policy.ts';
import {type Severity, severities} from '../severity.ts';
import {unknownNamespace} from './judged.ts';
import type {
  CompiledBinding,
  CompiledPolicy,
  CompiledValidation,
  Judged,
  Unsure,
} from './policy.ts';
import {resourceOf} from './resources.ts';
import {hasKnownFields, servedObject} from './served/served.ts';

/** What the API server would say about the creation of an object, binding by binding; of equal ones the most severe. */
export function judge(policy: CompiledPolicy, object: Judged): readonly Judgement[] {
  const matches = policy.matches(object);
  if (matches === false) return [];
  return unlessUnsure(matches, () => judgedByAll(policy, object));
}

/** If it is not sure that something matches, that matters only if there is something to say. */
function unlessUnsure(
  matches: true | Unsure,
  say: () => readonly Judgement[],
): readonly Judgement[] {
  if (matches === true) return say();
  const isMeant = matches.isConverted === true || say().length > 0;
  return isMeant ? [unknown(matches.on)] : [];
}

function judgedByAll(policy: CompiledPolicy, object: Judged): readonly Judgement[] {
  const found = new Map<string, Judgement>();
  for (const binding of policy.bindings) {
    for (const judgement of judgedBy(policy, binding, object)) {
      const key = `${judgement.part} ${judgement.message}`;
      const known = found.get(key);
      if (known === undefined || rank(judgement) > rank(known)) found.set(key, judgement);
    }
  }
  return [...found.values()];
}

const rank = ({severity}: Judgement): number =>
  severity === undefined ? -1 : severities.indexOf(severity);

function judgedBy(
  policy: CompiledPolicy,
  binding: CompiledBinding,
  object: Judged,
): readonly Judgement[] {
  const matches = binding.matches(object);
  if (matches === false) return [];
  const params = binding.params(object);
  if (params.is === 'missing') return [unknown(`the object ${params.name} for \`params\``)];
  const run = new Run(policy, object, params.is === 'found' ? params.value : undefined);
  return unlessUnsure(matches, () => run.judgements(binding.severity));
}

/** That a rule cannot be judged, because only a cluster knows something. */
export const unknown = (what: string): Judgement => ({
  message: `cannot be judged: it depends on ${what}`,
  part: '',
  isUnknown: true,
  ...(what === unknownNamespace ? {lacksNamespace: true} : {}),
});

const compared = ['object', 'namespaceObject'];

/** The evaluation of a policy for one object and one `params`. */
class Run {
  readonly #policy: CompiledPolicy;
  readonly #scope: Scope;
  /** What is compared of the object and its namespace: another name of it is no other mistake. */
  readonly #sources: Sources;
  /** What the variables read. */
  readonly #readings = new Map<string, Reading>();
  readonly #budget = new Budget();
  /** What the author of an expression must know of a field that is missing, up to how to write it. */
  readonly #whenMissing: string;

  constructor(policy: CompiledPolicy, object: Judged, params: Resource | undefined) {
    this.#policy = policy;
    this.#whenMissing = hasKnownFields(object.resource)
      ? 'Read a field that may be missing as'
      : 'If the definition of the kind has a default, read the field as';
    const values = new Map<string, Value>([
      ['object', objectValue(object)],
      ['oldObject', null],
      ['request', requestOf(object)],
      ['params', params === undefined ? null : served(params)],
      ['namespaceObject', namespaceValue(object)],
    ]);
    const variables = new Variables(name => this.#variable(name));
    values.set('variables', variables);
    this.#scope = {find: name => values.get(name)};
    this.#sources = {
      find: name => (compared.includes(name) ? [values.get(name) ?? null] : []),
      readingOf: name => this.#reading(name),
    };
  }

  #reading(name: string): Reading {
    const known = this.#readings.get(name);
    if (known !== undefined) return known;
    const reading = this.#found(name)?.expression.read(this.#sources) ?? {texts: [], parts: []};
    this.#readings.set(name, reading);
    return reading;
  }

  #found(name: string) {
    return this.#policy.variables.find(each => each.name === name);
  }

  #variable(name: string): Value | undefined {
    const found = this.#found(name);
    return found === undefined ? undefined : this.#evaluated(found.expression);
  }

  #evaluated(expression: Expression): Value {
    return expression.evaluate(this.#scope, this.#budget);
  }

  judgements(severity: Severity): readonly Judgement[] {
    try {
      if (!this.#meetsConditions()) return [];
    } catch (error) {
      return this.#failed(error, severity, 'matchConditions');
    }
    return this.#policy.validations.flatMap((validation, index) => {
      const part = this.#policy.validations.length === 1 ? '' : `validation ${index + 1}`;
      try {
        if (this.#evaluated(validation.expression) === true) return [];
      } catch (error) {
        return this.#failed(error, severity, part);
      }
      const seen = validation.expression.read(this.#sources).texts.toSorted();
      return [{message: this.#message(validation), severity, part, seen}];
    });
  }

  /** A condition that is false decides, even if another one fails. */
  #meetsConditions(): boolean {
    let failure: unknown;
    for (const condition of this.#policy.conditions) {
      try {
        if (this.#evaluated(condition) === false) return false;
      } catch (error) {
        failure ??= error;
      }
    }
    if (failure !== undefined) throw failure;
    return true;
  }

  #failed(error: unknown, severity: Severity, part: string): readonly Judgement[] {
    if (!(error instanceof CelError)) throw error;
    if (error instanceof UnknownError) return [unknown(error.what)];
    if (this.#policy.ignoresFailures) return [];
    const hint =
      error instanceof MissingKeyError && /^[A-Za-z_]\w{0,62}$/.test(error.key)
        ? `. ${this.#whenMissing} \`.?${error.key}\``
        : '';
    return [{message: `the expression fails: ${error.message}${hint}`, severity, part}];
  }

  /** As the API server, falls back on the message if the expression for it is of no use. */
  #message({message, messageExpression}: CompiledValidation): string {
    if (messageExpression === undefined) return message;
    try {
      const text = this.#evaluated(messageExpression);
      const isFine = typeof text === 'string' && text.trim() !== '' && !/[\n\r]/.test(text);
      return isFine && text.length <= longestMessage ? text.trim() : message;
    } catch (error) {
      if (error instanceof CelError) return message;
      throw error;
    }
  }
}

const longestMessage = 5 * 1024;

/** The variables of a policy, each evaluated when it is first read. */
class Variables extends Map<MapKey, Value> {
  readonly #find: (name: string) => Value | undefined;

  constructor(find: (name: string) => Value | undefined) {
    super();
    this.#find = find;
  }

  override get(key: MapKey): Value | undefined {
    if (!super.has(key) && typeof key === 'string') {
      const value = this.#find(key);
      if (value !== undefined) this.set(key, value);
    }
    return super.get(key);
  }
}

/** Several policies look at one object, and at one Namespace: each is converted once. */
const served = memoized(servedObject);

const objectValue = ({resource, namespace}: Judged): Value =>
  withNamespace(served(resource), namespace);

/** The API server sets the namespace of an object to that of the request. */
function withNamespace(object: MapValue, namespace: string | undefined): Value {
  if (namespace === '') return object;
  const metadata = object.get('metadata');
  const fields = metadata instanceof Map ? (metadata as MapValue) : new Map<MapKey, Value>();
  const value = namespace ?? new Unknown(unknownNamespace);
  return new Map([...object, ['metadata', new Map([...fields, ['namespace', value]])]]);
}

function requestOf({resource, namespace}: Judged): Value {
  const {group, version, kind, name} = resource;
  const gvk = fromJson({group, version, kind});
  const gvr = fromJson({group, version, resource: resourceOf(resource)});
  return new Map<MapKey, Value>([
    ['kind', gvk],
    ['resource', gvr],
    ['requestKind', gvk],
    ['requestResource', gvr],
    // Fields without a value are left out.
    ...(name === '' ? [] : ([['name', name]] as const)),
    ...(namespace === ''
      ? []
      : ([['namespace', namespace ?? new Unknown(unknownNamespace)]] as const)),
    ['operation', 'CREATE'],
    ['userInfo', new Unknown('who makes the request')],
    ['dryRun', new Unknown('whether the request is a dry run')],
    ['options', new Unknown('the options of the request')],
    ['uid', new Unknown('the request')],
  ]);
}

function namespaceValue({resource, namespaceObject}: Judged): Value {
  if (isClusterScoped(resource.group, resource.kind)) return null;
  return namespaceObject === undefined
    ? new Unknown('the Namespace, which is not in the stream')
    : served(namespaceObject);
}
