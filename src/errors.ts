/** The place of an error in an input. Lines, columns and documents count from 1. */
export interface Place {
  readonly file?: string;
  readonly document?: number;
  readonly line?: number;
  readonly column?: number;
}

/** The input, the policy or the command line is invalid: exit code 2, nothing on stdout. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
  readonly place: Place;

  constructor(message: string, place: Place = {}, options?: ErrorOptions) {
    super(message, options);
    this.place = place;
  }
}

/** One of the mistakes in a policy. */
export interface PolicyMistake {
  readonly message: string;
  readonly place: Place;
}

/** A policy is invalid. Its message is that of the first mistake, and says how many more there are. */
export class PolicyError extends UsageError {
  readonly mistakes: readonly PolicyMistake[];

  constructor(mistakes: readonly PolicyMistake[]) {
    const [first, ...more] = mistakes;
    const count = more.length === 1 ? '1 more mistake' : `${more.length} more mistakes`;
    const rest = more.length === 0 ? '' : ` (and ${count}: see \`kube-harden policy check\`)`;
    super(`${first?.message ?? ''}${rest}`, first?.place);
    this.mistakes = mistakes;
  }
}

/** The command has no such option. */
export class UnknownOptionError extends UsageError {
  readonly option: string;

  constructor(message: string, option: string, options?: ErrorOptions) {
    super(message, {}, options);
    this.option = option;
  }
}
