import {mkdtempSync, readdirSync, readFileSync, readlinkSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import path from 'node:path';
import {execa} from 'execa';
import type {TarEntry} from '../archive/tar.ts';
import {
  type Architecture,
  baseFiles,
  type DebianPackage,
  debianArchive,
  libcs,
} from '../debian-packages.ts';

/**
 * The root file system of the image: what the executable needs from a Linux system, and the users that
 * container tools know by name. There is no shell and no other program.
 */

export const user = {name: 'nonroot', id: 65532};

export const workingDirectory = 'workspace';

export const executableInImage = 'usr/local/bin/kube-harden';

interface System {
  /** The folder of the libraries, and the loader in it. */
  readonly folder: string;
  readonly loader: string;
  /** The path of the loader that the executable names: a link. */
  readonly interpreter: string;
}

const systems: Readonly<Record<Architecture, System>> = {
  amd64: {
    folder: 'lib/x86_64-linux-gnu',
    loader: 'ld-linux-x86-64.so.2',
    interpreter: 'lib64/ld-linux-x86-64.so.2',
  },
  arm64: {
    folder: 'lib/aarch64-linux-gnu',
    loader: 'ld-linux-aarch64.so.1',
    interpreter: 'lib/ld-linux-aarch64.so.1',
  },
};

/** What the executables are linked with, next to the loader. */
const libraries = ['libc.so.6', 'libdl.so.2', 'libm.so.6', 'libpthread.so.0'];

/** What the executable runs on. */
export async function systemEntries(architecture: Architecture): Promise<readonly TarEntry[]> {
  const {folder, loader, interpreter} = systems[architecture];
  const libc = libcs[architecture];
  const files = [loader, ...libraries].map(name => `${folder}/${name}`);
  return withFolders([
    ...(await entriesOf(libc, [...files, interpreter, 'usr/share/doc/libc6/copyright'])),
    ...(await entriesOf(baseFiles, [
      'etc/os-release',
      'usr/lib/os-release',
      'usr/share/common-licenses/GPL-2',
      'usr/share/common-licenses/LGPL-2.1',
    ])),
    // For scanners of vulnerabilities, which know images without dpkg by this folder.
    {path: `var/lib/dpkg/status.d/${libc.name}`, content: await controlOf(libc)},
    {path: `var/lib/dpkg/status.d/${baseFiles.name}`, content: await controlOf(baseFiles)},
    ...users,
    ...mountPoints.map(each => ({path: each, isFolder: true as const})),
    {path: 'tmp', isFolder: true, mode: 0o1777},
  ]);
}

/** Where container runtimes mount the system's folders, and users theirs. */
const mountPoints = ['dev', 'proc', 'sys', workingDirectory];

/** Besides ours there is `nobody`, as whom kustomize and kpt run functions. */
const users: readonly TarEntry[] = [
  {
    path: 'etc/passwd',
    content: `root:x:0:0:root:/:/nonexistent
nobody:x:65534:65534:nobody:/nonexistent:/nonexistent
${user.name}:x:${user.id}:${user.id}:${user.name}:/nonexistent:/nonexistent
`,
  },
  {
    path: 'etc/group',
    content: `root:x:0:
nogroup:x:65534:
${user.name}:x:${user.id}:
`,
  },
];

/** The executable, with documents on all that is in it. */
export const programEntries = (
  executable: Uint8Array,
  documents: Readonly<Record<string, string>>,
): readonly TarEntry[] =>
  withFolders([
    {path: executableInImage, content: executable, mode: 0o755},
    ...Object.entries(documents).map(([name, content]) => ({
      path: `usr/share/doc/kube-harden/${name}`,
      content,
    })),
  ]);

/** The entries, and the folders that they are in. */
function withFolders(entries: readonly TarEntry[]): readonly TarEntry[] {
  const known = new Set(entries.map(entry => entry.path));
  const folders = new Set(entries.flatMap(entry => parentsOf(entry.path)));
  const missing = [...folders].filter(folder => !known.has(folder));
  return [...entries, ...missing.map(folder => ({path: folder, isFolder: true as const}))];
}

function parentsOf(file: string): readonly string[] {
  const names = file.split('/').slice(0, -1);
  return names.map((_, index) => names.slice(0, index + 1).join('/'));
}

/** Some files of a package. */
async function entriesOf(
  wanted: DebianPackage,
  files: readonly string[],
): Promise<readonly TarEntry[]> {
  const scratch = mkdtempSync(path.join(tmpdir(), 'kube-harden-image-'));
  try {
    await execa('dpkg-deb', ['--extract', debianArchive(wanted), scratch]);
    return files.map(file => entryOf(scratch, file));
  } finally {
    rmSync(scratch, {recursive: true});
  }
}

function entryOf(folder: string, file: string): TarEntry {
  const place = path.join(folder, file);
  const entry = readdirSync(path.dirname(place), {withFileTypes: true}).find(
    each => each.name === path.basename(file),
  );
  if (entry === undefined) throw new Error(`the package has no ${file}`);
  if (entry.isSymbolicLink()) return {path: file, target: readlinkSync(place)};
  const isProgram = file.includes('/ld-linux');
  return {path: file, content: readFileSync(place), mode: isProgram ? 0o755 : 0o644};
}

/** The package's own description of itself, as dpkg keeps it. */
async function controlOf(wanted: DebianPackage): Promise<string> {
  const {stdout} = await execa('dpkg-deb', ['--field', debianArchive(wanted)]);
  return `${stdout}\n`;
}
