/** Writes the generated pages: those of the rules, their index, and the coverage table. */
import {mkdirSync, rmSync, writeFileSync} from 'node:fs';
import path from 'node:path';
import {pages, repository} from './pages.ts';

const all = pages();
rmSync(path.join(repository, 'docs/rules'), {recursive: true, force: true});
mkdirSync(path.join(repository, 'docs/rules'), {recursive: true});
for (const [file, text] of all) writeFileSync(path.join(repository, file), text);
