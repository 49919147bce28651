import {existsSync, readdirSync} from 'node:fs';
import path from 'node:path';
import {repository} from './tools.ts';

/** Real rendered charts, if they are next to the repository; they are not part of it. */
export const corpusFolder = path.resolve(
  repository,
  process.env['CORPUS_FOLDER'] ?? '../shared/corpus',
);

/** The charts of the corpus, by their paths; none where there is no corpus. */
export const corpusFiles: readonly string[] = existsSync(corpusFolder)
  ? readdirSync(corpusFolder)
      .filter(file => file.endsWith('.yaml'))
      .sort()
      .map(file => path.join(corpusFolder, file))
  : [];
