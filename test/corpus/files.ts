import {readdirSync} from 'node:fs';
import path from 'node:path';
import {corpusFiles} from '../tools/corpus-files.ts';
import {repository} from '../tools/tools.ts';

const fixtures = path.join(repository, 'charts-fixtures/rendered');

/** The file of reviewed takings. */
export const takingsFile = path.join(repository, 'test/corpus/takings.yaml');

/** The streams whose takings are reviewed: the repository's own, and the corpus. */
export const reviewedFiles: readonly string[] = [
  ...readdirSync(fixtures)
    .sort()
    .map(file => path.join(fixtures, file)),
  ...corpusFiles,
];
