import {sign} from 'node:crypto';
import {copyFileSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import path from 'node:path';
import {execa} from 'execa';
import {sha256Of} from '../archive/sha256.ts';
import {sbomFiles} from '../contents/sbom-files.ts';
import {architectures} from '../debian-packages.ts';
import {type ExecutablePath, targets} from '../executable-path.ts';
import {packageHelmPlugin, pluginNames} from '../helm-plugin.ts';
import {buildImage, imagePath} from '../image/build-image.ts';
import {sourceDate} from '../source-date.ts';
import {krewFile, krewManifest} from './krew.ts';
import {enveloped, privateKeyIn, provenanceOf} from './provenance.ts';
import {writeArchives} from './write-archives.ts';

export interface ReleaseOptions {
  /** The folder of the files, which is emptied first. */
  readonly folder: string;
  /** The address from which the files will be downloaded. */
  readonly url: string;
  /** The public address of the repository, if it has one. */
  readonly source: string | undefined;
  readonly builder: string | undefined;
  readonly commit: string;
  /** Helm 4: its name or path. */
  readonly helm: string;
  /** The file of the private key that signs. */
  readonly key: string | undefined;
  /** Options of `helm plugin package` that sign the plugins, or not. */
  readonly pluginSigning: readonly string[];
  /** What the changelog says of the version. */
  readonly notes: string;
  readonly executablePath: ExecutablePath;
}

const say = (text: string): boolean => process.stderr.write(`${text} …\n`);

/**
 * Writes all files of a release into a folder. The bundle and the executables must have been built, the
 * bundle for all versions of Node.
 */
export async function assembleRelease(options: ReleaseOptions): Promise<void> {
  const {folder, url, source} = options;
  const seconds = await sourceDate();
  rmSync(folder, {recursive: true, force: true});
  mkdirSync(folder, {recursive: true});
  const write = (name: string, text: string) => writeFileSync(path.join(folder, name), text);

  write('NOTES.md', `${options.notes}\n`);
  say('the executables and their archives');
  for (const target of targets) {
    const executable = options.executablePath(target);
    copyFileSync(executable, path.join(folder, path.basename(executable)));
  }
  const archives = await writeArchives(targets, folder, seconds, options.executablePath);
  write(krewFile, krewManifest({url, source, sums: archives}));
  say('the npm package');
  await execa('npm', ['pack', '--ignore-scripts', '--pack-destination', folder]);
  say('the plugins of Helm');
  await writePlugins(options);
  say('the container image');
  const image = path.join(folder, path.basename(imagePath));
  await buildImage(architectures, source, image, options.executablePath);
  for (const [name, text] of Object.entries(await sbomFiles(seconds))) write(name, text);
  await writeProof(options, seconds);
}

async function writePlugins(options: ReleaseOptions): Promise<void> {
  const {folder, helm, executablePath, pluginSigning: signing} = options;
  // In a folder of their own: one of them has the name of the npm package.
  const output = path.join(folder, 'helm-plugins');
  mkdirSync(output);
  const packaging = {helm, output, signing, executablePath};
  for (const platform of ['node', ...targets] as const) {
    for (const name of pluginNames) await packageHelmPlugin(name, platform, packaging);
  }
}

const proofFile = 'provenance.intoto.jsonl';

/** The checksums of all files, and the statement on where they come from; with a key, signed. */
async function writeProof(options: ReleaseOptions, seconds: number): Promise<void> {
  const {folder, helm, key} = options;
  const write = (name: string, content: string | Buffer) =>
    writeFileSync(path.join(folder, name), content);
  const {stdout} = await execa(helm, ['version', '--template', '{{.Version}}']);
  const sums = sumsOf(folder);
  const statement = provenanceOf({...options, seconds, helm: stdout, sums});
  const privateKey = key === undefined ? undefined : privateKeyIn(key);
  const proof = `${privateKey === undefined ? statement : enveloped(statement, privateKey)}\n`;
  write(proofFile, proof);
  const all = new Map([...sums, [proofFile, sha256Of(proof)]]);
  const names = [...all.keys()].sort();
  const list = names.map(name => `${all.get(name)}  ${name}\n`).join('');
  write('SHA256SUMS', list);
  if (privateKey !== undefined) write('SHA256SUMS.sig', sign(null, Buffer.from(list), privateKey));
}

/**
 * The SHA-256 sums of the files in a folder, by their paths. Signatures of plugins are left out: they
 * contain their time, and differ in each build.
 */
function sumsOf(folder: string): ReadonlyMap<string, string> {
  const files = readdirSync(folder, {recursive: true, withFileTypes: true})
    .filter(entry => entry.isFile() && !entry.name.endsWith('.prov'))
    .map(entry => path.relative(folder, path.join(entry.parentPath, entry.name)))
    .sort();
  return new Map(files.map(file => [file, sha256Of(readFileSync(path.join(folder, file)))]));
}
