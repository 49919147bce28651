/**
 * Builds all that is published of this version into `dist/release`: see docs/release.md. `npm run build` must have been
 * run before.
 *
 * `--url URL` is the address from which the files will be downloaded, `--source URL` the public
 * repository, `--builder URL` what builds, `--key FILE` the private key that signs, `--helm PATH` Helm 4.
 * `--plugin-key`, `--plugin-keyring` and `--plugin-passphrase-file` sign the plugins of Helm, as the options
 * of `helm plugin package` do.
 */
import './fail-plainly.ts';
import {readFileSync} from 'node:fs';
import {parseArgs} from 'node:util';
import {execaNode} from 'execa';
import {buildExecutables} from './build-executables.ts';
import {executablePath, targets} from './executable-path.ts';
import {signingOptions} from './helm-plugin.ts';
import {packageJson} from './package-json.ts';
import {assembleRelease} from './release/assemble.ts';
import {notesOf} from './release/changelog.ts';
import {checkRepository} from './release/checks.ts';
import {baseUrl} from './release/url.ts';

const {values} = parseArgs({
  options: {
    url: {type: 'string'},
    source: {type: 'string'},
    builder: {type: 'string'},
    key: {type: 'string'},
    helm: {type: 'string', default: 'helm'},
    'plugin-key': {type: 'string'},
    'plugin-keyring': {type: 'string'},
    'plugin-passphrase-file': {type: 'string'},
  },
});
const {source, builder, key, helm} = values;
const url = baseUrl(values.url);
const pluginSigning = signingOptions({
  key: values['plugin-key'],
  keyring: values['plugin-keyring'],
  passphraseFile: values['plugin-passphrase-file'],
});
const commit = await checkRepository('.');
const notes = notesOf(readFileSync('CHANGELOG.md', 'utf8'), packageJson.version);
await execaNode('dist/scripts/bundle.js', ['--all-nodes'], {nodeOptions: []});
await buildExecutables(targets);
const folder = 'dist/release';
await assembleRelease({
  ...{folder, url, source, builder, commit, helm, key, notes, pluginSigning},
  executablePath,
});
process.stderr.write(`${folder}\n`);
