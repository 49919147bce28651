import {existsSync, lstatSync, readdirSync, realpathSync, type Stats, statSync} from 'node:fs';
import path from 'node:path';

/** Data formats only: a policy runs no code. */
const searchPlaces = [
  'kube-harden.yaml',
  'kube-harden.yml',
  'kube-harden.json',
  '.kube-harden.yaml',
  '.kube-harden.yml',
  '.kube-harden.json',
];

/** A policy that was found but does not count, and why. */
export interface Distrusted {
  readonly file: string;
  readonly reason: string;
}

export interface Search {
  /** The absolute path of the nearest policy that counts, or undefined where there is none. */
  readonly file: string | undefined;
  /** What lies nearer than that, in the order in which it was found. */
  readonly distrusted: readonly Distrusted[];
}

/**
 * Looks for a policy from `start`, an absolute path, up to the root. Only names are looked at: no
 * file is read, and none is run. A policy that somebody else may have put there does not count, and
 * the search goes on past it.
 */
export function findPolicy(start: string): Search {
  const distrusted: Distrusted[] = [];
  for (const folder of foldersUpwards(start)) {
    for (const name of searchPlaces) {
      const file = path.join(folder, name);
      const stats = lstatSync(file, {throwIfNoEntry: false});
      if (stats === undefined) continue;
      const reason = whyDistrusted(file, stats);
      if (reason === undefined) return {file, distrusted};
      distrusted.push({file, reason});
    }
  }
  return {file: undefined, distrusted};
}

function whyDistrusted(file: string, stats: Stats): string | undefined {
  const folders = new Set([file, targetOf(file)].map(each => path.dirname(each)));
  if ([...folders].some(isInChart)) return 'it is inside a chart';
  return isOthers(path.dirname(file), stats)
    ? 'it belongs to another user, in a folder that everyone can write to'
    : undefined;
}

/** What a link leads to; a link that leads nowhere is for the reader to refuse. */
function targetOf(file: string): string {
  try {
    return realpathSync(file);
  } catch {
    return file;
  }
}

/** Whether anybody may put files into `folder`, as into /tmp, and another user than us or root put this one. */
function isOthers(folder: string, {uid}: Stats): boolean {
  const ours = process.getuid?.();
  if (ours === undefined || uid === ours || uid === 0) return false;
  return (statSync(folder).mode & 0o002) !== 0;
}

/** Whether `folder`, an absolute path, is a chart's, or lies in one. */
export const isInChart = (folder: string): boolean => foldersUpwards(folder).some(isChart);

/** In any case: a chart may have been made where file names differ in it, and be read where they do not. */
function isChart(folder: string): boolean {
  try {
    return readdirSync(folder).some(name => name.toLowerCase() === 'chart.yaml');
  } catch {
    return existsSync(path.join(folder, 'Chart.yaml'));
  }
}

/** `folder`, and every folder that it lies in, from the inside out. */
function foldersUpwards(folder: string): readonly string[] {
  const folders = [folder];
  for (let at = folder; path.dirname(at) !== at; at = path.dirname(at))
    folders.push(path.dirname(at));
  return folders;
}
