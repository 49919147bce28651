/** Asks Kubernetes' parsers about every case of the tables, and records their answers. */
import path from 'node:path';
import {binFolder} from '../tools/tools.ts';
import {askAll, writeAnswers} from './answers.ts';
import {YamlOracle} from './oracle.ts';
import {readTables} from './table.ts';

const oracle = new YamlOracle(path.join(binFolder, 'yaml-oracle'));
for (const table of readTables()) writeAnswers(table, await askAll(oracle, table));
oracle.close();
