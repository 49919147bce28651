import {
  chmodSync,
  copyFileSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import {tmpdir} from 'node:os';
import path from 'node:path';
import {execa} from 'execa';
import {buildImage} from '../../scripts/image/build-image.ts';
import {chartFolder, renderedFile} from '../fixtures/charts.ts';
import {bundle} from '../tools/executable.ts';
import {toolPath} from '../tools/tools.ts';
import {testWithImage} from '../tools/with-tools.ts';
import {commandIn, runImage, type UnpackedImage, unpackImage} from './run-image.ts';

const scratch = () => mkdtempSync(path.join(tmpdir(), 'kube-harden-image-'));

/** The image for this machine, built and unpacked once for all tests. */
let built: Promise<UnpackedImage> | undefined;
const image = (): Promise<UnpackedImage> => {
  built ??= build();
  return built;
};

async function build(): Promise<UnpackedImage> {
  const archive = path.join(scratch(), 'image.tar');
  await buildImage(['amd64'], 'https://example.com/kube-harden', archive);
  return unpackImage(archive);
}

const unsafe = renderedFile('unsafe');

testWithImage()('the image says who runs it, and where', async t => {
  const {config} = await image();
  t.is(config.User, '65532:65532');
  t.is(config.WorkingDir, '/workspace');
  t.is(config.Labels['org.opencontainers.image.source'], 'https://example.com/kube-harden');
  t.is(config.Labels['org.opencontainers.image.licenses'], 'Apache-2.0');
});

testWithImage()('the only programs in the image are kube-harden and the loader', async t => {
  const {root} = await image();
  const programs = readdirSync(root, {recursive: true, withFileTypes: true})
    .filter(entry => entry.isFile())
    .map(entry => path.join(entry.parentPath, entry.name))
    .filter(file => (statSync(file).mode & 0o111) !== 0)
    .map(file => path.relative(root, file));
  t.deepEqual(programs.sort(), [
    'lib/x86_64-linux-gnu/ld-linux-x86-64.so.2',
    'usr/local/bin/kube-harden',
  ]);
});

testWithImage()('the image says what is in it, and under which licenses', async t => {
  const {root} = await image();
  const read = (file: string) => readFileSync(path.join(root, 'usr/share/doc', file), 'utf8');
  t.regex(read('kube-harden/LICENSE'), /Apache License/);
  t.regex(read('kube-harden/THIRD-PARTY-LICENSES.md'), /statically links JavaScriptCore/);
  t.regex(read('kube-harden/sbom.cdx.json'), /"pkg:deb\/debian\/libc6@/);
  t.regex(read('libc6/copyright'), /GNU Lesser General Public/);
});

testWithImage()('it hardens a stream as the bundle does', async t => {
  const input = readFileSync(unsafe, 'utf8');
  const ours = await runImage(await image(), [], {input});
  const expected = await execa(process.execPath, [bundle], {input});
  t.is(ours.exitCode, 0, ours.stderr);
  t.is(ours.stdout, expected.stdout);
});

testWithImage()('it audits a folder that is mounted read-only, by the policy in it', async t => {
  const folder = scratch();
  chmodSync(folder, 0o755);
  copyFileSync(unsafe, path.join(folder, 'unsafe.yaml'));
  const audit = async () => runImage(await image(), ['audit', '.'], {mount: folder});
  const found = await audit();
  t.is(found.exitCode, 1, found.stderr);
  t.regex(found.stdout, /no-host-port/);
  writeFileSync(path.join(folder, 'kube-harden.yaml'), 'rules:\n  no-host-port: off\n');
  t.notRegex((await audit()).stdout, /no-host-port/);
});

testWithImage()('an audit of a chart says that the image has no helm', async t => {
  const mount = chartFolder('shop');
  const {exitCode, stdout, stderr} = await runImage(await image(), ['audit', '.'], {mount});
  t.is(exitCode, 2);
  t.regex(stdout + stderr, /helm/);
});

const weakening = `apiVersion: config.kubernetes.io/v1
kind: ResourceList
functionConfig:
  apiVersion: kube-harden.io/v1alpha1
  kind: Harden
  metadata:
    name: kube-harden
  spec:
    rules:
      no-host-port: off
items: []
`;

testWithImage()('a functionConfig can weaken nothing unless the user names the caller', async t => {
  const refused = await runImage(await image(), [], {input: weakening});
  t.is(refused.exitCode, 2);
  t.is(refused.stdout, '');
  t.regex(refused.stderr, /KUBE_HARDEN_CALLER=kustomize/);
  const env = ['KUBE_HARDEN_CALLER=kustomize'];
  const accepted = await runImage(await image(), [], {input: weakening, env});
  t.is(accepted.exitCode, 0, accepted.stderr);
});

/** What the script below fills in. */
const variables = ['"$@"', '$user', '$group'] as const;
const [environment, user, group] = variables;

/** A `docker` that runs the image, whatever it is called, as `docker run` does with these options. */
async function fakeDocker(): Promise<string> {
  const folder = scratch();
  const [program, args] = commandIn(await image(), [], {
    env: [environment],
    user: `${user}:${group}`,
  });
  const quoted = [program, ...args].map(each =>
    variables.some(variable => variable === each) ? each : quote(each),
  );
  const passwd = path.join((await image()).root, 'etc/passwd');
  writeFileSync(
    path.join(folder, 'docker'),
    `#!/bin/sh
[ "$1" = run ] || exit 125
for argument; do
  shift
  case $previous in
    --user) id=$(grep "^$argument:" ${quote(passwd)}) || exit 125 ;;
    -e) set -- "$@" "$argument" ;;
  esac
  previous=$argument
done
user=$(echo "$id" | cut -d: -f3)
group=$(echo "$id" | cut -d: -f4)
exec ${quoted.join(' ')}
`,
  );
  chmodSync(path.join(folder, 'docker'), 0o755);
  return folder;
}

const quote = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;

testWithImage('kustomize')(
  'kustomize runs the image as a function, with a policy in it',
  async t => {
    const folder = scratch();
    for (const [name, text] of Object.entries({
      'kustomization.yaml': 'resources: [pod.yaml]\ntransformers: [kube-harden.yaml]\n',
      'pod.yaml': `apiVersion: v1
kind: Pod
metadata:
  name: web
spec:
  containers:
    - name: web
      image: example.com/web:1.0
      ports:
        - containerPort: 8080
          hostPort: 8080
`,
      'kube-harden.yaml': `apiVersion: kube-harden.io/v1alpha1
kind: Harden
metadata:
  name: kube-harden
  annotations:
    config.kubernetes.io/function: |
      container:
        image: kube-harden:0.1.0
        envs: [KUBE_HARDEN_CALLER=kustomize]
spec:
  profile: essential
  rules:
    no-host-port: off
`,
    })) {
      writeFileSync(path.join(folder, name), text);
    }
    const env = {PATH: `${await fakeDocker()}:${process.env['PATH']}`};
    const args = ['build', '--enable-alpha-plugins', folder];
    const {stdout, stderr, exitCode} = await execa(toolPath('kustomize'), args, {
      env,
      reject: false,
    });
    t.is(exitCode, 0, stderr);
    t.regex(stdout, /allowPrivilegeEscalation: false/);
    t.regex(stdout, /hostPort: 8080/);
  },
);
