import {readFileSync} from 'node:fs';

/** What package.json says about the project. */
export const packageJson = JSON.parse(readFileSync('package.json', 'utf8')) as {
  readonly name: string;
  readonly version: string;
  readonly description: string;
  readonly license: string;
};
