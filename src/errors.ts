/** Where in an input an error lies. Lines, columns and documents count from 1. */
export interface Place {
  readonly file?: string;
  readonly document?: number;
  readonly line?: number;
  readonly column?: number;
}

/** The input, the policy or the call cannot be used: exit code 2, nothing on stdout. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
  readonly place: Place;

  constructor(message: string, place: Place = {}, options?: ErrorOptions) {
    super(message, options);
    this.place = place;
  }
}
