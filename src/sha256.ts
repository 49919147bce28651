/** The SHA-256 hash of `text` in UTF-8, as 64 digits. Few runs need node:crypto, and loading it is slow: it is loaded late. */
export const sha256 = (text: string): string =>
  process.getBuiltinModule('node:crypto').createHash('sha256').update(text).digest('hex');
