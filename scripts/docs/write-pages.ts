/** Writes the generated files: the pages of the rules, their index, the coverage table, and the schemas of policies and of lock files of images. */
import {mkdirSync, rmSync, writeFileSync} from 'node:fs';
import path from 'node:path';
import {pages, repository} from './pages.ts';

const all = pages();
rmSync(path.join(repository, 'docs/rules'), {recursive: true, force: true});
mkdirSync(path.join(repository, 'docs/rules'), {recursive: true});
for (const [file, text] of all) writeFileSync(path.join(repository, file), text);
