import {readFileSync} from 'node:fs';
import path from 'node:path';
import {charts, renderedFile} from '../fixtures/charts.ts';
import {corpusFiles} from '../tools/corpus-files.ts';

export interface RenderedStream {
  readonly set: 'charts-fixtures' | 'public charts';
  readonly name: string;
  readonly text: string;
}

/** The rendered charts of this repository, and the public ones next to it, if any. */
export function renderedStreams(): readonly RenderedStream[] {
  const ours = charts.map(chart => ({
    set: 'charts-fixtures' as const,
    name: chart,
    text: readFileSync(renderedFile(chart), 'utf8'),
  }));
  const publicCharts = corpusFiles.map(file => ({
    set: 'public charts' as const,
    name: path.basename(file, '.yaml'),
    text: readFileSync(file, 'utf8'),
  }));
  return [...ours, ...publicCharts];
}
