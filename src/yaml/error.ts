/** The text is no YAML that Kubernetes reads. Thrown by the reader; nothing is guessed. */
export class YamlError extends Error {
  override readonly name = 'YamlError';
  /** Where the fault lies, in UTF-16 code units into the whole stream's text. */
  readonly offset: number;

  constructor(message: string, offset: number, options?: ErrorOptions) {
    super(message, options);
    this.offset = offset;
  }
}
