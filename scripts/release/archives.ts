import {readFileSync} from 'node:fs';
import {execaNode} from 'execa';
import {gzipOf} from '../archive/gzip.ts';
import {tarOf} from '../archive/tar.ts';
import {zipOf} from '../archive/zip.ts';
import {licensesFile, thirdPartyLicenses} from '../contents/licenses.ts';
import {isWindows, programIn, type Target} from '../executable-path.ts';
import {packageJson} from '../package-json.ts';

/** The archives to download: the executable for a platform, with what belongs to it. */

export const archiveName = (target: Target): string =>
  `${packageJson.name}-${packageJson.version}-${target}.${isWindows(target) ? 'zip' : 'tar.gz'}`;

/**
 * The archive for a platform: a zip for Windows, otherwise a compressed tar.
 *
 * @param documents The text of each other file, by its path
 * @param seconds The time of the files, in seconds since 1970
 */
export function archiveOf(
  target: Target,
  executable: Uint8Array,
  documents: Readonly<Record<string, string>>,
  seconds: number,
): Buffer {
  const entries = [
    {path: programIn(target), content: executable, mode: 0o755},
    ...Object.entries(documents).map(([path, content]) => ({path, content})),
  ];
  return isWindows(target) ? zipOf(entries) : gzipOf(tarOf(entries, seconds));
}

/** Where shells and `man` look for files of these names. */
const printed: Readonly<Record<string, readonly string[]>> = {
  'completions/kube-harden.bash': ['completion', 'bash'],
  'completions/_kube-harden': ['completion', 'zsh'],
  'completions/kube-harden.fish': ['completion', 'fish'],
  'kube-harden.1': ['help', '--man'],
};

/** What each archive contains besides the executable. `npm run build` must have been run before. */
export async function archiveDocuments(): Promise<Readonly<Record<string, string>>> {
  const documents: Record<string, string> = {
    LICENSE: readFileSync('LICENSE', 'utf8'),
    [licensesFile]: await thirdPartyLicenses('executable'),
  };
  for (const [file, args] of Object.entries(printed)) {
    const {stdout} = await execaNode('dist/kube-harden.cjs', args, {nodeOptions: []});
    documents[file] = `${stdout}\n`;
  }
  return documents;
}
