/** Writes the graph in docs/network.md. Review the changes. */
import {readFileSync, writeFileSync} from 'node:fs';
import path from 'node:path';
import {repository} from '../tools/tools.ts';
import {shopTable} from './shop-table.ts';

const page = path.join(repository, 'docs/network.md');
const [start, end] = ['<!-- graph -->\n', '<!-- end of graph -->'];
const text = readFileSync(page, 'utf8');
const before = text.slice(0, text.indexOf(start) + start.length);
writeFileSync(page, `${before}${shopTable()}${text.slice(text.indexOf(end))}`);
