/**
 * Bundles the executable into one file, `dist/kube-harden.cjs`, which Helm's plugin archive, npm
 * and a copied file all run without node_modules. Lazy loading stays lazy: esbuild turns a dynamic
 * import into a function that is called when it is reached.
 */
import {chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import path from 'node:path';
import {deflateRawSync} from 'node:zlib';
import {type BuildOptions, build} from 'esbuild';
import {execaNode} from 'execa';
import {executableOf, recorderOf, wrapped} from './executable.ts';

const options: BuildOptions = {
  bundle: true,
  write: false,
  platform: 'node',
  target: 'node20.19',
  // CommonJS starts faster on Node 20, and runs under any name, also `kube-harden` without an
  // extension.
  format: 'cjs',
  minify: true,
  legalComments: 'none',
  // A script that V8 compiles from text has no `import()`: lazy loading uses `require`.
  supported: {'dynamic-import': false},
};

/** The rule pages by rule id, which `explain` prints. */
const pages = Object.fromEntries(
  readdirSync('docs/rules').map(file => [
    path.basename(file, '.md'),
    readFileSync(path.join('docs/rules', file), 'utf8'),
  ]),
);

const source = await bundleOf({
  entryPoints: ['dist/src/cli.js'],
  packages: 'external',
  // Compressed, and decoded on demand: every start pays for the size of the file.
  define: {RULE_PAGES: JSON.stringify(deflated(JSON.stringify(pages)))},
});

const executable = 'dist/kube-harden.cjs';
writeFileSync(
  executable,
  executableOf({
    source,
    compiled: (await compiled(source)).toString('base64'),
    packages: await packageTexts(),
  }),
);
chmodSync(executable, 0o755);

async function bundleOf(what: BuildOptions): Promise<string> {
  const {outputFiles} = await build({...options, ...what});
  return outputFiles?.[0]?.text ?? '';
}

/** The dependencies of the project, each bundled with its own dependencies. */
async function packageTexts(): Promise<Readonly<Record<string, string>>> {
  const {dependencies} = JSON.parse(readFileSync('package.json', 'utf8')) as {
    readonly dependencies: Readonly<Record<string, string>>;
  };
  const texts: Record<string, string> = {};
  for (const name of Object.keys(dependencies)) {
    const contents = `module.exports = require(${JSON.stringify(name)});`;
    const stdin = {contents, resolveDir: process.cwd()};
    texts[name] = deflated(wrapped(await bundleOf({stdin})));
  }
  return texts;
}

function deflated(text: string): string {
  return deflateRawSync(text).toString('base64');
}

/** The code cache of V8 after hardening a chart that uses much of the bundle. */
async function compiled(bundle: string): Promise<Buffer> {
  const folder = mkdtempSync(path.join(tmpdir(), 'kube-harden-bundle-'));
  const recorder = path.join(folder, 'record.cjs');
  const recording = path.join(folder, 'recording');
  try {
    writeFileSync(recorder, recorderOf(bundle, recording));
    await execaNode(recorder, [], {
      inputFile: 'charts-fixtures/rendered/unsafe.yaml',
      nodeOptions: [],
    });
    return readFileSync(recording);
  } finally {
    rmSync(folder, {recursive: true});
  }
}
