import {once} from 'node:events';
import {
  appendFileSync,
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import {createServer} from 'node:http';
import type {AddressInfo} from 'node:net';
import {tmpdir} from 'node:os';
import path from 'node:path';
import {execa} from 'execa';
import {parse} from 'yaml';
import {hostTarget} from '../../scripts/executable-path.ts';
import {type Platform, packageHelmPlugin, pluginNames} from '../../scripts/helm-plugin.ts';
import {version} from '../../src/version.ts';
import {chartFolder, renderedFile} from '../fixtures/charts.ts';
import {bundle} from '../tools/executable.ts';
import {type ThrowawayKey, throwawayKey} from '../tools/gpg.ts';
import {repository, toolPath} from '../tools/tools.ts';
import {testWithExecutableAndTools, testWithGpg, testWithTools} from '../tools/with-tools.ts';

type PluginName = (typeof pluginNames)[number];
type HelmName = 'helm3' | 'helm4';

const helms: readonly HelmName[] = ['helm3', 'helm4'];
const scratch = (): string => mkdtempSync(path.join(tmpdir(), 'kube-harden-plugins-'));

/** The archives of both plugins, and their signatures if there is a key. */
async function packaged(platform: Platform, key?: ThrowawayKey): Promise<string> {
  const output = scratch();
  const signing =
    key === undefined
      ? ['--sign=false']
      : ['--sign', '--key', key.name, '--keyring', key.secretKeyring];
  for (const name of pluginNames) {
    await packageHelmPlugin(name, platform, {helm: toolPath('helm4'), output, signing});
  }
  return output;
}

let signedArchives: Promise<{readonly folder: string; readonly key: ThrowawayKey}> | undefined;

/** Those that need Node, signed. */
function signed(): typeof signedArchives & object {
  signedArchives ??= throwawayKey().then(async key => ({folder: await packaged('node', key), key}));
  return signedArchives;
}

let unsignedArchives: Promise<string> | undefined;

/** Those that need Node, not signed. */
function unsigned(): Promise<string> {
  unsignedArchives ??= packaged('node');
  return unsignedArchives;
}

/** A user with an own home folder and nothing on the PATH but what is named here. */
class Home {
  readonly folder = scratch();
  readonly bin = path.join(this.folder, 'bin');
  readonly env: Record<string, string> = {HOME: this.folder, PATH: `${this.bin}:/usr/bin:/bin`};

  constructor(withNode = true) {
    mkdirSync(this.bin);
    for (const name of helms) symlinkSync(toolPath(name), path.join(this.bin, name));
    if (withNode) symlinkSync(process.execPath, path.join(this.bin, 'node'));
    else this.env['PATH'] = this.bin;
  }

  run(program: string, args: readonly string[], options: {readonly cwd?: string} = {}) {
    return execa(path.join(this.bin, program), args, {
      ...options,
      env: this.env,
      extendEnv: false,
      reject: false,
    });
  }

  /** Runs a shell script of it. */
  shell(script: string) {
    return execa('/bin/sh', ['-c', script], {env: this.env, extendEnv: false, reject: false});
  }

  get plugins(): string {
    return path.join(this.folder, '.local/share/helm/plugins');
  }
}

/** Installs an archive of `folder` as docs/install.md says for this Helm. */
async function installed(helm: HelmName, name: PluginName, folder: string): Promise<Home> {
  const home = new Home();
  await install(home, helm, path.join(folder, `${name}-${version}.tgz`));
  return home;
}

async function install(home: Home, helm: HelmName, archive: string): Promise<void> {
  const {exitCode, stderr} =
    helm === 'helm3'
      ? await home.shell(`mkdir -p '${home.plugins}' && tar -xzf '${archive}' -C '${home.plugins}'`)
      : await home.run(helm, ['plugin', 'install', archive, '--verify=false']);
  if (exitCode !== 0) throw new Error(stderr);
}

testWithGpg('helm3', 'helm4')('both Helms verify the archives of the plugins', async t => {
  const {folder, key} = await signed();
  const home = new Home();
  const keyring = ['--keyring', key.publicKeyring];
  for (const name of pluginNames) {
    const archive = path.join(folder, `${name}-${version}.tgz`);
    for (const [helm, verb] of [
      ['helm4', ['plugin', 'verify']],
      ['helm3', ['verify']],
    ] as const) {
      const {exitCode, stdout, stderr} = await home.run(helm, [...verb, archive, ...keyring]);
      t.is(exitCode, 0, stderr);
      t.regex(stdout, /^Signed by: Throwaway/m);
    }
    const install = await home.run('helm4', ['plugin', 'install', archive, ...keyring]);
    t.is(install.exitCode, 0, install.stderr);
    t.regex(install.stdout, /^Plugin Hash Verified: sha256:/m);
  }
  const {stdout} = await home.run('helm4', ['plugin', 'list']);
  t.regex(stdout, /^harden\s+\S+\s+cli\/v1\s+legacy\s+signed/m);
  t.regex(stdout, /^kube-harden\s+\S+\s+postrenderer\/v1\s+v1\s+signed/m);
});

testWithGpg('helm4')('Helm 4 verifies a plugin that it downloads', async t => {
  const {folder, key} = await signed();
  const server = createServer(({url = ''}, response) => {
    const file = path.join(folder, path.basename(url));
    if (existsSync(file)) response.end(readFileSync(file));
    else response.writeHead(404).end();
  });
  t.teardown(() => server.close());
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const {port} = server.address() as AddressInfo;
  for (const name of pluginNames) {
    const url = `http://127.0.0.1:${port}/${name}-${version}.tgz`;
    const args = ['plugin', 'install', url, '--keyring', key.publicKeyring];
    const {stdout, stderr} = await new Home().run('helm4', args);
    t.regex(stdout, /^Plugin Hash Verified: sha256:/m, stderr);
  }
});

testWithGpg('helm3', 'helm4')('both Helms refuse a plugin that was changed', async t => {
  const {folder, key} = await signed();
  const other = await throwawayKey();
  for (const name of pluginNames) {
    const changed = scratch();
    const archive = path.join(changed, `${name}-${version}.tgz`);
    const refused = async (because: RegExp, keyring: string) => {
      const home = new Home();
      for (const [helm, ...verb] of [
        ['helm4', 'plugin', 'verify'],
        ['helm4', 'plugin', 'install'],
        ['helm3', 'verify'],
      ] as const) {
        const {exitCode, stderr} = await home.run(helm, [...verb, archive, '--keyring', keyring]);
        t.not(exitCode, 0);
        t.regex(stderr, because);
      }
      t.deepEqual(readdirSync(home.plugins), []);
    };
    cpSync(folder, changed, {recursive: true});
    await refused(/signature made by unknown entity/, other.publicKeyring);
    appendFileSync(archive, 'x');
    await refused(/sha256 sum does not match/, key.publicKeyring);
    cpSync(path.join(folder, `${name}-${version}.tgz`), archive);
    const text = readFileSync(`${archive}.prov`, 'utf8');
    writeFileSync(`${archive}.prov`, text.replace(/^( *Name|name): /im, '$1: x'));
    await refused(
      /invalid signature|hash tag doesn't match|verification failure/i,
      key.publicKeyring,
    );
  }
});

testWithTools('helm4')('packaging a plugin twice gives the same bytes', async t => {
  const [one, two] = [await unsigned(), await packaged('node')];
  for (const name of pluginNames) {
    const file = `${name}-${version}.tgz`;
    t.deepEqual(readFileSync(path.join(one, file)), readFileSync(path.join(two, file)));
  }
});

interface Outcome {
  readonly stdout: string;
  readonly stderr: string;
  readonly exitCode?: number;
}

/** What a call prints and how it ends; Helm adds a line to stderr if it fails. */
const outcome = ({stdout, stderr, exitCode}: Outcome): readonly unknown[] => [
  stdout,
  stderr.replace(/\n?Error: plugin "harden" exited with error$/, ''),
  exitCode,
];

const calls: readonly (readonly string[])[] = [
  ['audit', chartFolder('shop')],
  ['audit', chartFolder('shop'), '--set', 'a=1', '--format', 'json', '--profile', 'strict'],
  ['audit', renderedFile('unsafe'), '--fail-on', 'none'],
  ['render', renderedFile('unsafe')],
  ['render', renderedFile('unsafe'), '--profile', 'audit', '--block-on', 'high'],
  ['render', 'no-such-file.yaml'],
  ['help', 'audit'],
  ['--version'],
  ['--nope'],
];

interface Found {
  readonly rule: string;
  readonly resource: {readonly namespace?: string};
}

/** A chart whose only object is in the namespace of the release, with one finding of its own. */
function chartInItsNamespace(): string {
  const folder = scratch();
  mkdirSync(path.join(folder, 'templates'));
  writeFileSync(path.join(folder, 'Chart.yaml'), 'apiVersion: v2\nname: small\nversion: 0.1.0\n');
  writeFileSync(
    path.join(folder, 'templates/service.yaml'),
    `apiVersion: v1
kind: Service
metadata: {name: web, namespace: {{ .Release.Namespace }}}
spec: {type: NodePort, selector: {app: web}, ports: [{port: 80}]}
`,
  );
  return folder;
}

for (const helm of helms) {
  testWithTools('helm3', 'helm4')(`${helm} harden is the plain command`, async t => {
    const home = await installed(helm, 'harden', await unsigned());
    symlinkSync(toolPath(helm), path.join(home.bin, 'helm'));
    for (const args of calls) {
      const plain = await home.run('node', [bundle, ...args]);
      t.deepEqual(outcome(await home.run(helm, ['harden', ...args])), outcome(plain), `${args}`);
    }
  });

  testWithTools('helm3', 'helm4')(`a pipe into ${helm} harden`, async t => {
    const home = await installed(helm, 'harden', await unsigned());
    const render = `${helm} template demo '${chartFolder('shop')}'`;
    for (const args of ['audit -', 'render', 'network - --format json', 'help', '--help']) {
      const through = await home.shell(`${render} | ${helm} harden ${args}`);
      const plain = await home.shell(`${render} | node '${bundle}' ${args}`);
      t.deepEqual(outcome(through), outcome(plain), args);
    }
    const list = `apiVersion: config.kubernetes.io/v1
kind: ResourceList
items: [{apiVersion: v1, kind: ConfigMap, metadata: {name: a}}]
functionConfig: {apiVersion: kube-harden.io/v1alpha1, kind: Harden, spec: {profile: audit}}`;
    const through = await home.shell(`echo '${list}' | ${helm} harden`);
    const plain = await home.shell(`echo '${list}' | node '${bundle}'`);
    t.is(plain.exitCode, 2);
    t.deepEqual(outcome(through), outcome(plain));
  });

  testWithTools('helm3', 'helm4')(`${helm} harden audits a chart in a namespace`, async t => {
    const home = await installed(helm, 'harden', await unsigned());
    const chart = chartInItsNamespace();
    // There is no program named helm: it is the one that runs the plugin.
    const audit = async (...args: readonly string[]) => {
      const options = ['--profile=strict', '--format=json', '--fail-on=none'];
      const call = await home.run(helm, ['harden', 'audit', chart, ...options, ...args]);
      const {findings} = JSON.parse(call.stdout);
      return findings.map(({rule, resource}: Found) => [rule, resource.namespace]);
    };
    t.deepEqual(await audit(), [['no-node-port', undefined]]);
    t.deepEqual(await audit('--namespace', 'prod'), [['no-node-port', 'prod']]);
    home.env['HELM_NAMESPACE'] = 'shop';
    t.deepEqual(await audit(), [['no-node-port', 'shop']]);
  });

  testWithTools('helm3', 'helm4')(`${helm} completes harden`, async t => {
    const home = await installed(helm, 'harden', await unsigned());
    for (const [words, expected] of [
      [['au'], 'audit'],
      [['audit', '--report-fi'], '--report-file'],
      [['explain', 'no-host-ne'], 'no-host-network'],
      [['policy', 'che'], 'check'],
    ] as const) {
      const {stdout} = await home.run(helm, ['__complete', 'harden', ...words]);
      t.is(stdout.split('\n')[0], expected);
    }
    t.regex((await home.run(helm, ['completion', 'bash'])).stdout, /bash completion/);
  });

  testWithTools('helm3', 'helm4')(`${helm} updates harden from a branch in git`, async t => {
    const home = new Home();
    const tools = path.join(home.folder, 'tools.git');
    const git = `git -C '${tools}' -c user.name=a -c user.email=a@example.com`;
    const archive = path.join(await unsigned(), `harden-${version}.tgz`);
    const setUp = await home.shell(`git init -q -b main '${tools}' &&
      ${git} commit -q --allow-empty -m source && ${git} checkout -q --orphan plugin &&
      tar -xzf '${archive}' --strip-components 1 -C '${tools}' &&
      ${git} add . && ${git} commit -qm one && ${git} checkout -q main`);
    t.is(setUp.exitCode, 0, setUp.stderr);
    const install = ['plugin', 'install', `file://${tools}`, '--version', 'plugin'];
    const verify = helm === 'helm3' ? [] : ['--verify=false'];
    const {exitCode, stderr} = await home.run(helm, [...install, ...verify]);
    t.is(exitCode, 0, stderr);
    await home.shell(`${git} checkout -q plugin &&
      sed -i 's/^version: .*/version: 99.0.0/' '${tools}/plugin.yaml' &&
      ${git} commit -qam two && ${git} checkout -q main`);
    const update = await home.run(helm, ['plugin', 'update', 'harden']);
    t.is(update.exitCode, 0, update.stderr);
    t.regex((await home.run(helm, ['plugin', 'list'])).stdout, /^harden\s+99\.0\.0/m);
    t.is((await home.run(helm, ['harden', '--version'])).stdout, version);
  });
}

testWithTools('helm4')('Helm 4 builds a clone of this repository as its plugin', async t => {
  const home = new Home();
  const log = path.join(home.folder, 'npm.log');
  const npm = path.join(home.bin, 'npm');
  writeFileSync(
    npm,
    `#!/bin/sh
echo "$*" >> '${log}'
if [ "$1" = ci ]; then mkdir node_modules; else mkdir -p dist && cp '${bundle}' dist/; fi
`,
  );
  chmodSync(npm, 0o755);
  const clone = path.join(home.folder, 'kube-harden');
  for (const file of ['plugin.yaml', '.gitignore', 'packaging/helm/build.cjs']) {
    cpSync(path.join(repository, file), path.join(clone, file));
  }
  const git = `git -C '${clone}' -c user.name=a -c user.email=a@example.com`;
  await home.shell(`${git} init -q -b main && ${git} add . && ${git} commit -qm one`);
  const install = ['plugin', 'install', `file://${clone}`, '--verify=false'];
  t.is((await home.run('helm4', install)).exitCode, 0);
  t.false(existsSync(path.join(home.plugins, 'kube-harden/node_modules')));
  const template = ['template', 'demo', chartFolder('shop'), '--post-renderer', 'kube-harden'];
  t.regex((await home.run('helm4', template)).stdout, /allowPrivilegeEscalation: false/);

  await home.shell(`${git} commit -q --allow-empty -m two`);
  t.is((await home.run('helm4', ['plugin', 'update', 'kube-harden'])).exitCode, 0);
  const build = ['ci --ignore-scripts --no-audit --no-fund', 'run build'];
  t.deepEqual(readFileSync(log, 'utf8').trim().split('\n'), [...build, ...build]);

  await home.run('helm4', ['plugin', 'uninstall', 'kube-harden']);
  writeFileSync(npm, '#!/bin/sh\nexit 3\n');
  t.not((await home.run('helm4', install)).exitCode, 0);
});

testWithTools('helm3', 'helm4')('Helm 3 and Helm 4 share the plugin harden', async t => {
  const home = await installed('helm4', 'harden', await unsigned());
  for (const helm of helms) {
    const {stdout, stderr} = await home.run(helm, ['harden', '--version']);
    t.is(stderr, '');
    t.is(stdout, version);
    t.is((await home.run(helm, ['template', 'demo', chartFolder('shop')])).stderr, '');
  }
});

testWithTools('helm3', 'helm4')('Helm 4 has the post-renderer in a folder of its own', async t => {
  const home = await installed('helm3', 'harden', await unsigned());
  home.env['HELM_DATA_HOME'] = path.join(home.folder, '.local/share/helm4');
  for (const name of pluginNames) {
    await install(home, 'helm4', path.join(await unsigned(), `${name}-${version}.tgz`));
  }
  const args = ['template', 'demo', chartFolder('shop'), '--post-renderer', 'kube-harden'];
  const {stdout, stderr} = await home.run('helm4', args);
  t.is(stderr, '');
  t.regex(stdout, /allowPrivilegeEscalation: false/);
  t.is((await home.run('helm4', ['harden', '--version'])).stdout, version);

  // Helm 3 loads none of its plugins if one of them is for Helm 4.
  t.regex((await home.run('helm3', ['version'])).stderr, /failed to load plugins/);
  delete home.env['HELM_DATA_HOME'];
  const helm3 = await home.run('helm3', ['harden', '--version']);
  t.is(helm3.stderr, '');
  t.is(helm3.stdout, version);
});

testWithTools('helm4')('uninstalling the plugins leaves nothing of them', async t => {
  const home = await installed('helm4', 'harden', await unsigned());
  await install(home, 'helm4', path.join(await unsigned(), `kube-harden-${version}.tgz`));
  await home.run('helm4', ['plugin', 'uninstall', ...pluginNames]);
  t.deepEqual(readdirSync(home.plugins), []);
});

testWithTools('helm3', 'helm4')('Artifact Hub can list the plugin harden', async t => {
  const home = await installed('helm3', 'harden', await unsigned());
  const folder = path.join(home.plugins, 'harden');
  t.deepEqual(readdirSync(folder).sort(), [
    'LICENSE',
    'README.md',
    'THIRD-PARTY-LICENSES.md',
    'completion.yaml',
    'kube-harden.cjs',
    'plugin.yaml',
  ]);
  const metadata = parse(readFileSync(path.join(folder, 'plugin.yaml'), 'utf8'));
  t.is(metadata.name, 'harden');
  t.is(metadata.version, version);
  t.regex(metadata.description, /Audits charts/);
});

testWithExecutableAndTools('helm3', 'helm4')(
  'the plugins with the executable need no Node',
  async t => {
    const folder = await packaged(hostTarget());
    const home = new Home(false);
    for (const name of pluginNames) {
      const archive = path.join(folder, `${name}-${version}+${hostTarget()}.tgz`);
      await install(home, 'helm4', archive);
    }
    const args = ['template', 'demo', chartFolder('shop'), '--post-renderer', 'kube-harden'];
    const {stdout, stderr} = await home.run('helm4', args);
    t.is(stderr, '');
    t.regex(stdout, /allowPrivilegeEscalation: false/);
    const refusal = await home.run('helm4', [
      ...args,
      ...['--profile=audit', '--block-on=high'].map(arg => `--post-renderer-args=${arg}`),
    ]);
    t.regex(refusal.stderr, /kube-harden refused this release because: /);
    const audit = await home.run('helm4', ['harden', 'audit', chartFolder('shop')]);
    t.is(audit.exitCode, 1, audit.stderr);
    t.regex(audit.stdout, /no-privilege-escalation/);
  },
);
