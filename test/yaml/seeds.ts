import {existsSync, readdirSync, readFileSync} from 'node:fs';
import path from 'node:path';
import {splitDocuments} from '../../src/yaml/split.ts';
import {repository} from '../tools/tools.ts';
import {readTables} from './table.ts';

export const seedFolder = path.join(repository, 'test/yaml/seeds');

const longest = 3000;

/**
 * The starting points of generators: our own rendered charts, the tables, and the seeds of earlier
 * runs.
 */
export function readSeeds(): readonly string[] {
  const decoder = new TextDecoder('utf-8', {fatal: true, ignoreBOM: true});
  const cases = readTables().flatMap(({cases}) =>
    cases.flatMap(({bytes}) => {
      try {
        return [decoder.decode(bytes)];
      } catch {
        return [];
      }
    }),
  );
  return [...documentsIn('charts-fixtures/rendered'), ...cases, ...readKept()].filter(isShort);
}

/** Good starting points from earlier fuzzing, derived only from our own charts and tables. */
export const readKept = (): readonly string[] =>
  filesIn(seedFolder).map(file => readFileSync(file, 'utf8'));

/** The documents of the files in a folder, named from the repository's root; none where it is not there. */
export function documentsIn(folder: string): readonly string[] {
  return filesIn(path.resolve(repository, folder)).flatMap(file => {
    const text = readFileSync(file, 'utf8');
    return splitDocuments(text).map(({start, end}) => text.slice(start, end));
  });
}

const isShort = (text: string): boolean => text.length < longest;

const filesIn = (folder: string): readonly string[] =>
  existsSync(folder)
    ? readdirSync(folder)
        .filter(file => file.endsWith('.yaml'))
        .sort()
        .map(file => path.join(folder, file))
    : [];
