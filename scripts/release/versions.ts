import {readFileSync, writeFileSync} from 'node:fs';
import path from 'node:path';

/** Where the version stands besides package.json and its lock file, and how. */
const places: Readonly<Record<string, RegExp>> = {
  'docs/install.md': /(?<=\b(?:harden|NAME)[-:]|kube-harden\/v)\d+\.\d+\.\d+/g,
  'packaging/helm/harden/plugin.yaml': /(?<=^version: ).*$/gm,
  'plugin.yaml': /(?<=^version: ).*$/gm,
  'src/version.ts': /(?<=^export const version = ')[^']*/gm,
};

/** The version in package.json. */
export const versionIn = (folder: string): string =>
  (
    JSON.parse(readFileSync(path.join(folder, 'package.json'), 'utf8')) as {
      readonly version: string;
    }
  ).version;

/** Writes the version of package.json to all other places. */
export function writeVersions(folder: string): void {
  const version = versionIn(folder);
  for (const [name, pattern] of Object.entries(places)) {
    const file = path.join(folder, name);
    writeFileSync(file, readFileSync(file, 'utf8').replace(pattern, version));
  }
}

/** Where the version is not that of package.json. */
export function wrongVersions(folder: string): readonly string[] {
  const version = versionIn(folder);
  return Object.entries(places).flatMap(([name, pattern]) => {
    const found = readFileSync(path.join(folder, name), 'utf8').match(pattern) ?? ['no version'];
    const wrong = [...new Set(found)].filter(each => each !== version);
    return wrong.map(each => `${name} says ${each}, package.json ${version}`);
  });
}
