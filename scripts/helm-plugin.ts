import {
  chmodSync,
  copyFileSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import {tmpdir} from 'node:os';
import path from 'node:path';
import {execa} from 'execa';
import {parse, stringify} from 'yaml';
import {licensesFile, thirdPartyLicenses} from './contents/licenses.ts';
import {
  type ExecutablePath,
  executablePath,
  programIn,
  systemOf,
  type Target,
} from './executable-path.ts';
import {helmCompletion} from './helm-completion.ts';
import {packageJson} from './package-json.ts';
import {sourceDate} from './source-date.ts';

/** What a plugin runs on: the executable for a platform, or Node anywhere. */
export type Platform = Target | 'node';

export const pluginNames = ['kube-harden', 'harden'] as const;
type PluginName = (typeof pluginNames)[number];

const root = path.resolve(import.meta.dirname, '../..');

export interface Packaging {
  /** Helm 4: its name or path. */
  readonly helm: string;
  /** The folder for the archive and its signature. */
  readonly output: string;
  /** Options of `helm plugin package` that sign the archive. */
  readonly signing: readonly string[];
  /** Where the executables are, if elsewhere than `npm run executables` puts them. */
  readonly executablePath?: ExecutablePath;
}

export interface SigningKey {
  readonly key: string | undefined;
  readonly keyring: string | undefined;
  readonly passphraseFile: string | undefined;
}

/**
 * The options of `helm plugin package` that sign with a key of GnuPG, or not without one.
 *
 * @throws {Error} if there is a keyring or a passphrase without a key: nothing would be signed
 */
export function signingOptions({key, keyring, passphraseFile}: SigningKey): readonly string[] {
  if (key === undefined) {
    if (keyring === undefined && passphraseFile === undefined) return ['--sign=false'];
    throw new Error(
      'signing plugins needs the name of the key, not only its keyring or passphrase',
    );
  }
  return [
    ...['--sign=true', `--key=${key}`],
    ...(keyring === undefined ? [] : [`--keyring=${keyring}`]),
    ...(passphraseFile === undefined ? [] : [`--passphrase-file=${passphraseFile}`]),
  ];
}

/**
 * Packages a plugin with `helm plugin package`, which names the archive `NAME-VERSION.tgz`. The bundle
 * or the executable must have been built. Two runs give the same bytes.
 */
export async function packageHelmPlugin(
  name: PluginName,
  platform: Platform,
  {helm, output, signing, executablePath: placeOf = executablePath}: Packaging,
): Promise<void> {
  const folder = mkdtempSync(path.join(tmpdir(), 'kube-harden-plugin-'));
  try {
    const program = programOf(platform);
    const source = platform === 'node' ? path.join(root, 'dist', bundle) : placeOf(platform);
    copyFileSync(source, path.join(folder, program));
    copyFileSync(path.join(root, 'LICENSE'), path.join(folder, 'LICENSE'));
    const contents = platform === 'node' ? 'bundle' : 'executable';
    writeFileSync(path.join(folder, licensesFile), await thirdPartyLicenses(contents));
    const readme = path.join(root, `packaging/helm/${name}/README.md`);
    copyFileSync(readme, path.join(folder, 'README.md'));
    writeFileSync(path.join(folder, 'plugin.yaml'), metadataOf(name, platform));
    if (name === 'harden') writeFileSync(path.join(folder, 'completion.yaml'), helmCompletion());
    normalize(folder, program, await sourceDate());
    const args = ['plugin', 'package', folder, '--destination', output, ...signing];
    await execa(helm, args, {stdin: 'ignore'});
  } finally {
    rmSync(folder, {recursive: true});
  }
}

/** The modes and times of the files do not depend on who packages them, and when. */
function normalize(folder: string, program: string, time: number): void {
  for (const file of ['.', ...readdirSync(folder)]) {
    const place = path.join(folder, file);
    chmodSync(place, file === '.' || file === program ? 0o755 : 0o644);
    utimesSync(place, time, time);
  }
}

const bundle = 'kube-harden.cjs';

/** The name of the program in the plugin. */
const programOf = (platform: Platform): string =>
  platform === 'node' ? bundle : programIn(platform);

/**
 * The text of plugin.yaml. Helm names the archive after the version, so build metadata tells platforms
 * apart. On another platform than its own, a plugin is an error of Helm.
 */
function metadataOf(name: PluginName, platform: Platform): string {
  const template = name === 'harden' ? 'packaging/helm/harden/plugin.yaml' : 'plugin.yaml';
  const metadata = parse(readFileSync(path.join(root, template), 'utf8')) as object;
  const version = platform === 'node' ? packageJson.version : `${packageJson.version}+${platform}`;
  const command = `\${HELM_PLUGIN_DIR}/${programOf(platform)}`;
  const platformCommand =
    platform === 'node' ? [{command: 'node', args: [command]}] : [{...systemOf(platform), command}];
  const how = 'runtimeConfig' in metadata ? {runtimeConfig: {platformCommand}} : {platformCommand};
  return stringify({...metadata, version, ...how});
}
