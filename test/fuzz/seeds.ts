import {readdirSync, readFileSync} from 'node:fs';
import path from 'node:path';
import {repository} from '../tools/tools.ts';

export const seedFolder = path.join(repository, 'test/fuzz/seeds');

/** The streams in which earlier fuzzing found faults, fixed since, by file name. */
export const readSeeds = (): readonly (readonly [string, string])[] =>
  readdirSync(seedFolder)
    .sort()
    .map(file => [file, readFileSync(path.join(seedFolder, file), 'utf8')]);
