import {statSync} from 'node:fs';
import path from 'node:path';
import {UsageError} from '../errors.ts';
import type {HelmChoices} from './helm-options.ts';
import {isAddress} from './read-target.ts';
import type {Unit} from './unit.ts';
import {walk} from './walk.ts';

/**
 * The units of the targets of a call, in the order in which reports show them, none twice: each chart of a folder or a
 * repository is one. A target of which nothing can be said yet is a unit, and reading it tells why.
 *
 * @throws {UsageError} if the index of a repository cannot be read
 */
export async function unitsOf(
  targets: readonly string[],
  helm: HelmChoices,
): Promise<readonly Unit[]> {
  const {repo} = helm;
  if (repo !== undefined && targets.length === 0) {
    const {chartsOf} = await import('./repositories.ts');
    return chartsOf(repo, helm);
  }
  const units: Unit[] = [];
  for (const target of new Set(targets)) units.push(...(await unitsIn(target, helm)));
  return units;
}

async function unitsIn(target: string, helm: HelmChoices): Promise<readonly Unit[]> {
  const version = helm.version === undefined ? {} : {version: helm.version};
  if (helm.repo !== undefined && target !== '-') {
    const {nameIn} = await import('./repositories.ts');
    const chart = {reference: target, repo: helm.repo, ...version};
    return [{target, name: nameIn(helm.repo, target), chart, isPart: false}];
  }
  const named = {target, name: target, isPart: false};
  if (isAddress(target)) return [{...named, chart: {reference: target, ...version}}];
  if (target === '-') return [named];
  const stats = statSync(target, {throwIfNoEntry: false});
  if (stats === undefined && looksLikeRepository(target)) {
    const {chartIn} = await import('./repositories.ts');
    const chart = chartIn(target, helm);
    if (chart !== undefined) return [{...named, chart: {...chart, ...version}}];
  }
  if (stats?.isDirectory()) return [...chartsIn(target), named];
  const isArchive = /\.(?:tgz|tar\.gz)$/.test(target);
  return [isArchive ? {...named, chart: {path: path.resolve(target)}} : named];
}

/** Whether it may be `repo/chart`, as Helm writes it. */
const looksLikeRepository = (target: string): boolean => /^[^./\\][^/\\]*\/[^/\\]+$/.test(target);

function* chartsIn(folder: string): Iterable<Unit> {
  try {
    for (const found of walk(folder)) {
      if (!('is' in found) || found.is !== 'chart') continue;
      const {file} = found;
      const isPart = file !== folder;
      yield {target: folder, name: file, chart: {path: path.resolve(file)}, isPart};
    }
  } catch (error) {
    // Reading the folder tells it.
    if (!(error instanceof UsageError)) throw error;
  }
}
