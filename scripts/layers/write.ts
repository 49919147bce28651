/** Writes the layers into ARCHITECTURE.md and biome.layers.json. */
import {readFileSync, writeFileSync} from 'node:fs';
import path from 'node:path';
import {repository} from '../docs/pages.ts';
import {lintSettings} from './lint.ts';
import {withLayerTable} from './table.ts';

const page = path.join(repository, 'ARCHITECTURE.md');
writeFileSync(page, withLayerTable(readFileSync(page, 'utf8')));
writeFileSync(path.join(repository, 'biome.layers.json'), lintSettings());
