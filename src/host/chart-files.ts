import {mkdirSync, readdirSync, readFileSync, statSync} from 'node:fs';
import path from 'node:path';
import {UsageError} from '../errors.ts';
import type {ChartFiles} from '../values/chart.ts';
import {unpackChart} from './unpack-chart.ts';

/** Limits of what is read of a chart: its values and templates are far smaller. */
const mostBytes = 20_000_000;
const mostFiles = 10_000;
const deepest = 12;

/**
 * The texts of a chart, in which no link leads out: its values and templates, with those of its subcharts. Archives are
 * unpacked into `scratch`; one that is refused has no files.
 */
export async function chartFilesIn(chart: string, scratch: string): Promise<ChartFiles> {
  const reader = new Reader(scratch);
  if (statSync(chart).isDirectory()) await reader.read(chart, '', 0);
  else await reader.unpack(chart, '', 0);
  return reader.files;
}

class Reader {
  readonly files = new Map<string, string>();
  readonly #scratch: string;
  #bytes = 0;
  #archives = 0;

  constructor(scratch: string) {
    this.#scratch = scratch;
  }

  /** Reads a folder as what is at `inside` in the chart. */
  async read(folder: string, inside: string, depth: number): Promise<void> {
    for (const name of readdirSync(folder).sort()) {
      const [place, file] = [path.join(folder, name), inside === '' ? name : `${inside}/${name}`];
      const stats = statSync(place, {throwIfNoEntry: false});
      if (stats?.isDirectory() === true && depth < deepest) await this.read(place, file, depth + 1);
      if (stats?.isFile() !== true || this.files.size >= mostFiles) continue;
      if (isArchive(file)) await this.unpack(place, file.replace(/\.tgz$/, ''), depth + 1);
      else if (isOfInterest(file)) this.#take(place, file, stats.size);
    }
  }

  async unpack(archive: string, inside: string, depth: number): Promise<void> {
    if (depth > deepest) return;
    const folder = path.join(this.#scratch, `archive-${this.#archives++}`);
    mkdirSync(folder);
    try {
      await this.read(await unpackChart(archive, archive, folder), inside, depth + 1);
    } catch (error) {
      if (!(error instanceof UsageError)) throw error;
    }
  }

  #take(place: string, file: string, size: number): void {
    this.#bytes += size;
    if (this.#bytes <= mostBytes) this.files.set(file, readFileSync(place, 'utf8'));
  }
}

const isArchive = (file: string): boolean => /^(?:charts\/[^/]+\/)*charts\/[^/]+\.tgz$/.test(file);

const isOfInterest = (file: string): boolean =>
  /^(?:charts\/[^/]+\/)*(?:Chart\.yaml|values\.yaml|requirements\.yaml|templates\/.+)$/s.test(file);
