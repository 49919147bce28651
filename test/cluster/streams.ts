import {existsSync, readdirSync, readFileSync} from 'node:fs';
import path from 'node:path';
import {charts, renderedFile} from '../fixtures/charts.ts';
import {repository} from '../tools/tools.ts';

export interface RenderedStream {
  readonly set: 'charts-fixtures' | 'public charts';
  readonly name: string;
  readonly text: string;
}

const corpus = path.resolve(repository, process.env['KUBE_HARDEN_CORPUS'] ?? '../shared/corpus');

/** The rendered charts of this repository, and the public ones that lie beside it, if any do. */
export function renderedStreams(): readonly RenderedStream[] {
  const ours = charts.map(chart => ({
    set: 'charts-fixtures' as const,
    name: chart,
    text: readFileSync(renderedFile(chart), 'utf8'),
  }));
  const files = existsSync(corpus) ? readdirSync(corpus).filter(isYaml).sort() : [];
  const publicCharts = files.map(file => ({
    set: 'public charts' as const,
    name: file.replace(/\.yaml$/, ''),
    text: readFileSync(path.join(corpus, file), 'utf8'),
  }));
  return [...ours, ...publicCharts];
}

const isYaml = (file: string): boolean => file.endsWith('.yaml');
