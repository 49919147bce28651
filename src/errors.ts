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

/**
 * A policy is invalid. Its message is that of the first mistake, and says how many more there are. Mistakes of a call,
 * which no check of a file shows, are all in it.
 */
export class PolicyError extends UsageError {
  readonly mistakes: readonly PolicyMistake[];

  constructor(mistakes: readonly PolicyMistake[]) {
    const [first, ...more] = mistakes;
    const place = first?.place;
    const isOfFile = /\.(?:ya?ml|json)$/.test(place?.file ?? '');
    const shown = isOfFile ? [] : more.slice(0, mostShown);
    const left = more.length - shown.length;
    const count = left === 1 ? '1 more mistake' : `${left} more mistakes`;
    const where = isOfFile ? ': see `kube-harden policy check`' : '';
    const rest = left === 0 ? '' : ` (and ${count}${where})`;
    const lines = [first, ...shown].map(each => each?.message ?? '');
    super(`${lines.join('\n')}${rest}`, place);
    this.mistakes = mistakes;
  }
}

const mostShown = 10;

/** The command has no such option. */
export class UnknownOptionError extends UsageError {
  readonly option: string;

  constructor(message: string, option: string, options?: ErrorOptions) {
    super(message, {}, options);
    this.option = option;
  }
}
