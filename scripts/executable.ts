/**
 * The text of the executable. Every start pays for everything that Node reads, parses and compiles:
 *
 * - Compiling the bundle would take a quarter of the time for one chart, so it comes with V8's code
 *   cache. If the cache does not match (another version of Node), V8 rejects it and compiles the
 *   bundle.
 * - Both are in comments of a function, which a parser skips faster than a string, and whose text
 *   is available without reading the file again.
 * - Packages that are not needed for one chart are compressed until they are used.
 */

const parameters = 'exports, require, module, __filename, __dirname';
/**
 * Without an extension, in a folder of ES modules, Node treats the file as an ES module, which has
 * no `require`.
 */
const start = `#!/usr/bin/env node
'use strict';
const file = process.argv[1];
const requireNode = typeof require === 'function' ? require : process.getBuiltinModule('node:module').createRequire(file);
const {Script} = requireNode('node:vm');
const bundleModule = {exports: {}};
`;
const call =
  '(bundleModule.exports, requireAny, bundleModule, file, requireNode("node:path").dirname(file));\n';

/** `bundle` as a function with the parameters of a CommonJS module. */
export const wrapped = (bundle: string): string => `(function (${parameters}) {${bundle}\n})`;

export interface Parts {
  /** A CommonJS module. */
  readonly source: string;
  /** The code cache of V8, in base64. */
  readonly compiled: string;
  /** The packages by name, wrapped, compressed, in base64. */
  readonly packages: Readonly<Record<string, string>>;
}

export function executableOf({source, compiled, packages}: Parts): string {
  const payload = new Payload();
  const at = payload.add(wrapped(source).replaceAll('\n', lineBreak));
  const cached = payload.add(compiled);
  const places = Object.entries(packages).map(([name, text]) => [name, payload.add(text)] as const);
  return `${start}const text = String(payload);
const source = text.slice(${at}).replaceAll(${JSON.stringify(lineBreak)}, '\\n');
const cachedData = Buffer.from(text.slice(${cached}), 'base64');
const packages = {${places.map(([name, place]) => `${JSON.stringify(name)}: [${place}]`).join(', ')}};
const loaded = {};
function requireAny(name) {
  if (!Object.hasOwn(packages, name)) return requireNode(name);
  if (!Object.hasOwn(loaded, name)) {
    const bytes = Buffer.from(text.slice(...packages[name]), 'base64');
    const bundle = requireNode('node:zlib').inflateRawSync(bytes).toString();
    loaded[name] = {exports: {}};
    const run = new Script(bundle, {filename: file}).runInThisContext();
    run(loaded[name].exports, requireNode, loaded[name], file, '');
  }
  return loaded[name].exports;
}
new Script(source, {filename: file, cachedData}).runInThisContext()${call}${payload.text}}
`;
}

/** A program that runs `source`, and at the end writes V8's code cache to `file`. */
export function recorderOf(source: string, file: string): string {
  return `${start}const requireAny = requireNode;
const script = new Script(${JSON.stringify(wrapped(source))}, {filename: file});
process.on('exit', () => requireNode('node:fs').writeFileSync(${JSON.stringify(file)}, script.createCachedData()));
script.runInThisContext()${call}`;
}

/**
 * Bundles are ASCII, with line breaks only in template literals: they cannot contain the end of a
 * comment.
 */
const lineBreak = '\n//';

class Payload {
  text = 'function payload() {\n';

  /** Adds a comment with `content`, and returns its position: the arguments of `slice`. */
  add(content: string): string {
    const from = this.text.length + '//'.length;
    this.text += `//${content}\n`;
    return `${from}, ${from + content.length}`;
  }
}
