import {execa} from 'execa';

/**
 * The date of what is built, in seconds since 1970: `SOURCE_DATE_EPOCH` if it is set, otherwise the
 * date of the last commit, so that a second build makes the same bytes.
 */
export async function sourceDate(): Promise<number> {
  const given = process.env['SOURCE_DATE_EPOCH'];
  const {stdout} =
    given === undefined ? await execa('git', ['log', '-1', '--format=%ct']) : {stdout: given};
  if (!/^\d+$/.test(stdout)) {
    throw new Error(`SOURCE_DATE_EPOCH must be a number of seconds, not "${stdout}"`);
  }
  return Number(stdout);
}
