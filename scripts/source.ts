import {readdirSync, readFileSync} from 'node:fs';
import {isBuiltin} from 'node:module';
import path from 'node:path';
import {deflateRawSync} from 'node:zlib';
import {type BuildOptions, build} from 'esbuild';

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

export interface Bundle {
  readonly text: string;
  /** The packages that it loads when it runs, in the order of their names. */
  readonly packages: readonly string[];
  /** The files that are in it, each with the files that it imports. */
  readonly files: ReadonlyMap<string, readonly string[]>;
}

/** Lazy loading stays lazy: esbuild turns a dynamic import into a function that is called when it is reached. */
export async function bundleOf(what: BuildOptions): Promise<Bundle> {
  const {outputFiles, metafile} = await build({...options, ...what, metafile: true});
  const imports = Object.values(metafile.outputs).flatMap(output => output.imports);
  const packages = imports.filter(each => each.external && !isBuiltin(each.path));
  return {
    text: ascii(outputFiles?.[0]?.text ?? ''),
    packages: [...new Set(packages.map(each => each.path))].sort(),
    files: new Map(
      Object.entries(metafile.inputs).map(([file, {imports}]) => [
        file,
        imports.map(each => each.path),
      ]),
    ),
  };
}

/** esbuild leaves other characters in regular expressions as they are: they are escaped here. */
function ascii(text: string): string {
  return text.replace(
    /[^\0-\x7f]/g,
    unit => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

/** The command line, bundled as `how` says. */
export const bundledCli = (how: BuildOptions): Promise<Bundle> =>
  bundleOf({
    entryPoints: ['dist/src/cli.js'],
    // Compressed, and decoded on demand: every start pays for the size of the file.
    define: {
      RULE_PAGES: JSON.stringify(deflated(JSON.stringify(rulePages()))),
      POLICY_SCHEMA: JSON.stringify(deflated(readFileSync('docs/policy.schema.json', 'utf8'))),
    },
    ...how,
  });

/** The rule pages by rule id, which `explain` prints. */
const rulePages = (): Readonly<Record<string, string>> =>
  Object.fromEntries(
    readdirSync('docs/rules').map(file => [
      path.basename(file, '.md'),
      readFileSync(path.join('docs/rules', file), 'utf8'),
    ]),
  );

export const deflated = (text: string): string => deflateRawSync(text).toString('base64');
