/**
 * The text of `dist/kube-harden.cjs`. Every start pays for everything that Node reads, parses and compiles:
 *
 * - Compiling the bundle would take a third of the time for one chart, so it comes with V8's code
 *   cache for some versions of Node. Other versions, Bun and Deno compile the bundle.
 * - All of this is in comments, which a parser skips faster than strings. Only the parts that are
 *   needed are read from the file.
 * - Packages that are not needed for one chart are compressed until they are used.
 */

const parameters = 'exports, require, module, __filename, __dirname';
/**
 * Without an extension, in a folder of ES modules, Node treats the file as an ES module, which has
 * neither `require` nor `__filename`.
 */
const start = `#!/usr/bin/env node
'use strict';
const file = typeof __filename === 'string' ? __filename : process.argv[1];
const requireNode = typeof require === 'function' ? require : process.getBuiltinModule('node:module').createRequire(file);
const {Script} = requireNode('node:vm');
const bundleModule = {exports: {}};
`;
const call =
  '(bundleModule.exports, requireAny, bundleModule, file, requireNode("node:path").dirname(file));\n';

/**
 * The engine for which a code cache is valid. V8 itself compares only versions and flags. Bun has no
 * V8, although it reports a version of it.
 */
const engine =
  "[process.versions.bun ? 'bun' : process.versions.v8.replace(/-.*/, ''), process.platform, process.arch].join(' ')";

/**
 * Bundles are ASCII, with line breaks only in template literals: they cannot contain the end of a
 * comment.
 */
const lineBreak = '\n//';

/** `bundle` as a function with the parameters of a CommonJS module. */
export const wrapped = (bundle: string): string => `(function (${parameters}) {${bundle}\n})`;

/** The code cache of a bundle, in base64. */
export interface CodeCache {
  readonly engine: string;
  readonly compiled: string;
}

export interface Parts {
  /** A CommonJS module. */
  readonly source: string;
  readonly codeCaches: readonly CodeCache[];
  /** The packages by name, wrapped, compressed, in base64. */
  readonly packages: Readonly<Record<string, string>>;
}

export function singleFileOf({source, codeCaches, packages}: Parts): string {
  const file = new SingleFile();
  const table = {
    source: file.add(wrapped(source).replaceAll('\n', lineBreak)),
    codeCaches: Object.fromEntries(codeCaches.map(each => [each.engine, file.add(each.compiled)])),
    packages: Object.fromEntries(
      Object.entries(packages).map(([name, text]) => [name, file.add(text)]),
    ),
  };
  file.add(JSON.stringify(table));
  return file.text;
}

/**
 * The code of the file, the same in every build: Deno was seen to run what it had compiled for an
 * earlier build at the same path. What differs is in a table at the end of the file.
 */
const loader = `${start}const {fstatSync, openSync, readSync} = requireNode('node:fs');
const descriptor = openSync(file);
const read = (from, to) => {
  const bytes = Buffer.allocUnsafe(to - from);
  return bytes.latin1Slice(0, readSync(descriptor, bytes, 0, to - from, from));
};
const {size} = fstatSync(descriptor);
const end = read(size - 4096, size);
const table = JSON.parse(end.slice(end.lastIndexOf('\\n//') + 3));
const source = read(...table.source).replaceAll(${JSON.stringify(lineBreak)}, '\\n');
const codeCache = table.codeCaches[${engine}];
const cachedData = codeCache && Buffer.from(read(...codeCache), 'base64');
const loaded = {};
function requireAny(name) {
  if (!Object.hasOwn(table.packages, name)) return requireNode(name);
  if (!Object.hasOwn(loaded, name)) {
    const bytes = Buffer.from(read(...table.packages[name]), 'base64');
    const bundle = requireNode('node:zlib').inflateRawSync(bytes).toString();
    loaded[name] = {exports: {}};
    const run = new Script(bundle, {filename: file}).runInThisContext();
    run(loaded[name].exports, requireNode, loaded[name], file, '');
  }
  return loaded[name].exports;
}
new Script(source, {filename: file, cachedData}).runInThisContext()${call}`;

/**
 * With these flags, two recordings are the same bytes: hashes of strings are not seeded by chance, and
 * nothing depends on threads. The recording contains the name of the script, so that is fixed as well.
 */
export const recorderFlags = ['--hash-seed=1', '--predictable'];

/**
 * A program that runs `source`, and at the end writes its `CodeCache` to `file`. A code cache is valid only for the flags
 * with which it was made. Of those here, V8 compares the seed, so it is reset before.
 */
export function recorderOf(source: string, file: string): string {
  return `${start}const requireAny = requireNode;
const script = new Script(${JSON.stringify(wrapped(source))}, {filename: 'kube-harden.cjs'});
process.on('exit', () => {
  requireNode('node:v8').setFlagsFromString('--hash-seed=0');
  const compiled = script.createCachedData().toString('base64');
  const codeCache = JSON.stringify({engine: ${engine}, compiled});
  requireNode('node:fs').writeFileSync(${JSON.stringify(file)}, codeCache);
});
script.runInThisContext()${call}`;
}

class SingleFile {
  text = loader;

  /** Adds a comment with `content`, and returns where it begins and ends. */
  add(content: string): readonly [from: number, to: number] {
    const from = this.text.length + '//'.length;
    this.text += `//${content}\n`;
    return [from, from + content.length];
  }
}
