import type {ImageFacts} from '../facts.ts';
import {type ImageReference, repositoryOf} from '../reference.ts';
import type {KnownEntry} from './entry.ts';
import {table} from './table.ts';

/**
 * What the built-in table says about an image: only about versions that somebody has looked at, and never about
 * `latest` or a digest alone, which may be any version.
 */
export function knownFacts(reference: ImageReference): ImageFacts | undefined {
  const repository = repositoryOf(reference);
  const entries = Object.hasOwn(table.images, repository) ? table.images[repository] : undefined;
  const version = versionOf(reference.tag);
  if (entries === undefined || version === undefined) return undefined;
  const entry = entries.find(each => isIn(version, each));
  return entry === undefined ? undefined : factsIn(entry);
}

interface Version {
  readonly numbers: readonly number[];
  /** What follows the numbers: `alpine`. */
  readonly ending: string;
}

/** `1.27.3-alpine`, `v0.9`: whatever does not begin with numbers is no version. */
function versionOf(tag: string): Version | undefined {
  const [, numbers, ending = ''] =
    /^v?(\d{1,9}(?:\.\d{1,9}){0,3})(?:-([a-z][\w.-]*))?$/.exec(tag) ?? [];
  return numbers === undefined ? undefined : {numbers: numbers.split('.').map(Number), ending};
}

function isIn({numbers, ending}: Version, {since, until, endings = []}: KnownEntry): boolean {
  if (ending !== '' && !endings.includes(ending)) return false;
  return compare(numbers, numbersOf(since)) >= 0 && compare(numbers, numbersOf(until)) <= 0;
}

const numbersOf = (text: string): readonly number[] => text.split('.').map(Number);

/**
 * Compares as far as `limit` goes: 1.27.3 is within `until: 1.27`. A tag that says less, such as `1`, moves with
 * newer versions: its missing numbers count as beyond every limit.
 */
function compare(version: readonly number[], limit: readonly number[]): number {
  for (const [index, number] of limit.entries()) {
    const difference = (version[index] ?? Number.POSITIVE_INFINITY) - number;
    if (difference !== 0) return difference;
  }
  return 0;
}

const factsIn = (entry: KnownEntry): ImageFacts => ({
  uid: entry.uid,
  user: entry.user,
  gid: entry.gid,
  ports: entry.ports ?? [],
  volumes: entry.volumes ?? [],
  writes: entry.writes,
  digest: undefined,
  isLocked: false,
  source: `the built-in table of ${table.day}`,
  ...(entry.instead === undefined ? {} : {instead: entry.instead}),
});
