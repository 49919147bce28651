/**
 * Bundles the library for the npm package into `dist/library`: one module that needs no other package,
 * and the declarations of its types.
 */
import {mkdirSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import path from 'node:path';
import {build} from 'esbuild';

const compiled = 'dist/src';
const folder = 'dist/library';
const relativeModule = /(?<=\bfrom ['"]|\bimport\(['"])(\.[^'"]*)\.ts(?=['"])/g;

rmSync(folder, {recursive: true, force: true});
await build({
  entryPoints: [path.join(compiled, 'library.js')],
  outfile: path.join(folder, 'library.js'),
  bundle: true,
  platform: 'node',
  target: 'node20.19',
  format: 'esm',
});
copyDeclarations('library.d.ts');

/** Copies a file of declarations, and those that it imports. */
function copyDeclarations(file: string, copied = new Set<string>()): void {
  if (copied.has(file)) return;
  copied.add(file);
  const text = readFileSync(path.join(compiled, file), 'utf8');
  const target = path.join(folder, file);
  mkdirSync(path.dirname(target), {recursive: true});
  // TypeScript leaves the extension of the sources in declarations. Not every consumer resolves it.
  writeFileSync(target, text.replace(relativeModule, '$1.js'));
  for (const [, module = ''] of text.matchAll(relativeModule)) {
    copyDeclarations(`${path.join(path.dirname(file), module)}.d.ts`, copied);
  }
}
