import type {FrameworkResult} from '../frameworks/result.ts';
import type {Hardened} from '../harden.ts';
import type {NetworkReport} from '../network-report.ts';
import type {Policy} from '../policy/policy.ts';
import {type Severity, severities} from '../severity.ts';
import {version} from '../version.ts';

/** Everything that a formatter may show about one run. */
export type Report = Omit<Hardened, 'text'> & {
  readonly policy: Policy;
  /** Why the stream was refused: then nothing was printed or hardened. */
  readonly refusal?: string;
  /** In an audit: what could be applied but was not checked. */
  readonly skipped?: readonly Unjudged[];
  /** In an audit: targets that could not be checked. */
  readonly failed?: readonly Unjudged[];
  /** In an audit: what it says about the controls of frameworks. */
  readonly frameworks?: readonly FrameworkResult[];
  /** For each finding, in order: what its rewrite changes, as the lines of a diff. */
  readonly changes?: readonly (readonly string[])[];
  /** Who can reach whom in each target. */
  readonly networks?: readonly TargetNetwork[];
  /** The folder that files in a report are relative to. */
  readonly workingDirectory?: string;
  /** Of which part of an audit it is, if not of all of it. */
  readonly shard?: object;
  /** Labels for report objects. */
  readonly labels?: Readonly<Record<string, string>>;
  /** Policy files that were found but are not the user's. */
  readonly ignoredPolicies?: readonly Unjudged[];
};

/** Who can reach whom in a target, before and after hardening. */
export interface TargetNetwork extends Pick<NetworkReport, 'before' | 'after'> {
  readonly file: string;
}

export interface Unjudged {
  readonly file: string;
  readonly reason: string;
}

export const tool = {name: 'kube-harden', version} as const;

/** `1 critical, 2 low`; empty without any. */
export const severityCounts = (items: readonly {readonly severity: Severity}[]): string =>
  severities
    .toReversed()
    .map(severity => {
      const count = items.filter(item => item.severity === severity).length;
      return count === 0 ? '' : `${count} ${severity}`;
    })
    .filter(text => text !== '')
    .join(', ');

/** `1 document`, `2 documents`. */
export const counted = (count: number, noun: string): string =>
  `${count} ${noun}${count === 1 ? '' : 's'}`;
