/**
 * Builds kube-harden in a clone of this repository that Helm has made or updated as its plugin. Needs npm.
 * What only the build needs is removed, unless the plugin is a link to a checkout.
 */
const {execSync} = require('node:child_process');
const {lstatSync, rmSync} = require('node:fs');
const path = require('node:path');

const folder = process.env.HELM_PLUGIN_DIR;
for (const command of ['npm ci --ignore-scripts --no-audit --no-fund', 'npm run build']) {
  execSync(command, {cwd: folder, stdio: ['ignore', 2, 2]});
}
if (!lstatSync(folder).isSymbolicLink()) {
  rmSync(path.join(folder, 'node_modules'), {recursive: true, force: true});
}
