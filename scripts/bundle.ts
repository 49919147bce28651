/**
 * Bundles the executable into one file, `dist/kube-harden.cjs`: what Helm's plugin archive, npm and
 * a copied file all run, with no node_modules beside it. What a verb loads late stays late: esbuild
 * turns a dynamic import into a function that is called when it is reached.
 *
 * To compile it anew at each start would cost a quarter of the time of one chart. So the file holds the
 * bundle as a text, and what V8 compiled of it while it hardened a chart. Where the two do not fit (another
 * version of Node), V8 says so, and compiles the text.
 */
import {chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import path from 'node:path';
import {deflateRawSync} from 'node:zlib';
import {build} from 'esbuild';
import {execaNode} from 'execa';

/** The rules' pages, by the rule's id: what `explain` prints. */
const pages = Object.fromEntries(
  readdirSync('docs/rules').map(file => [
    path.basename(file, '.md'),
    readFileSync(path.join('docs/rules', file), 'utf8'),
  ]),
);

const result = await build({
  entryPoints: ['dist/src/cli.js'],
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
  // cosmiconfig reaches for it only to run TypeScript configurations, which are never loaded here.
  external: ['typescript'],
  // A short text, read when it is asked for: every start pays for what the file holds.
  define: {RULE_PAGES: JSON.stringify(deflateRawSync(JSON.stringify(pages)).toString('base64'))},
});
const bundle = result.outputFiles[0]?.text ?? '';
const parameters = 'exports, require, module, __filename, __dirname';
const source = `(function (${parameters}) {${bundle}\n})`;

const run = `.runInThisContext()(${parameters});\n`;
const start = "#!/usr/bin/env node\n'use strict';\nconst {Script} = require('node:vm');\n";

const executable = 'dist/kube-harden.cjs';
const text = `const source = ${JSON.stringify(source)};\n`;
const cache = JSON.stringify((await compiled()).toString('base64'));
writeFileSync(
  executable,
  `${start}${text}const cachedData = Buffer.from(${cache}, 'base64');\n` +
    `new Script(source, {filename: __filename, cachedData})${run}`,
);
chmodSync(executable, 0o755);

/** What V8 compiles of the bundle for a chart that needs much to be done. */
async function compiled(): Promise<Buffer> {
  const folder = mkdtempSync(path.join(tmpdir(), 'kube-harden-bundle-'));
  const recorder = path.join(folder, 'record.cjs');
  const recording = path.join(folder, 'recording');
  const record = `process.on('exit', () => require('node:fs').writeFileSync(${JSON.stringify(recording)}, script.createCachedData()));\n`;
  try {
    writeFileSync(
      recorder,
      `${start}${text}const script = new Script(source, {filename: __filename});\n${record}script${run}`,
    );
    await execaNode(recorder, [], {
      inputFile: 'charts-fixtures/rendered/unsafe.yaml',
      nodeOptions: [],
    });
    return readFileSync(recording);
  } finally {
    rmSync(folder, {recursive: true});
  }
}
