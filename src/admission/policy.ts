import type {Expression} from '../cel/compile.ts';
import type {Resource} from '../kubernetes/resource.ts';
import type {Severity} from '../severity.ts';

/** An admission policy whose expressions are compiled, with what its bindings do. */
export interface CompiledPolicy {
  readonly matches: (object: Judged) => Match;
  readonly variables: readonly {readonly name: string; readonly expression: Expression}[];
  readonly conditions: readonly Expression[];
  readonly validations: readonly CompiledValidation[];
  /** Whether the API server allows an object if an expression fails. */
  readonly ignoresFailures: boolean;
  readonly bindings: readonly CompiledBinding[];
}

export interface CompiledValidation {
  readonly expression: Expression;
  readonly message: string;
  readonly messageExpression?: Expression;
}

export interface CompiledBinding {
  readonly matches: (object: Judged) => Match;
  readonly severity: Severity;
  /** The object for `params`; `needed` names one that is not in the files. */
  readonly params: (object: Judged) => Params;
}

export type Params =
  | {readonly is: 'none'}
  | {readonly is: 'found'; readonly value: Resource}
  | {readonly is: 'missing'; readonly name: string};

/** Whether something matches an object. */
export type Match = boolean | Unsure;

/** That only a cluster knows whether something matches. */
export interface Unsure {
  /** On what it depends. */
  readonly on: string;
  /** Whether the API server would judge another version of the object than the one that is written. */
  readonly isConverted?: true;
}

/** An object with its namespace, as far as the stream has it. */
export interface Judged {
  readonly resource: Resource;
  /** Its namespace; empty for an object in none; undefined if that is not known. */
  readonly namespace: string | undefined;
  /** The Namespace, if the stream has it. */
  readonly namespaceObject: Resource | undefined;
}
