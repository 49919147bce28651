/**
 * Bundles the executable into one file, `dist/kube-harden.cjs`, which Helm's plugin archive, npm
 * and a copied file all run without node_modules. Next to it are the licenses of the packages in it.
 *
 * The file contains V8's code cache for the Node that runs this script. With `--all-nodes`, as it is
 * published, it contains one for each maintained version of Node.
 */
import {chmodSync, writeFileSync} from 'node:fs';
import path from 'node:path';
import {codeCacheOf} from './code-cache.ts';
import {licensesFile, thirdPartyLicenses} from './contents/licenses.ts';
import {fetchRuntime, nodes} from './runtimes.ts';
import {type CodeCache, singleFileOf, wrapped} from './single-file.ts';
import {bundledCli, bundleOf, deflated} from './source.ts';

const {text: source, packages} = await bundledCli({packages: 'external'});

const executable = 'dist/kube-harden.cjs';
writeFileSync(
  executable,
  singleFileOf({
    source,
    codeCaches: await codeCaches(),
    packages: await packageTexts(),
  }),
);
chmodSync(executable, 0o755);
writeFileSync(path.join('dist', licensesFile), await thirdPartyLicenses('bundle'));

/** The packages that the bundle loads, each bundled with its own dependencies. */
async function packageTexts(): Promise<Readonly<Record<string, string>>> {
  const texts: Record<string, string> = {};
  for (const name of packages) {
    const contents = `module.exports = require(${JSON.stringify(name)});`;
    const stdin = {contents, resolveDir: process.cwd()};
    texts[name] = deflated(wrapped((await bundleOf({stdin})).text));
  }
  return texts;
}

/** The code caches, one for each engine. */
async function codeCaches(): Promise<readonly CodeCache[]> {
  const others = process.argv.includes('--all-nodes') ? nodes : [];
  const executables = [process.execPath, ...(await Promise.all(others.map(fetchRuntime)))];
  const all = await Promise.all(executables.map(node => codeCacheOf(source, node)));
  return [...new Map(all.map(cache => [cache.engine, cache])).values()];
}
