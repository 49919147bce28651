/**
 * Bundles the executable into one file, `dist/kube-harden.cjs`: what Helm's plugin archive, npm and
 * a copied file all run, with no node_modules beside it. What a verb loads late stays late: esbuild
 * turns a dynamic import into a function that is called when it is reached.
 */
import {chmodSync} from 'node:fs';
import {build} from 'esbuild';

await build({
  entryPoints: ['dist/src/cli.js'],
  outfile: 'dist/kube-harden.cjs',
  bundle: true,
  platform: 'node',
  target: 'node20.19',
  // CommonJS starts faster on Node 20, and runs under any name, `kube-harden` without an ending too.
  format: 'cjs',
  minify: true,
  legalComments: 'none',
  banner: {js: '#!/usr/bin/env node'},
  // cosmiconfig reaches for it only to run TypeScript configurations, which are never loaded here.
  external: ['typescript'],
});
chmodSync('dist/kube-harden.cjs', 0o755);
