/**
 * Bundles the executable into one file, `dist/kube-harden.js`: what Helm's plugin archive, npm and
 * a copied file all run, with no node_modules beside it. What a verb loads late stays late: esbuild
 * turns a dynamic import into a function that is called when it is reached.
 */
import {chmodSync} from 'node:fs';
import {build} from 'esbuild';

await build({
  entryPoints: ['dist/src/cli.js'],
  outfile: 'dist/kube-harden.js',
  bundle: true,
  platform: 'node',
  target: 'node20.19',
  format: 'esm',
  minify: true,
  legalComments: 'none',
  banner: {
    js: "#!/usr/bin/env node\nimport {createRequire as nodeRequire} from 'node:module';const require=nodeRequire(import.meta.url);",
  },
  // cosmiconfig reaches for it only to run TypeScript configurations, which are never loaded here.
  external: ['typescript'],
});
chmodSync('dist/kube-harden.js', 0o755);
