import {mkdirSync, readFileSync, writeFileSync} from 'node:fs';
import path from 'node:path';
import {type Architecture, fetchDebianPackages, packagesFor} from '../debian-packages.ts';
import {executablePath, type Target} from '../executable-path.ts';
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
): Promise<void> {
  await fetchDebianPackages(packagesFor(architectures));
  const images: PlatformImage[] = [];
  for (const architecture of architectures) images.push(await imageFor(architecture));
  const archive = imageArchiveOf(images, settingsFor(await sourceDate(), source));
  mkdirSync(path.dirname(file), {recursive: true});
  writeFileSync(file, archive);
}

async function imageFor(architecture: Architecture): Promise<PlatformImage> {
  const executable = readFileSync(executablePath(executableFor[architecture]));
  const licences = {LICENSE: readFileSync('LICENSE', 'utf8')};
  return {
    architecture,
    layers: [
      {entries: await systemEntries(architecture), createdBy: 'the C library of Debian'},
      {entries: programEntries(executable, licences), createdBy: packageJson.name},
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
