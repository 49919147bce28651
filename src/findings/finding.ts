import type {Status} from '../check/verdict.ts';
import type {Json} from '../json.ts';
import type {DeclaredConnection} from '../policy/network-policy.ts';
import type {Exception, Exposure} from '../policy/policy.ts';
import type {References, SettlingCommand} from '../rules/rule.ts';
import {reaches, type Severity, type Threshold} from '../severity.ts';
import {safeText} from '../text/safe-text.ts';
import type {ValueAdvice} from './value-advice.ts';

/**
 * What render does with a finding: it has `fixed` it, or would do so; the rewrite `waits` for the
 * user's decision; or there is no rewrite, and it is only flagged. A note may be about clients that
 * the user must decide on: they wait, or are `cut` off.
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
  /**
   * Identifies the finding in a report, and in later ones: it stays when lines move, and when the
   * release or its namespace has another name.
   */
  readonly fingerprint: string;
  readonly severity: Severity;
  readonly status: Status;
  /** Present if the baseline of the audit has it: no threshold counts it. */
  readonly known?: true;
  readonly disposition: Disposition;
  readonly message: string;
  readonly resource: ResourceIdentity;
  readonly container?: string;
  /** A JSON Pointer (RFC 6901) into the object. */
  readonly path: string;
  readonly source: Source;
  /** The original value of the field; absent if the field was missing. */
  readonly before?: Json;
  /** The rewritten value of the field; absent if it was removed or not rewritten. */
  readonly after?: Json;
  /** The evidence that the workload depends on what the rewrite takes away, as sentences. */
  readonly evidence?: readonly string[];
  /**
   * What the rewrite needs to be true but no manifest shows: the end of a sentence after "unknown".
   */
  readonly doubt?: string;
  /** The command that settles the doubt, without the program and the targets. */
  readonly settledBy?: SettlingCommand;
  /** Present if the rewrite was not made because of either: the user must decide. */
  readonly waits?: true;
  /** For a rewrite that waits: the exception that keeps the setting, ready for the policy. */
  readonly exception?: Exception;
  /** For exposures that wait: the entry that keeps the clients, ready for the policy. */
  readonly exposed?: Exposure;
  /** For what no entry may allow: the lock that forbids it, and its place. */
  readonly locked?: string;
  /** For a note: it may be a mistake, in a namespace that neither the manifest nor the call names. */
  readonly lacksNamespace?: true;
  /** For a note about connections that no manifest shows: declarations to start from. */
  readonly connections?: readonly DeclaredConnection[];
  /** Why it is allowed, according to the entry of the policy that allows it. */
  readonly reason?: string;
  readonly approver?: string;
  readonly ticket?: string;
  readonly expires?: string;
  /** In an audit that looks for them: the values of the chart that clear it, proven by rendering. */
  readonly values?: ValueAdvice;
  /** In an audit under several sets of values: those under which it appears. */
  readonly underValues?: readonly string[];
  /** What the author of the manifest must do: the remedy of the rule. */
  readonly remedy: string;
  readonly references: References;
}

/**
 * Whether a finding counts against `threshold`: it is neither fixed, excepted nor known, and severe
 * enough.
 */
export const counts = (finding: Finding, threshold: Threshold): boolean =>
  isOpen(finding) && reaches(finding.severity, threshold);

/** Whether an audit fails by what it found: a finding that counts, or under `strict` an exception that matches nothing. */
export const failsAudit = (
  {
    findings,
    staleExceptions,
  }: {
    readonly findings: readonly Finding[];
    readonly staleExceptions: readonly unknown[];
  },
  {failOn, strict}: {readonly failOn: Threshold; readonly strict?: boolean | undefined},
): boolean =>
  (strict === true && staleExceptions.length > 0) || findings.some(each => counts(each, failOn));

/** Whether something is left to do about a finding. */
export const isOpen = ({status, known}: Finding): boolean => status === 'flagged' && known !== true;

export interface ResourceIdentity {
  readonly apiVersion: string;
  readonly kind: string;
  readonly namespace?: string;
  readonly name: string;
}

/** The place of a finding in the input; documents, lines and columns count from 1. */
export interface Source {
  readonly file: string;
  readonly document: number;
  readonly line: number;
  readonly column: number;
  /** The template that rendered the document, if the stream shows it. */
  readonly template?: string;
  /**
   * The line number relative to the comment `# Source:` at the top of the document, if there is
   * one.
   */
  readonly templateLine?: number;
  /** What was rendered: the line in the template's file that most likely rendered it. */
  readonly fileLine?: number;
  /** Present if the input was rendered for the audit: its lines are in no file. */
  readonly isRendering?: true;
  /** Present if it was read from a cluster, where it has no line: `path` is its place. */
  readonly isLive?: true;
  /** In a cluster: the release or application that the object belongs to. */
  readonly manager?: string;
}

/** `Deployment/shop/web`, or `Deployment/web` if the manifest sets no namespace. */
export function titleOf({resource: {kind, namespace, name}}: Pick<Finding, 'resource'>): string {
  return safeText([kind, ...(namespace === undefined ? [] : [namespace]), name].join('/'));
}

/** Whether the user must decide: rewrites that wait, and clients that are cut off. */
export const isUndecided = ({disposition}: Finding): boolean =>
  disposition === 'waits' || disposition === 'cut';
