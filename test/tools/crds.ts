import {cpSync, existsSync, mkdirSync, writeFileSync} from 'node:fs';
import path from 'node:path';
import {execa} from 'execa';
import {repository} from './tools.ts';

/** The definitions of kinds that tests create in a real API server, from published Go modules with pinned versions. */
const crds = {
  openreports: {
    module: 'github.com/openreports/reports-api',
    version: 'v0.2.1',
    files: ['openreports.io_reports.yaml', 'openreports.io_clusterreports.yaml'],
    folder: 'config/crd',
  },
  policyreport: {
    module: 'github.com/kyverno/kyverno',
    version: 'v1.19.1',
    files: ['wgpolicyk8s.io_policyreports.yaml', 'wgpolicyk8s.io_clusterpolicyreports.yaml'],
    folder: 'config/crds/policyreport',
  },
  'security-profiles-operator': {
    module: 'sigs.k8s.io/security-profiles-operator',
    version: 'v1.0.0',
    files: ['apparmorprofile.yaml'],
    folder: 'deploy/base-crds/crds',
  },
} as const;

export type CrdName = keyof typeof crds;

/** The folder of the definitions, which exists once they are complete. */
export const crdFolder = (name: CrdName): string =>
  path.join(repository, '.tools/crds', `${name}-${crds[name].version}`);

/** Copies the definitions from the module cache of Go, once. It verifies them by its checksum database. */
export async function fetchCrds(): Promise<void> {
  for (const name of Object.keys(crds) as CrdName[]) {
    const target = crdFolder(name);
    if (existsSync(path.join(target, 'complete'))) continue;
    const {module, version, files, folder} = crds[name];
    const {stdout} = await execa('go', ['mod', 'download', '-json', `${module}@${version}`], {
      cwd: '/',
    });
    const {Dir: source} = JSON.parse(stdout);
    mkdirSync(target, {recursive: true});
    for (const file of files) {
      cpSync(path.join(source, folder, file), path.join(target, file));
    }
    writeFileSync(path.join(target, 'complete'), '');
  }
}

export const crdFiles = (name: CrdName): readonly string[] =>
  crds[name].files.map(file => path.join(crdFolder(name), file));
