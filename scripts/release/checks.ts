import {execa} from 'execa';
import {versionIn, wrongVersions} from './versions.ts';

/**
 * Checks that the folder is a commit, and that it says one version everywhere.
 *
 * @returns the hash of the commit
 * @throws {Error} if it must not be released
 */
export async function checkRepository(folder: string): Promise<string> {
  const git = async (...args: readonly string[]) =>
    (await execa('git', args, {cwd: folder})).stdout;
  const changed = await git('status', '--porcelain');
  if (changed !== '') throw new Error(`commit or remove these files first:\n${changed}`);
  const wrong = wrongVersions(folder);
  if (wrong.length > 0) throw new Error(`all files must say one version:\n${wrong.join('\n')}`);
  const commit = await git('rev-parse', 'HEAD');
  const tag = `v${versionIn(folder)}`;
  const args = ['rev-parse', '--quiet', '--verify', `refs/tags/${tag}^{commit}`];
  const {stdout: tagged, exitCode} = await execa('git', args, {cwd: folder, reject: false});
  if (exitCode === 0 && tagged !== commit) {
    throw new Error(`the tag ${tag} is another commit, ${tagged}: the version has been released`);
  }
  return commit;
}
