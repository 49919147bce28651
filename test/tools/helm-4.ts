import {cpSync, mkdtempSync, readFileSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import path from 'node:path';
import {execa} from 'execa';
import {version} from '../../src/version.ts';
import {executable, isStandalone} from './executable.ts';
import {repository} from './tools.ts';

/**
 * Installs the plugin into its own home: only its two files, without node_modules.
 *
 * @returns the environment in which `helm` finds it
 */
export async function helm4WithPlugin(
  helm: string,
  source: 'folder' | 'archive',
): Promise<Readonly<Record<string, string>>> {
  const home = mkdtempSync(path.join(tmpdir(), 'kube-harden-helm-'));
  const folder = path.join(home, 'kube-harden');
  const plugin = readFileSync(path.join(repository, 'plugin.yaml'), 'utf8');
  const place = 'dist/kube-harden.cjs';
  cpSync(executable, path.join(folder, place));
  writeFileSync(
    path.join(folder, 'plugin.yaml'),
    isStandalone
      ? plugin.replace(/command: node\n.*$/m, `command: \${HELM_PLUGIN_DIR}/${place}`)
      : plugin,
  );
  const env = {
    HELM_CACHE_HOME: path.join(home, 'cache'),
    HELM_CONFIG_HOME: path.join(home, 'config'),
    HELM_DATA_HOME: path.join(home, 'data'),
  };
  if (source === 'folder') {
    await execa(helm, ['plugin', 'install', folder], {env});
  } else {
    await execa(helm, ['plugin', 'package', folder, '--sign=false', '-d', home], {env});
    const archive = path.join(home, `kube-harden-${version}.tgz`);
    await execa(helm, ['plugin', 'install', archive, '--verify=false'], {env});
  }
  return env;
}
