import type {Threshold} from '../severity.ts';
import type {Mode} from './policy.ts';

/** A named set of rules with what to do about each. Data: a profile runs no code. */
export interface Profile {
  readonly title: string;
  /** What to do about each rule; one that is absent is off. `all` stands for every rule. */
  readonly rules: Readonly<Record<string, Mode>> | {readonly all: Mode};
  readonly blockOn?: Threshold;
}

export const profiles: Readonly<Record<string, Profile>> = {
  audit: {title: 'Flags everything, rewrites nothing', rules: {all: 'flag'}},
  essential: {
    title: 'The mistakes that open clusters, rewritten: the default',
    rules: {'no-host-port': 'fix'},
  },
  baseline: {
    title: 'What the Pod Security Standard "baseline" demands',
    rules: {'no-host-port': 'fix'},
  },
  restricted: {
    title: 'What the Pod Security Standard "restricted" demands',
    rules: {'no-host-port': 'fix'},
  },
  strict: {title: 'Everything, rewritten where it can be', rules: {all: 'fix'}},
};
