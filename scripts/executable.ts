/**
 * The text of the executable. Every start pays for what Node reads, parses and compiles of it:
 *
 * - To compile the bundle anew would cost a quarter of the time of one chart: beside it stands what V8
 *   compiled of it. Where the two do not fit (another version of Node), V8 says so, and compiles the bundle.
 * - Both stand in comments of a function, which a parser passes over faster than a string, and whose text
 *   is at hand without reading the file once more.
 * - The packages that some calls need, and one chart does not, are deflated until they are asked for.
 */

const parameters = 'exports, require, module, __filename, __dirname';
/** Under a name without an ending, in a folder of ES modules, Node takes the file for one, which has no `require`. */
const start = `#!/usr/bin/env node
'use strict';
const file = process.argv[1];
const requireNode = typeof require === 'function' ? require : process.getBuiltinModule('node:module').createRequire(file);
const {Script} = requireNode('node:vm');
const bundleModule = {exports: {}};
`;
const call =
  '(bundleModule.exports, requireAny, bundleModule, file, requireNode("node:path").dirname(file));\n';

/** `bundle` as a function that is to be called with what Node gives a module. */
export const wrapped = (bundle: string): string => `(function (${parameters}) {${bundle}\n})`;

export interface Parts {
  /** A CommonJS module. */
  readonly source: string;
  /** What V8 compiled of it, in base64. */
  readonly compiled: string;
  /** By name: a package as `wrapped`, deflated, in base64. */
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

/** A program that runs `source`, and at its end writes what V8 compiled of it to `file`. */
export function recorderOf(source: string, file: string): string {
  return `${start}const requireAny = requireNode;
const script = new Script(${JSON.stringify(wrapped(source))}, {filename: file});
process.on('exit', () => requireNode('node:fs').writeFileSync(${JSON.stringify(file)}, script.createCachedData()));
script.runInThisContext()${call}`;
}

/** Bundles are ASCII, and hold line breaks in template literals only: none is a comment's end. */
const lineBreak = '\n//';

class Payload {
  text = 'function payload() {\n';

  /** Adds a comment of `content`, and gives its place: the arguments of `slice`. */
  add(content: string): string {
    const from = this.text.length + '//'.length;
    this.text += `//${content}\n`;
    return `${from}, ${from + content.length}`;
  }
}
