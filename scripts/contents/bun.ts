import {readFileSync} from 'node:fs';
import path from 'node:path';
import {execa} from 'execa';
import {hostTarget} from '../executable-path.ts';
import {fetchPackage, folderOf, type PinnedPackage} from '../fetch-package.ts';
import {buns, fetchRuntime} from '../runtimes.ts';

/** What Bun, the greatest part of each executable, is made of: its own notice, and what it reports. */

/** Contains the notice of this version of Bun. The packages of its executables contain none. */
export const noticePackage: PinnedPackage = {
  name: 'bun-types',
  version: buns['linux-x64'].version,
  integrity:
    'sha512-ECHn+9dhL3wv0G6u0+7dQvrnaimXiRDxxerYBmhTaLyJEEuvTPWk2Fye3XIf5Y++JIIiHKfQw4Z7V5D8KuiXbg==',
};

export interface BunPart {
  readonly name: string;
  /** A version or the hash of a commit, if Bun reports one. */
  readonly version: string | undefined;
  /** In the words of the notice. */
  readonly license: string;
}

/** The notice on the licenses of Bun and of what it contains, in Markdown. */
export async function bunNotice(): Promise<string> {
  await fetchPackage(noticePackage);
  const file = path.join(folderOf(noticePackage), 'docs/project/license.mdx');
  return readFileSync(file, 'utf8')
    .replace(/^---\n.*?\n---\n/s, '')
    .trim();
}

/** The names in the notice, where `process.versions` has other ones. */
const reportedNames: Readonly<Record<string, string>> = {
  'c-ares': 'ares',
  'lol-html': 'lolhtml',
  'ls-hpack': 'lshpack',
  libicu: 'icu',
  libuv: 'uv',
  picohttp: 'picohttpparser',
  uSockets: 'usockets',
  uWebsockets: 'uwebsockets',
  'zlib-ng': 'zlib',
};

let parts: Promise<readonly BunPart[]> | undefined;

/** What Bun is linked with, in the order of its notice. It is asked once for all bills of materials. */
export function bunParts(): Promise<readonly BunPart[]> {
  parts ??= askForParts();
  return parts;
}

async function askForParts(): Promise<readonly BunPart[]> {
  const bun = await fetchRuntime(buns[hostTarget()]);
  const {stdout} = await execa(bun, ['--eval', 'console.log(JSON.stringify(process.versions))']);
  const versions = JSON.parse(stdout) as Readonly<Record<string, string>>;
  const [, table = ''] = (await bunNotice()).split('## Linked libraries');
  const rows = table
    .split('\n## ')[0]
    ?.matchAll(/^\| (?:A fork of )?\[`([^`]+)`\].*?\| (.+?) *\|$/gm);
  return [
    {name: 'WebKit', version: versions['webkit'], license: 'LGPL-2'},
    ...[...(rows ?? [])].map(([, name = '', license = '']) => ({
      name,
      version: versions[reportedNames[name] ?? name],
      license: license.replace(/\[([^\]]+)\]\([^)]*\)/g, '$1'),
    })),
  ];
}
