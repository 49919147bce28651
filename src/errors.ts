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

/** The command has no such option. */
export class UnknownOptionError extends UsageError {
  readonly option: string;

  constructor(message: string, option: string, options?: ErrorOptions) {
    super(message, {}, options);
    this.option = option;
  }
}
