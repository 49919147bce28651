/**
 * Bundles the executable into one file, `dist/kube-harden.cjs`, which Helm's plugin archive, npm
 * and a copied file all run without node_modules. Lazy loading stays lazy: esbuild turns a dynamic
 * import into a function that is called when it is reached.
 *
 * The file contains V8's code cache for the Node that runs this script. With `--all-nodes`, as it is
 * published, it contains one for each maintained version of Node.
 */
import {chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import path from 'node:path';
import {deflateRawSync} from 'node:zlib';
import {type BuildOptions, build} from 'esbuild';
import {execaNode} from 'execa';
import {type CodeCache, executableOf, recorderOf, wrapped} from './executable.ts';
import {fetchRuntime, nodes} from './runtimes.ts';

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
    codeCaches: await codeCaches(),
    packages: await packageTexts(),
  }),
);
chmodSync(executable, 0o755);

async function bundleOf(what: BuildOptions): Promise<string> {
  const {outputFiles} = await build({...options, ...what});
  return ascii(outputFiles?.[0]?.text ?? '');
}

/** esbuild leaves other characters in regular expressions as they are: they are escaped here. */
function ascii(text: string): string {
  return text.replace(
    /[^\0-\x7f]/g,
    unit => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
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

/** The code caches, one for each engine. */
async function codeCaches(): Promise<readonly CodeCache[]> {
  const others = process.argv.includes('--all-nodes') ? nodes : [];
  const executables = [process.execPath, ...(await Promise.all(others.map(fetchRuntime)))];
  const all = await Promise.all(executables.map(node => codeCacheOf(source, node)));
  return [...new Map(all.map(cache => [cache.engine, cache])).values()];
}

/** The code cache of V8 after hardening a chart that uses much of the bundle. */
async function codeCacheOf(bundle: string, node: string): Promise<CodeCache> {
  const folder = mkdtempSync(path.join(tmpdir(), 'kube-harden-bundle-'));
  const recorder = path.join(folder, 'record.cjs');
  const recording = path.join(folder, 'code-cache');
  try {
    writeFileSync(recorder, recorderOf(bundle, recording));
    await execaNode(recorder, [], {
      inputFile: 'charts-fixtures/rendered/unsafe.yaml',
      nodePath: node,
      nodeOptions: [],
    });
    return JSON.parse(readFileSync(recording, 'utf8')) as CodeCache;
  } finally {
    rmSync(folder, {recursive: true});
  }
}
