import {readFileSync} from 'node:fs';
import path from 'node:path';
import {Ajv} from 'ajv';
import {folderOf, type PinnedPackage} from '../../scripts/fetch-package.ts';

/** Microsoft's matchers for SARIF: they contain the schema of SARIF 2.1.0. */
export const sarifPackage: PinnedPackage = {
  name: '@microsoft/jest-sarif',
  version: '1.0.0-beta.0',
  integrity:
    'sha512-A1fOhPd6Ic5iDk4F9YPw1qNB4XF+7+IviR7xl8r2F6QzQkx5cpY9LsGk2rExiFIEcBbjpVnSmwWGBukASkiQ9A==',
};

/** What is wrong with a log, according to the schema of SARIF 2.1.0. */
export function mistakesIn(log: unknown): readonly string[] {
  const file = path.join(folderOf(sarifPackage), 'lib/schemas/sarif-2.1.0-rtm.5.json');
  // Draft 4 and the draft of ajv mean the same by what the schema uses, but for these two keywords.
  const {$schema: _, id: __, ...schema} = JSON.parse(readFileSync(file, 'utf8'));
  const ajv = new Ajv({
    strict: false,
    allErrors: true,
    validateFormats: false,
    // One of its patterns is none for regular expressions of Unicode.
    unicodeRegExp: false,
  });
  const validate = ajv.compile(schema);
  validate(log);
  return (validate.errors ?? []).map(each => `${each.instancePath} ${each.message}`);
}
