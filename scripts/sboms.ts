/**
 * Writes the bills of materials of the bundle, of each executable and of the image, in the form of
 * CycloneDX, into `dist/sbom`. `npm run build` must have been run before.
 */
import {mkdirSync, writeFileSync} from 'node:fs';
import path from 'node:path';
import {sbomFiles} from './contents/sbom-files.ts';
import {sourceDate} from './source-date.ts';

const folder = 'dist/sbom';
mkdirSync(folder, {recursive: true});
for (const [name, text] of Object.entries(await sbomFiles(await sourceDate()))) {
  writeFileSync(path.join(folder, name), text);
}
process.stderr.write(`${path.resolve(folder)}\n`);
