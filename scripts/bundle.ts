/**
 * Bundles the executable into one file, `dist/kube-harden.cjs`: what Helm's plugin archive, npm and
 * a copied file all run, with no node_modules beside it. What a verb loads late stays late: esbuild
 * turns a dynamic import into a function that is called when it is reached.
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
  // CommonJS starts faster on Node 20, and runs under any name, `kube-harden` without an ending too.
  format: 'cjs',
  minify: true,
  legalComments: 'none',
  // A script that V8 compiles from a text has no `import()`: what is loaded late is loaded by `require`.
  supported: {'dynamic-import': false},
};

/** The rules' pages, by the rule's id: what `explain` prints. */
const pages = Object.fromEntries(
  readdirSync('docs/rules').map(file => [
    path.basename(file, '.md'),
    readFileSync(path.join('docs/rules', file), 'utf8'),
  ]),
);

const source = await bundleOf({
  entryPoints: ['dist/src/cli.js'],
  packages: 'external',
  // A short text, read when it is asked for: every start pays for what the file holds.
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

/** The packages that the project depends on, each bundled with its own dependencies. */
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

/** What V8 compiles of the bundle for a chart that needs much to be done. */
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
