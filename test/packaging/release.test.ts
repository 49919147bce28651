import {generateKeyPairSync, verify} from 'node:crypto';
import {mkdtempSync, readdirSync, readFileSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import path from 'node:path';
import test from 'ava';
import {execa} from 'execa';
import {sha256Of} from '../../scripts/archive/sha256.ts';
import {type Target, targets} from '../../scripts/executable-path.ts';
import {signingOptions} from '../../scripts/helm-plugin.ts';
import {assembleRelease, type ReleaseOptions} from '../../scripts/release/assemble.ts';
import {privateKeyIn} from '../../scripts/release/provenance.ts';
import {version} from '../../src/version.ts';
import {throwawayKey} from '../tools/gpg.ts';
import {toolPath} from '../tools/tools.ts';
import {testWithGpgAndRelease, testWithRelease} from '../tools/with-tools.ts';

const scratch = () => mkdtempSync(path.join(tmpdir(), 'kube-harden-release-'));

const executables = scratch();

/** Small files instead of the executables, which would take a minute to compress. */
function executablePath(target: Target): string {
  const extension = target.startsWith('windows') ? '.exe' : '';
  const file = path.join(executables, `kube-harden-${target}${extension}`);
  writeFileSync(file, `${target}\n`, {mode: 0o755});
  return file;
}

const keys = generateKeyPairSync('ed25519');
const key = path.join(scratch(), 'key.pem');
writeFileSync(key, keys.privateKey.export({type: 'pkcs8', format: 'pem'}));

const options = {
  url: 'https://example.com/v1',
  source: 'https://example.com/kube-harden',
  builder: 'https://example.com/builder',
  commit: '0123456789abcdef0123456789abcdef01234567',
  notes: '- A rule.',
  key,
  pluginSigning: signingOptions({key: undefined, keyring: undefined, passphraseFile: undefined}),
  executablePath,
};

async function release(changed: Partial<ReleaseOptions> = {}): Promise<string> {
  const folder = path.join(scratch(), 'release');
  await assembleRelease({...options, helm: toolPath('helm4'), folder, ...changed});
  return folder;
}

let first: Promise<string> | undefined;
const built = (): Promise<string> => {
  first ??= release();
  return first;
};

const read = async (name: string): Promise<Buffer> => readFileSync(path.join(await built(), name));

testWithRelease('two releases of one commit are the same bytes', async t => {
  const again = await release();
  const names = readdirSync(await built(), {recursive: true, encoding: 'utf8'}).sort();
  t.deepEqual(readdirSync(again, {recursive: true, encoding: 'utf8'}).sort(), names);
  t.is(readFileSync(path.join(again, 'SHA256SUMS'), 'utf8'), (await read('SHA256SUMS')).toString());
});

testWithRelease('a release has all that is published', async t => {
  const names = readdirSync(await built(), {recursive: true, encoding: 'utf8'});
  for (const name of [
    'NOTES.md',
    'harden.yaml',
    'kube-harden-linux-x64',
    'kube-harden-windows-x64.exe',
    `kube-harden-${version}-darwin-arm64.tar.gz`,
    `kube-harden-${version}-image.tar`,
    `kube-harden-${version}-image-arm64.cdx.json`,
    `kube-harden-${version}-linux-x64-musl.cdx.json`,
    `kube-harden-${version}-windows-x64.zip`,
    `kube-harden-${version}.tgz`,
    `helm-plugins/harden-${version}.tgz`,
    `helm-plugins/kube-harden-${version}+linux-arm64.tgz`,
    'provenance.intoto.jsonl',
    'SHA256SUMS',
    'SHA256SUMS.sig',
  ]) {
    t.true(names.includes(name), name);
  }
});

testWithRelease('real programs verify the checksums and their signature', async t => {
  const cwd = await built();
  const {stdout} = await execa('sha256sum', ['--check', 'SHA256SUMS'], {cwd});
  t.regex(stdout, /^kube-harden-.*-image\.tar: OK$/m);
  const publicKey = path.join(scratch(), 'public.pem');
  writeFileSync(publicKey, keys.publicKey.export({type: 'spki', format: 'pem'}));
  const args = ['pkeyutl', '-verify', '-pubin', '-inkey', publicKey, '-rawin'];
  const files = ['-in', 'SHA256SUMS', '-sigfile', 'SHA256SUMS.sig'];
  const {stdout: answer} = await execa('openssl', [...args, ...files], {cwd});
  t.regex(answer, /Signature Verified Successfully/);
});

interface Statement {
  readonly _type: string;
  readonly subject: readonly {readonly name: string; readonly digest: {readonly sha256: string}}[];
  readonly predicateType: string;
  readonly predicate: {
    readonly buildDefinition: {
      readonly externalParameters: Readonly<Record<string, string>>;
      readonly resolvedDependencies: readonly {readonly uri?: string; readonly digest: object}[];
    };
    readonly runDetails: {readonly builder: {readonly id: string}};
  };
}

testWithRelease('the signed statement says where every file comes from', async t => {
  const {payloadType, payload, signatures} = JSON.parse(
    (await read('provenance.intoto.jsonl')).toString(),
  );
  const body = Buffer.from(payload, 'base64');
  const signed = `DSSEv1 ${payloadType.length} ${payloadType} ${body.length} ${body}`;
  const signature = Buffer.from(signatures[0].sig, 'base64');
  t.true(verify(null, Buffer.from(signed), keys.publicKey, signature));
  const {_type, subject, predicateType, predicate} = JSON.parse(body.toString()) as Statement;
  t.is(_type, 'https://in-toto.io/Statement/v1');
  t.is(predicateType, 'https://slsa.dev/provenance/v1');
  t.is(predicate.runDetails.builder.id, options.builder);
  t.is(predicate.buildDefinition.externalParameters['commit'], options.commit);
  const [source] = predicate.buildDefinition.resolvedDependencies;
  t.deepEqual(source, {uri: `git+${options.source}`, digest: {gitCommit: options.commit}});
  for (const {name, digest} of subject) t.is(sha256Of(await read(name)), digest.sha256, name);
  const proofs = ['SHA256SUMS', 'SHA256SUMS.sig', 'provenance.intoto.jsonl'];
  const files = readdirSync(await built(), {recursive: true, withFileTypes: true});
  t.is(subject.length, files.filter(entry => entry.isFile()).length - proofs.length);
});

testWithGpgAndRelease('signed plugins change no other file', async t => {
  const {name, secretKeyring, publicKeyring} = await throwawayKey();
  const signing = {key: name, keyring: secretKeyring, passphraseFile: undefined};
  const folder = await release({pluginSigning: signingOptions(signing)});
  t.is(
    readFileSync(path.join(folder, 'SHA256SUMS'), 'utf8'),
    (await read('SHA256SUMS')).toString(),
  );
  const plugins = path.join(folder, 'helm-plugins');
  const archives = readdirSync(plugins).filter(file => file.endsWith('.tgz'));
  t.is(archives.length, 2 * (1 + targets.length));
  for (const archive of archives) {
    const args = ['plugin', 'verify', path.join(plugins, archive), '--keyring', publicKeyring];
    const {stdout} = await execa(toolPath('helm4'), args);
    t.regex(stdout, /^Signed by: Throwaway/m, archive);
  }
});

test('a keyring without a key signs nothing, and is refused', t => {
  const none = {key: undefined, keyring: undefined, passphraseFile: undefined};
  t.throws(() => signingOptions({...none, keyring: 'secring.gpg'}), {message: /name of the key/});
  t.throws(() => signingOptions({...none, passphraseFile: 'file'}), {message: /name of the key/});
});

testWithRelease('without a key nothing is signed', async t => {
  const folder = await release({key: undefined});
  t.false(readdirSync(folder).includes('SHA256SUMS.sig'));
  const plugins = readdirSync(path.join(folder, 'helm-plugins'));
  t.deepEqual(
    plugins.filter(file => file.endsWith('.prov')),
    [],
  );
  const statement = readFileSync(path.join(folder, 'provenance.intoto.jsonl'), 'utf8');
  t.is((JSON.parse(statement) as Statement)._type, 'https://in-toto.io/Statement/v1');
});

test('only a key whose signatures are always the same signs', t => {
  const file = path.join(scratch(), 'key.pem');
  const {privateKey} = generateKeyPairSync('ec', {namedCurve: 'P-256'});
  writeFileSync(file, privateKey.export({type: 'pkcs8', format: 'pem'}));
  t.throws(() => privateKeyIn(file), {message: /must be an Ed25519 key, not ec/});
});
