/** The stream is refused: exit code 1, nothing on stdout. The message is the reason. */
export class RefusedError extends Error {
  override readonly name = 'RefusedError';
}
