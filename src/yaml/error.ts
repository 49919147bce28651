/** The text is not YAML that Kubernetes can read. Thrown by the parser, which guesses nothing. */
export class YamlError extends Error {
  override readonly name = 'YamlError';
  /** The offset of the error, in UTF-16 code units in the text of the whole stream. */
  readonly offset: number;

  constructor(message: string, offset: number, options?: ErrorOptions) {
    super(message, options);
    this.offset = offset;
  }
}
