import {readdir} from 'node:fs/promises';
import path from 'node:path';
import {execa} from 'execa';
import {repository} from '../tools/tools.ts';
import type {Level} from './oracle.ts';

/** A pod of the Pod Security Standards' own conformance data. */
export interface OfficialPod {
  readonly level: Level;
  /** The minor of the Kubernetes version with whose rules it passes or fails: 34 for v1.34. */
  readonly minor: number;
  readonly verdict: 'pass' | 'fail';
  /** The id, in lower case, of the check that it was made for, such as `hostports`; `base` for none. */
  readonly check: string;
  readonly path: string;
}

/**
 * Lists the pods that k8s.io/pod-security-admission ships, of the version that the oracle is built
 * with. Needs Go, and downloads the module if necessary.
 */
export async function officialPods(): Promise<OfficialPod[]> {
  listed ??= listPods();
  return listed;
}

let listed: Promise<OfficialPod[]> | undefined;

async function listPods(): Promise<OfficialPod[]> {
  const {stdout} = await execa(
    'go',
    ['mod', 'download', '-json', 'k8s.io/pod-security-admission'],
    {
      cwd: path.join(repository, 'test/pod-security/oracle'),
    },
  );
  const {Dir: module} = JSON.parse(stdout) as {Dir: string};
  const root = path.join(module, 'test/testdata');
  const files = await readdir(root, {recursive: true});
  return files.sort().flatMap(file => {
    const [, level, minor, verdict, check] = podFile.exec(file) ?? [];
    if (level === undefined || check === undefined) return [];
    return {
      level: level as Level,
      minor: Number(minor),
      verdict: verdict as OfficialPod['verdict'],
      check,
      path: path.join(root, file),
    };
  });
}

const podFile = /^(baseline|restricted)\/v1\.(\d+)\/(pass|fail)\/([^/]+?)\d*\.yaml$/;
