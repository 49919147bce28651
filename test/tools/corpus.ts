import {existsSync} from 'node:fs';
import path from 'node:path';
import test from 'ava';
import type {ToolName} from './catalog.ts';
import {corpusFiles, corpusFolder} from './corpus-files.ts';
import {testWithTools} from './with-tools.ts';

/**
 * Declares a test that needs charts of the corpus: the test runner counts it as skipped, by name,
 * where they are not there. `CORPUS_FOLDER` names another folder.
 *
 * @param needed Files of the corpus, by their names; some file or other where it is empty
 * @param tools Real tools that it needs as well
 */
export function testWithCorpus(
  needed: readonly string[] = [],
  tools: readonly ToolName[] = [],
): typeof test | typeof test.skip {
  const isThere = needed.every(name => existsSync(path.join(corpusFolder, name)));
  return isThere && corpusFiles.length > 0 ? testWithTools(...tools) : test.skip;
}
