import {mkdtempSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import path from 'node:path';
import {execaNode} from 'execa';
import {type CodeCache, recorderFlags, recorderOf} from './single-file.ts';

/** The code cache of V8 after hardening a chart that uses much of the bundle. */
export async function codeCacheOf(bundle: string, node: string): Promise<CodeCache> {
  const folder = mkdtempSync(path.join(tmpdir(), 'kube-harden-bundle-'));
  const recorder = path.join(folder, 'record.cjs');
  const recording = path.join(folder, 'code-cache');
  try {
    writeFileSync(recorder, recorderOf(bundle, recording));
    await execaNode(recorder, [], {
      inputFile: 'charts-fixtures/rendered/unsafe.yaml',
      nodePath: node,
      nodeOptions: recorderFlags,
    });
    return JSON.parse(readFileSync(recording, 'utf8')) as CodeCache;
  } finally {
    rmSync(folder, {recursive: true});
  }
}
