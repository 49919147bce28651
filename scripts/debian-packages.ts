import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import {execa} from 'execa';
import {sha256Of} from './archive/sha256.ts';
import {packageFolder} from './fetch-package.ts';

/** The processors for which there is an image, as Debian and container images call them. */
export const architectures = ['amd64', 'arm64'] as const;

export type Architecture = (typeof architectures)[number];

/** A package of Debian, pinned by version and hash. */
export interface DebianPackage {
  readonly name: string;
  readonly version: string;
  readonly architecture: Architecture;
  /** The SHA-256 sum of its archive. */
  readonly sha256: string;
}

/** The release of Debian that the packages are from. */
const suite = 'bookworm';

const libc = {name: 'libc6', version: '2.36-9+deb12u14'};

/** The C library, by processor. */
export const libcs: Readonly<Record<Architecture, DebianPackage>> = {
  amd64: {
    ...libc,
    architecture: 'amd64',
    sha256: 'ba4f88f73dbc3ae9055f3c20f4523bfdbaf1ad13ff95e258924f77d20b4fbedf',
  },
  arm64: {
    ...libc,
    architecture: 'arm64',
    sha256: '01f4330719fd4f65580e16ea5a0527f372fca750e8f588d26deaf09f2d3b1cf4',
  },
};

/** What says which release of Debian a system is, and the licenses that packages refer to. */
export const baseFiles: DebianPackage = {
  name: 'base-files',
  version: '12.4+deb12u15',
  architecture: 'amd64',
  sha256: '3eb1ea6d85488f488cc2a163b98ad640ef88cee4c79287cf14e361aaf6206f47',
};

/** What the images for the given processors are made of, besides the executables. */
export const packagesFor = (wanted: readonly Architecture[]): readonly DebianPackage[] => [
  baseFiles,
  ...wanted.map(each => libcs[each]),
];

/** The path of a package's archive, which exists once it has been fetched. */
export const debianArchive = ({name, version, architecture}: DebianPackage): string =>
  path.join(packageFolder, `${name}_${version}_${architecture}.deb`);

/**
 * Fetches packages with apt, once, without touching the packages of this machine. They come from the
 * machine's own sources, or from the mirror that `DEBIAN_MIRROR` names.
 *
 * @throws {Error} if an archive does not have the pinned hash
 */
export async function fetchDebianPackages(wanted: readonly DebianPackage[]): Promise<void> {
  const missing = wanted.filter(each => !existsSync(debianArchive(each)));
  if (missing.length === 0) return;
  process.stderr.write(`fetching ${missing.map(nameOf).join(', ')} (once) …\n`);
  mkdirSync(packageFolder, {recursive: true});
  const scratch = mkdtempSync(path.join(packageFolder, 'apt-'));
  try {
    await download(missing, scratch);
    for (const each of missing) {
      const archive = path.join(scratch, path.basename(debianArchive(each)));
      const hash = sha256Of(readFileSync(archive));
      if (hash !== each.sha256) {
        throw new Error(`${nameOf(each)} must have the SHA-256 sum ${each.sha256}, not ${hash}`);
      }
      renameSync(archive, debianArchive(each));
    }
  } finally {
    rmSync(scratch, {recursive: true});
  }
}

const nameOf = ({name, version, architecture}: DebianPackage): string =>
  `${name}:${architecture}=${version}`;

async function download(packages: readonly DebianPackage[], scratch: string): Promise<void> {
  const config = path.join(scratch, 'apt.conf');
  writeFileSync(config, settings(scratch));
  for (const folder of ['lists/partial', 'cache/archives/partial']) {
    mkdirSync(path.join(scratch, folder), {recursive: true});
  }
  writeFileSync(path.join(scratch, 'status'), '');
  const options = {cwd: scratch, env: {APT_CONFIG: config}};
  await execa('apt-get', ['update'], options);
  await execa('apt-get', ['download', ...packages.map(nameOf)], options);
}

/** For apt.conf(5): all state in `scratch`, and both kinds of processors. */
function settings(scratch: string): string {
  const mirror = process.env['DEBIAN_MIRROR'];
  const source = path.join(scratch, 'sources.list');
  // The pinned hashes say whether a package is the right one, so the mirror needs no known key.
  if (mirror !== undefined) writeFileSync(source, `deb [trusted=yes] ${mirror} ${suite} main\n`);
  return `
    Dir::State::lists "${scratch}/lists";
    Dir::State::status "${scratch}/status";
    Dir::Cache "${scratch}/cache";
    APT::Architectures { ${architectures.map(each => `"${each}";`).join(' ')} };
    APT::Sandbox::User "root";
    Acquire::Languages "none";
    Acquire::IndexTargets::deb::DEP-11::DefaultEnabled "false";
    ${mirror === undefined ? '' : `Dir::Etc::sourcelist "${source}"; Dir::Etc::sourceparts "-";`}
  `;
}
