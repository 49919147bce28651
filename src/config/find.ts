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

/** A policy that was found but is ignored, and why. */
export interface Distrusted {
  readonly file: string;
  readonly reason: string;
}

export interface Search {
  /** The absolute path of the nearest trusted policy, if there is one. */
  readonly file: string | undefined;
  /** The absolute paths of the other trusted policies: next to it, and above it. */
  readonly outer: readonly string[];
  /** The ignored policies that are nearer, in the order in which they were found. */
  readonly distrusted: readonly Distrusted[];
}

/**
 * Looks for policies from `start`, an absolute path, up to the root. It looks only at names: no
 * file is read or run. A policy that somebody else may have put there is ignored, and the search
 * goes on.
 */
export function findPolicy(start: string): Search {
  const distrusted: Distrusted[] = [];
  const trusted: string[] = [];
  for (const folder of foldersUpwards(start)) {
    for (const name of searchPlaces) {
      const file = path.join(folder, name);
      const stats = lstatSync(file, {throwIfNoEntry: false});
      if (stats === undefined) continue;
      const reason = whyDistrusted(file, stats);
      if (reason === undefined) trusted.push(file);
      else if (trusted.length === 0) distrusted.push({file, reason});
    }
  }
  const [file, ...outer] = trusted;
  return {file, outer, distrusted};
}

/** Whether a search finds a file of that name. */
export const isFindable = (file: string): boolean => searchPlaces.includes(path.basename(file));

/** Why a file that a policy extends is not the user's, if it is not. */
export const whyNotOurs = (file: string): string | undefined =>
  whyDistrusted(file, lstatSync(file));

function whyDistrusted(file: string, stats: Stats): string | undefined {
  const folders = new Set([file, targetOf(file)].map(each => path.dirname(each)));
  if ([...folders].some(isInChart)) return 'it is inside a chart';
  return isOthers(path.dirname(file), stats)
    ? 'it belongs to another user, in a folder that everyone can write to'
    : undefined;
}

/** The target of a link. A broken link is refused later, when it is read. */
function targetOf(file: string): string {
  try {
    return realpathSync(file);
  } catch {
    return file;
  }
}

/**
 * Whether everyone may put files into `folder`, as into /tmp, and a user other than us or root owns
 * this one.
 */
function isOthers(folder: string, {uid}: Stats): boolean {
  const ours = process.getuid?.();
  if (ours === undefined || uid === ours || uid === 0) return false;
  return (statSync(folder).mode & 0o002) !== 0;
}

/** Whether `folder`, an absolute path, is a chart or inside one. */
export const isInChart = (folder: string): boolean => foldersUpwards(folder).some(isChart);

/**
 * In upper or lower case: a chart may come from a case-sensitive file system, and be read on
 * another.
 */
function isChart(folder: string): boolean {
  try {
    return readdirSync(folder).some(name => name.toLowerCase() === 'chart.yaml');
  } catch {
    return existsSync(path.join(folder, 'Chart.yaml'));
  }
}

/** `folder` and all its parent folders, from the inside out. */
function foldersUpwards(folder: string): readonly string[] {
  const folders = [folder];
  for (let at = folder; path.dirname(at) !== at; at = path.dirname(at))
    folders.push(path.dirname(at));
  return folders;
}
