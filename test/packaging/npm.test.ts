import {mkdtempSync, readdirSync, readFileSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import path from 'node:path';
import test from 'ava';
import {execa, execaNode} from 'execa';
import {chartFolder, renderedFile} from '../fixtures/charts.ts';
import {bundle} from '../tools/executable.ts';
import {packageCheck} from '../tools/package-checks.ts';
import {repository, toolPath} from '../tools/tools.ts';
import {testWithPackageCheck, testWithTools} from '../tools/with-tools.ts';

const scratch = (): string => mkdtempSync(path.join(tmpdir(), 'kube-harden-npm-'));

/** A home folder of its own, and no network. */
const offline = {HOME: scratch(), npm_config_offline: 'true', npm_config_cache: scratch()};

/** The scripts would build `dist` anew, under the other tests. */
const archive = (async () => {
  const folder = scratch();
  const args = ['pack', '--ignore-scripts', '--silent', '--pack-destination', folder];
  const {stdout} = await execa('npm', args, {cwd: repository});
  return path.join(folder, stdout.trim());
})();

/** A project with the package as its only dependency. */
const project = (async () => {
  const cwd = scratch();
  writeFileSync(path.join(cwd, 'package.json'), '{"name": "consumer", "private": true}');
  await execa('npm', ['install', await archive], {cwd, env: offline});
  return cwd;
})();

const installed = async () => path.join(await project, 'node_modules/kube-harden');

test('the npm package contains only what is used', async t => {
  const files = readdirSync(await installed(), {recursive: true, withFileTypes: true})
    .filter(entry => entry.isFile())
    .map(entry => path.join(entry.parentPath, entry.name));
  const names = await Promise.all(files.map(async file => path.relative(await installed(), file)));
  t.deepEqual(names.filter(name => !/^dist\/library\/.*\.d\.ts$/.test(name)).sort(), [
    'LICENSE',
    'README.md',
    'dist/THIRD-PARTY-LICENSES.md',
    'dist/kube-harden.cjs',
    'dist/library/library.js',
    'docs/diff.schema.json',
    'docs/images.schema.json',
    'docs/policy.schema.json',
    'docs/report.schema.json',
    'package.json',
    'plugin.yaml',
  ]);
  const code = files.filter(file => /\.[cm]?[jt]s$/.test(file));
  t.deepEqual(
    code.filter(file => readFileSync(file, 'utf8').includes('sourceMappingURL')),
    [],
  );
});

test('installing the npm package installs no other package', async t => {
  const packages = readdirSync(path.join(await project, 'node_modules'));
  t.deepEqual(
    packages.filter(name => !name.startsWith('.')),
    ['kube-harden'],
  );
});

test('npx runs the command of the npm package, in a project and without one', async t => {
  const input = {inputFile: renderedFile('unsafe')};
  const {stdout} = await execaNode(bundle, [], {...input, nodeOptions: []});
  for (const [cwd, from] of [
    [await project, []],
    [scratch(), ['--yes', `--package=${await archive}`]],
  ] as const) {
    const call = await execa('npx', [...from, 'kube-harden'], {...input, cwd, env: offline});
    t.is(call.stdout, stdout);
    const args = [...from, 'kube-harden', 'audit', '-'];
    const audit = await execa('npx', args, {...input, cwd, env: offline, reject: false});
    t.is(audit.exitCode, 1);
    t.regex(audit.stdout, /no-host-port/);
  }
});

const program = `const stream = 'apiVersion: v1\\nkind: Secret\\n';
const {text} = harden(stream, 'in', policyOf({}));
console.log(text === stream, Object.keys(schema.properties).includes('findings'));
`;
for (const [kind, file, imports] of [
  [
    'ES modules',
    'consumer.mjs',
    `import {harden, policyOf} from 'kube-harden';
import schema from 'kube-harden/report.schema.json' with {type: 'json'};
`,
  ],
  [
    'CommonJS',
    'consumer.cjs',
    `const {harden, policyOf} = require('kube-harden');
const schema = require('kube-harden/report.schema.json');
`,
  ],
] as const) {
  test(`a program of ${kind} imports the npm package`, async t => {
    const consumer = path.join(await project, file);
    writeFileSync(consumer, imports + program);
    const {stdout} = await execaNode(consumer, [], {nodeOptions: []});
    t.is(stdout, 'true true');
  });
}

const typeScript = path.join(repository, 'node_modules/typescript/bin/tsc');

for (const [module, resolution] of [
  ['nodenext', 'nodenext'],
  ['esnext', 'bundler'],
] as const) {
  test(`TypeScript checks a program that imports the npm package: ${resolution}`, async t => {
    const check = async (type: string) => {
      const file = path.join(await project, `${type}-${resolution}.mts`);
      writeFileSync(
        file,
        `import {harden, policyOf, type Finding} from 'kube-harden';
const {findings}: {readonly findings: readonly Finding[]} = harden('', 'in', policyOf({}));
export const rule: ${type} | undefined = findings[0]?.rule;
`,
      );
      const options = ['--ignoreConfig', '--noEmit', '--strict', '--skipLibCheck', 'false'];
      const target = ['--target', 'es2023', '--module', module, '--moduleResolution', resolution];
      const args = [...options, ...target, '--types', '', file];
      return execaNode(typeScript, args, {nodeOptions: [], reject: false, cwd: await project});
    };
    const right = await check('string');
    t.is(right.exitCode, 0, right.stdout);
    t.regex((await check('number')).stdout, /TS2322/);
  });
}

testWithPackageCheck('publint')('publint has nothing to say of the npm package', async t => {
  const {stdout} = await execa(packageCheck('publint'), [await archive, '--strict']);
  t.regex(stdout, /All good!/);
});

/** `require` loads an ES module in every version of Node that the package supports. */
testWithPackageCheck('attw')('the types of the npm package are right', async t => {
  const args = [await archive, '--profile', 'esm-only', '--format', 'json'];
  const {stdout, exitCode} = await execa(packageCheck('attw'), args, {reject: false});
  t.is(exitCode, 0, stdout);
});

test('the npm package is installed for all projects, and removed', async t => {
  const prefix = scratch();
  const npm = (...args: readonly string[]) =>
    execa('npm', [...args, '--global', '--prefix', prefix], {env: offline});
  await npm('install', await archive);
  t.regex((await npm('ls', 'kube-harden')).stdout, /kube-harden@/);
  const {stdout} = await execa(path.join(prefix, 'bin/kube-harden'), ['help']);
  t.regex(stdout, /audit/);
  await npm('uninstall', 'kube-harden');
  t.deepEqual(readdirSync(path.join(prefix, 'bin')), []);
});

testWithTools('helm4')('Helm 4 installs the npm package as its plugin', async t => {
  const helm = toolPath('helm4');
  const env = {...offline, HELM_DATA_HOME: scratch()};
  await execa(helm, ['plugin', 'install', await installed()], {env});
  const args = ['template', 'demo', chartFolder('shop'), '--post-renderer', 'kube-harden'];
  const {stdout} = await execa(helm, args, {env});
  t.regex(stdout, /allowPrivilegeEscalation: false/);
});
