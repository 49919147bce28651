import {chmodSync, lstatSync, mkdirSync, readdirSync, writeFileSync} from 'node:fs';
import path from 'node:path';

/** Files that some program runs or obeys because of their location, by path. */
const scripts = [
  ...['js', 'cjs', 'mjs', 'ts'].flatMap(ending => [
    `.config/config.${ending}`,
    `.config/kube-hardenrc.${ending}`,
    `kube-harden.config.${ending}`,
    `.kube-hardenrc.${ending}`,
    `kube-harden.${ending}`,
    `cosmiconfig.config.${ending}`,
  ]),
  ...['cosmiconfig', 'typescript', 'execa', 'yaml', 'valibot', 'tmp-promise', 'fs', 'path'].map(
    name => `node_modules/${name}/index.js`,
  ),
  'bait.cjs',
  '.pnp.cjs',
  '.pnp.loader.mjs',
  'index.js',
];

const programs = ['helm', 'node', 'ps', 'sh', 'kubectl', 'kustomize'];

const settings = {
  'package.json': `{"type": "module", "main": "bait.cjs", "cosmiconfig": {"searchPlaces": ["kube-harden.js"]}, "kube-harden": {"$import": "./bait.cjs"}}`,
  'package.yaml': 'cosmiconfig: {searchPlaces: [kube-harden.js]}\n',
  '.config/config.json': '{"searchPlaces": ["kube-harden.js", "kube-harden.cjs"]}',
  '.config/config.yaml': 'searchPlaces: [kube-harden.js]\n',
  '.kube-hardenrc': '$import: ./bait.cjs\n',
  '.npmrc': 'node-options=--require ./bait.cjs\nscript-shell=./sh\n',
  '.env': 'NODE_OPTIONS=--require ./bait.cjs\nHELM_PLUGINS=plugins\nHELM_BIN=./helm\n',
  '.envrc': 'export NODE_OPTIONS="--require ./bait.cjs"\n',
  'node.config.json': '{"nodeOptions": {"import": ["./bait.cjs"]}}',
  'tsconfig.json': '{"compilerOptions": {"plugins": [{"name": "./bait.cjs"}]}}',
  'plugins/bait/plugin.yaml': `name: bait
version: 0.1.0
command: ./helm
hooks: {install: ./helm}
`,
} as const;

/** Fills `folder` with bait: anything that is run leaves a file in `marks`. */
export function layBait(folder: string, marks: string): void {
  const mark = (name: string) => path.join(marks, name.replaceAll('/', '_'));
  for (const script of scripts) {
    const write = `process.getBuiltinModule('node:fs').writeFileSync(${JSON.stringify(mark(script))}, '')`;
    put(path.join(folder, script), `${write};\n`);
  }
  for (const place of ['', 'bin', 'node_modules/.bin', 'plugins/bait']) {
    for (const program of programs) {
      const file = path.join(folder, place, program);
      put(file, `#!/bin/sh\n: > '${mark(path.join(place, program))}'\n`);
      chmodSync(file, 0o755);
    }
  }
  for (const [name, text] of Object.entries(settings)) put(path.join(folder, name), text);
}

function put(file: string, text: string): void {
  mkdirSync(path.dirname(file), {recursive: true});
  writeFileSync(file, text);
}

/**
 * All files in `folder`, with the times of their last changes, to detect what a run creates or
 * touches.
 */
export const contentsOf = (folder: string): readonly string[] =>
  readdirSync(folder, {recursive: true, encoding: 'utf8'})
    .map(name => ({name, stats: lstatSync(path.join(folder, name))}))
    .map(({name, stats}) => (stats.isFile() ? `${name} ${stats.mtimeMs}` : name))
    .sort();
