/**
 * Builds the archives of the executables, and the manifest with which krew installs them from `--url URL`, into
 * `dist/archives`. `--source URL` names the public repository. `npm run build` must have been run before.
 */
import './fail-plainly.ts';
import {mkdirSync, rmSync, writeFileSync} from 'node:fs';
import path from 'node:path';
import {parseArgs} from 'node:util';
import {buildExecutables} from './build-executables.ts';
import {targets} from './executable-path.ts';
import {krewFile, krewManifest} from './release/krew.ts';
import {baseUrl} from './release/url.ts';
import {writeArchives} from './release/write-archives.ts';
import {sourceDate} from './source-date.ts';

const {values} = parseArgs({options: {url: {type: 'string'}, source: {type: 'string'}}});
const url = baseUrl(values.url);
const folder = 'dist/archives';
rmSync(folder, {recursive: true, force: true});
mkdirSync(folder, {recursive: true});
await buildExecutables(targets);
const sums = await writeArchives(targets, folder, await sourceDate());
writeFileSync(path.join(folder, krewFile), krewManifest({url, source: values.source, sums}));
process.stderr.write(`${path.resolve(folder)}\n`);
