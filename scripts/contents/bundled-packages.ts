import {readdirSync, readFileSync} from 'node:fs';
import path from 'node:path';
import {bundledCli} from '../source.ts';

/** A package whose code is in the bundle, according to the bundler. */
export interface BundledPackage {
  readonly name: string;
  readonly version: string;
  /** A license expression, as SPDX defines it. */
  readonly license: string;
  readonly author: string;
  /** The text of its license file, if it has one. */
  readonly licenseText: string | undefined;
  /** The hash of its archive, in the form of lock files. */
  readonly integrity: string;
  /** The bundled packages whose code it imports, as `name@version`. */
  readonly imports: readonly string[];
}

export interface BundleContents {
  /** In the order of their names. */
  readonly packages: readonly BundledPackage[];
  /** The packages that our own code imports, as `name@version`. */
  readonly imports: readonly string[];
}

let contents: Promise<BundleContents> | undefined;

/** The packages in the bundle of the command line. It is bundled once for all that ask. */
export function bundleContents(): Promise<BundleContents> {
  contents ??= readContents();
  return contents;
}

async function readContents(): Promise<BundleContents> {
  const {files} = await bundledCli({});
  const imports = new Map<string, Set<string>>();
  for (const [file, imported] of files) {
    const folder = folderOf(file);
    const known = imports.get(folder) ?? new Set();
    for (const other of imported.map(folderOf)) if (other !== folder) known.add(other);
    imports.set(folder, known);
  }
  const integrities = integritiesInLockFile();
  const idsOf = (folders: Iterable<string>) =>
    [...folders]
      .filter(folder => folder !== own && imports.has(folder))
      .map(idOf)
      .sort();
  const packages = [...imports]
    .filter(([folder]) => folder !== own)
    .map(([folder, imported]) => packageAt(folder, integrities, idsOf(imported)))
    .sort((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1));
  return {packages, imports: idsOf(imports.get(own) ?? [])};
}

export const keyOf = ({name, version}: {readonly name: string; readonly version: string}): string =>
  `${name}@${version}`;

/** The folder of what is not in a package. */
const own = '';

/** The folder of the package that contains a file. */
const folderOf = (file: string): string =>
  /^.*\bnode_modules\/(?:@[^/]+\/)?[^/]+/.exec(file)?.[0] ?? own;

interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly license: string;
  readonly author?: string | {readonly name: string};
}

const manifestIn = (folder: string): Manifest =>
  JSON.parse(readFileSync(path.join(folder, 'package.json'), 'utf8')) as Manifest;

const idOf = (folder: string): string => keyOf(manifestIn(folder));

function packageAt(
  folder: string,
  integrities: ReadonlyMap<string, string>,
  imports: readonly string[],
): BundledPackage {
  const {name, version, license, author = 'its authors'} = manifestIn(folder);
  const integrity = integrities.get(folder);
  if (integrity === undefined) throw new Error(`package-lock.json has no hash for ${folder}`);
  return {
    name,
    version,
    license,
    author: typeof author === 'string' ? author : author.name,
    licenseText: licenseTextIn(folder),
    integrity,
    imports,
  };
}

function licenseTextIn(folder: string): string | undefined {
  const file = readdirSync(folder).find(name => /^licen[cs]e(?:\.(?:md|txt))?$/i.test(name));
  return file === undefined ? undefined : readFileSync(path.join(folder, file), 'utf8');
}

/** The hashes of packages, by their folders. */
function integritiesInLockFile(): ReadonlyMap<string, string> {
  const {packages} = JSON.parse(readFileSync('package-lock.json', 'utf8')) as {
    readonly packages: Readonly<Record<string, {readonly integrity?: string}>>;
  };
  return new Map(
    Object.entries(packages).flatMap(([folder, {integrity}]) =>
      integrity === undefined ? [] : [[folder, integrity] as const],
    ),
  );
}
