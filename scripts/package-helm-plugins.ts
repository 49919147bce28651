/**
 * Packages both Helm plugins into `dist/helm-plugins`, with `helm plugin package` of Helm 4: one archive
 * for each platform, with the executable, and one for all, which needs Node. `npm run package` builds
 * what they contain.
 *
 * `--target` selects some of them (`node`, `linux-x64`, …), `--helm` is another Helm than the one on the
 * PATH, and `--key`, `--keyring` and `--passphrase-file` sign them, as those of Helm do.
 */
import './fail-plainly.ts';
import {rmSync} from 'node:fs';
import {parseArgs} from 'node:util';
import {execa} from 'execa';
import {buildExecutables} from './build-executables.ts';
import {isTarget, targets} from './executable-path.ts';
import {type Platform, packageHelmPlugin, pluginNames, signingOptions} from './helm-plugin.ts';

const output = 'dist/helm-plugins';

const {values} = parseArgs({
  options: {
    target: {type: 'string', multiple: true},
    helm: {type: 'string', default: 'helm'},
    key: {type: 'string'},
    keyring: {type: 'string'},
    'passphrase-file': {type: 'string'},
  },
});

const isPlatform = (name: string): name is Platform => name === 'node' || isTarget(name);
const names = values.target ?? ['node', ...targets];
const wanted = names.filter(isPlatform);
if (wanted.length < names.length) {
  throw new Error(`--target must be one of node, ${targets.join(', ')}, not ${names.join(', ')}`);
}

const {key, keyring, 'passphrase-file': passphraseFile} = values;
const signing = signingOptions({key, keyring, passphraseFile});

const {stdout = ''} = await execa(values.helm, ['version', '--short'], {reject: false});
if (!/^v(?:[4-9]|\d\d)/.test(stdout)) {
  const found = stdout === '' ? 'not there' : stdout;
  throw new Error(
    `\`helm plugin package\` needs Helm 4, and ${values.helm} is ${found}: use --helm`,
  );
}

rmSync(output, {recursive: true, force: true});
await buildExecutables(wanted.filter(isTarget));
for (const platform of wanted) {
  for (const name of pluginNames) {
    process.stderr.write(`packaging ${name} for ${platform} …\n`);
    await packageHelmPlugin(name, platform, {helm: values.helm, output, signing});
  }
}
