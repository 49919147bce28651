import {readFileSync} from 'node:fs';
import path from 'node:path';
import {inspect} from 'node:util';
import {parse} from 'yaml';
import type {KnownEntry} from '../../src/images/known/entry.ts';
import {apiVersion, kind} from '../../src/images/lock/fields.ts';
import {readImageLock} from '../../src/images/lock/read.ts';

/** The root of the repository, seen from `dist/scripts/images`. */
export const repository = path.resolve(import.meta.dirname, '../../..');

interface WrittenEntry extends KnownEntry {
  /** The files that were read, at a fixed commit. */
  readonly sources: readonly string[];
}

/**
 * The text of `src/images/known/table.ts`. Each entry is read as one of a lock file, so that the table says nothing
 * which a lock file could not say.
 *
 * @throws {Error} if an entry is none, or says nowhere where it comes from
 */
export function knownTableSource(): string {
  const file = path.join(repository, 'scripts/images/known-images.yaml');
  const {day, images} = parse(readFileSync(file, 'utf8')) as {
    readonly day: string;
    readonly images: Readonly<Record<string, readonly WrittenEntry[]>>;
  };
  const table = Object.fromEntries(
    Object.keys(images)
      .sort()
      .map(name => [name, (images[name] ?? []).map(entry => checked(name, entry, day))]),
  );
  const value = inspect({day, images: table}, {depth: null, breakLength: 80, maxArrayLength: null});
  return `// Written by \`npm run known-images\` from scripts/images/known-images.yaml.\nimport type {KnownTable} from './entry.ts';\n\nexport const table: KnownTable = ${value};\n`;
}

const fixed = /^https:\/\/github\.com\/[\w.-]+\/[\w.-]+\/blob\/[0-9a-f]{40}\/[\w./-]+$/;
const version = /^\d+(?:\.\d+)*$/;

function checked(name: string, written: WrittenEntry, day: string): KnownEntry {
  const {sources, ...entry} = written;
  const {since, until, endings: _, instead: __, ...facts} = entry;
  if (sources.length === 0 || !sources.every(each => fixed.test(each)))
    throw new Error(`${name} must have sources at fixed commits`);
  // A Dockerfile says neither to which number a name belongs, nor where programs write.
  if (facts.writes !== undefined && sources.length < 2)
    throw new Error(`${name} has no source for \`writes\``);
  if (!version.test(since) || !version.test(until))
    throw new Error(`${name} has no range of versions`);
  const images = {[`${name}:${since}`]: {...facts, read: day}};
  readImageLock(JSON.stringify({apiVersion, kind, images}), file);
  return entry;
}

const file = 'known-images.yaml';
