import {existsSync, readdirSync} from 'node:fs';
import path from 'node:path';
import test from 'ava';
import {repository} from './tools.ts';

/** Real rendered charts, where they lie beside the repository; they are no part of it. */
export const corpusFolder = path.resolve(
  repository,
  process.env['KUBE_HARDEN_CORPUS'] ?? '../shared/corpus',
);

/** The charts of the corpus, by their paths; none where there is no corpus. */
export const corpusFiles: readonly string[] = existsSync(corpusFolder)
  ? readdirSync(corpusFolder)
      .filter(file => file.endsWith('.yaml'))
      .sort()
      .map(file => path.join(corpusFolder, file))
  : [];

/**
 * Declares a test that needs charts of the corpus: the test runner counts it as skipped, by name,
 * where they are not there. `KUBE_HARDEN_CORPUS` names another folder.
 *
 * @param needed Files of the corpus, by their names; some file or other where it is empty
 */
export function testWithCorpus(needed: readonly string[] = []): typeof test | typeof test.skip {
  const isThere = needed.every(name => existsSync(path.join(corpusFolder, name)));
  return isThere && corpusFiles.length > 0 ? test : test.skip;
}
