import {mkdirSync, readFileSync, writeFileSync} from 'node:fs';
import path from 'node:path';
import {licensesFile, thirdPartyLicenses} from '../contents/licenses.ts';
import {sbomOf} from '../contents/sbom.ts';
import {type Architecture, fetchDebianPackages, packagesFor} from '../debian-packages.ts';
import {type ExecutablePath, executablePath, type Target} from '../executable-path.ts';
import {packageJson} from '../package-json.ts';
import {sourceDate} from '../source-date.ts';
import {type ImageSettings, imageArchiveOf, type PlatformImage} from './layout.ts';
import {executableInImage, programEntries, systemEntries, user, workingDirectory} from './root.ts';

/** The executable in the image for a processor. */
export const executableFor: Readonly<Record<Architecture, Target>> = {
  amd64: 'linux-x64',
  arm64: 'linux-arm64',
};

/** `dist/image`, seen from `dist/scripts/image`. */
const imageFolder = path.resolve(import.meta.dirname, '../../image');

export const imagePath = path.join(
  imageFolder,
  `${packageJson.name}-${packageJson.version}-image.tar`,
);

/**
 * Writes the image for the given processors, whose executables have been built, into `file`.
 *
 * @param source The public address of the repository, if it has one
 */
export async function buildImage(
  architectures: readonly Architecture[],
  source: string | undefined,
  file = imagePath,
  placeOf: ExecutablePath = executablePath,
): Promise<void> {
  await fetchDebianPackages(packagesFor(architectures));
  const seconds = await sourceDate();
  const images: PlatformImage[] = [];
  for (const architecture of architectures) {
    const executable = readFileSync(placeOf(executableFor[architecture]));
    images.push(await imageFor(architecture, executable, seconds));
  }
  const archive = imageArchiveOf(images, settingsFor(seconds, source));
  mkdirSync(path.dirname(file), {recursive: true});
  writeFileSync(file, archive);
}

/** The bill of materials of the image for a processor. */
export const imageSbom = (architecture: Architecture, seconds: number): Promise<string> =>
  sbomOf({
    target: executableFor[architecture],
    debian: packagesFor([architecture]),
    seconds,
  });

async function imageFor(
  architecture: Architecture,
  executable: Uint8Array,
  seconds: number,
): Promise<PlatformImage> {
  const documents = {
    LICENSE: readFileSync('LICENSE', 'utf8'),
    [licensesFile]: await thirdPartyLicenses('executable'),
    'sbom.cdx.json': await imageSbom(architecture, seconds),
  };
  return {
    architecture,
    layers: [
      {entries: await systemEntries(architecture), createdBy: 'the C library of Debian'},
      {entries: programEntries(executable, documents), createdBy: packageJson.name},
    ],
  };
}

function settingsFor(seconds: number, source: string | undefined): ImageSettings {
  const {name, version, description, license} = packageJson;
  const label = (key: string, value: string) => [`org.opencontainers.image.${key}`, value] as const;
  const labels = [
    label('title', name),
    label('description', description),
    label('version', version),
    label('licenses', license),
    label('created', new Date(seconds * 1000).toISOString()),
    ...(source === undefined ? [] : [label('source', source), label('url', source)]),
  ];
  return {
    name,
    version,
    seconds,
    labels: Object.fromEntries(labels),
    config: {
      User: `${user.id}:${user.id}`,
      Env: ['PATH=/usr/local/bin:/usr/bin:/bin'],
      Entrypoint: [`/${executableInImage}`],
      WorkingDir: `/${workingDirectory}`,
    },
  };
}
