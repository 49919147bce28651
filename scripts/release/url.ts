/**
 * The value of `--url`, without a slash at its end.
 *
 * @throws {Error} if it is not the address of a website
 */
export function baseUrl(value: string | undefined): string {
  if (value === undefined || !URL.canParse(value) || !/^https?:$/.test(new URL(value).protocol)) {
    throw new Error(`--url must be the address from which the files are downloaded, not ${value}`);
  }
  return value.replace(/\/+$/, '');
}
