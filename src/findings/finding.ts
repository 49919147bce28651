import type {Status} from '../check/verdict.ts';
import type {Json} from '../json.ts';
import type {Exception, Exposure} from '../policy/policy.ts';
import type {References} from '../rules/rule.ts';
import {reaches, type Severity, type Threshold} from '../severity.ts';
import {safeText} from '../text/safe-text.ts';

/**
 * What becomes of a finding: render has `fixed` it, or would where an audit says so; its rewrite
 * `waits` for the user's decision; or there is none to be made, and it is flagged. What is noted
 * may be clients that the user must decide on: they wait, or are `cut` off.
 */
export type Disposition =
  | 'fixed'
  | 'would-fix'
  | 'waits'
  | 'flag-only'
  | 'excepted'
  | 'noted'
  | 'cut';

/** A violation of a rule, placed in the stream. The shape of `--format json`. */
export interface Finding {
  readonly rule: string;
  readonly severity: Severity;
  readonly status: Status;
  readonly disposition: Disposition;
  readonly message: string;
  readonly resource: ResourceIdentity;
  readonly container?: string;
  /** A JSON Pointer (RFC 6901) into the object. */
  readonly path: string;
  readonly source: Source;
  /** The field's value as it was read; absent where the field was. */
  readonly before?: Json;
  /** The field's value as it was rewritten; absent where it is gone or was not rewritten. */
  readonly after?: Json;
  /** How the manifest shows that the workload depends on what the rewrite takes: sentences. */
  readonly evidence?: readonly string[];
  /** What no manifest tells, and the rewrite needs to be true: a sentence's end after "not known". */
  readonly doubt?: string;
  /** Present where the rewrite was not made for one or the other: the user must decide. */
  readonly waits?: true;
  /** Of a rewrite that waits: the exception that keeps the setting, ready for the policy. */
  readonly exception?: Exception;
  /** Of what waits: the declaration that keeps its clients, ready for the policy. */
  readonly exposed?: Exposure;
  /** The reason that the exception gives. */
  readonly reason?: string;
  /** What the author of the manifest must do: the rule's remedy. */
  readonly remedy: string;
  readonly references: References;
}

/** Whether a finding counts against `threshold`: neither fixed nor excepted, and that severe. */
export const counts = ({status, severity}: Finding, threshold: Threshold): boolean =>
  status === 'flagged' && reaches(severity, threshold);

export interface ResourceIdentity {
  readonly apiVersion: string;
  readonly kind: string;
  readonly namespace?: string;
  readonly name: string;
}

/** Where in the input a finding lies; documents, lines and columns count from 1. */
export interface Source {
  readonly file: string;
  readonly document: number;
  readonly line: number;
  readonly column: number;
  /** The chart's template that rendered the document, where the stream tells. */
  readonly template?: string;
  /** The line below the comment `# Source:` that heads the document, where there is one. */
  readonly templateLine?: number;
  /** Present where the input was rendered for the audit: a line of it is nowhere to be seen. */
  readonly isRendering?: true;
}

/** `Deployment/shop/web`, or `Deployment/web` where the manifest names no namespace. */
export function titleOf({resource: {kind, namespace, name}}: Finding): string {
  return safeText([kind, ...(namespace === undefined ? [] : [namespace]), name].join('/'));
}

/** Whether it is the user's to decide: what waits, and clients that are cut off. */
export const isUndecided = ({disposition}: Finding): boolean =>
  disposition === 'waits' || disposition === 'cut';
