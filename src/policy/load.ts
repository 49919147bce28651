import {existsSync} from 'node:fs';
import path from 'node:path';
import {UsageError} from '../errors.ts';
import type {PolicyChoices} from './resolve.ts';

/** Data formats only: a policy runs no code. */
const searchPlaces = [
  'kube-harden.yaml',
  'kube-harden.yml',
  'kube-harden.json',
  '.kube-harden.yaml',
  '.kube-harden.yml',
  '.kube-harden.json',
];

export interface LoadedPolicy {
  readonly choices: PolicyChoices;
  /** The file, or undefined where there is none. */
  readonly file?: string;
  /** A file that was found but not used, since it came with a chart. */
  readonly distrusted?: string;
}

/**
 * The policy in `file`, or else in the nearest of the search places from the working directory
 * upwards. A policy that lies in a chart is the chart's word, not the user's: it counts only
 * where `file` names it.
 *
 * @throws {UsageError} where the file cannot be read, or a key in it is wrong
 */
export async function loadPolicy(file: string | undefined): Promise<LoadedPolicy> {
  if (file === undefined && !mayFindPolicy(process.cwd())) return {choices: {}};
  const {cosmiconfig} = await import('cosmiconfig');
  const {parseDocument, LineCounter} = await import('yaml');
  const {parsePolicy} = await import('./schema.ts');

  const load = (name: string, content: string) => {
    const lineCounter = new LineCounter();
    const document = parseDocument(content, {lineCounter, prettyErrors: false});
    const [error] = document.errors;
    if (error !== undefined) {
      const {line, col} = lineCounter.linePos(error.pos[0]);
      throw new UsageError(error.message, {file: name, line, column: col});
    }
    return parsePolicy(document.toJS(), name, keys => {
      for (let depth = keys.length; depth > 0; depth--) {
        const node = document.getIn(keys.slice(0, depth), true) as {range?: number[]} | undefined;
        const offset = node?.range?.[0];
        if (offset !== undefined) return lineCounter.linePos(offset).line;
      }
      return undefined;
    });
  };
  const loaders = {'.yaml': load, '.yml': load, '.json': load};
  const explorer = cosmiconfig('kube-harden', {
    searchPlaces,
    loaders,
    searchStrategy: 'global',
    cache: false,
  });
  if (file !== undefined) {
    if (!existsSync(file)) throw new UsageError('the policy file does not exist', {file});
    if (!Object.hasOwn(loaders, path.extname(file))) {
      throw new UsageError('a policy file must end in .yaml, .yml or .json', {file});
    }
    return {choices: (await explorer.load(file))?.config ?? {}, file};
  }
  const found = nearest(process.cwd());
  if (found !== undefined && isInChart(path.dirname(found))) {
    return {choices: {}, distrusted: found};
  }
  const result = await explorer.search();
  return result === null
    ? {choices: {}}
    : {choices: result.config ?? {}, file: path.relative('.', result.filepath)};
}

/** A cheap look, before anything is loaded that could read a policy. */
const mayFindPolicy = (folder: string): boolean => nearest(folder) !== undefined;

function nearest(folder: string): string | undefined {
  for (let at = folder; ; at = path.dirname(at)) {
    const found = searchPlaces.map(name => path.join(at, name)).find(name => existsSync(name));
    if (found !== undefined || at === path.dirname(at)) return found;
  }
}

function isInChart(folder: string): boolean {
  for (let at = folder; ; at = path.dirname(at)) {
    if (existsSync(path.join(at, 'Chart.yaml'))) return true;
    if (at === path.dirname(at)) return false;
  }
}
