import {createHash, randomUUID} from 'node:crypto';
import {
  closeSync,
  constants,
  fstatSync,
  lstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  renameSync,
  rmSync,
  type Stats,
  statSync,
  writeFileSync,
} from 'node:fs';
import {homedir} from 'node:os';
import path from 'node:path';
import type {Policy} from '../policy/policy.ts';
import {version} from '../version.ts';
import {helmOf} from './helm.ts';
import type {HelmChoices} from './helm-options.ts';
import {policyText} from './policy-text.ts';
import {unitAuditIn} from './report-schema.ts';
import type {Unit} from './unit.ts';
import type {UnitAudit} from './unit-audit.ts';

/** What, besides the chart, decides what an audit says about it. */
interface Context {
  readonly policy: Policy;
  readonly helm: HelmChoices;
  /** What `--values-matrix` names. */
  readonly matrix: readonly string[];
  /** Whether the rules that looked at something are asked for. */
  readonly isGrouping: boolean;
  /** YYYY-MM-DD: entries of a policy can expire. */
  readonly today: string;
}

/** A larger file is none of ours. */
const mostBytes = 100_000_000;

/** Above either, the oldest audits are deleted. */
const mostAudits = 20_000;
const mostBytesInAll = 1_000_000_000;

/** Audits of charts that were made before, by the content of all that decides what they say. */
export class AuditCache {
  readonly #folder: string;
  readonly #context: string;
  #hasWritten = false;

  private constructor(folder: string, context: string) {
    this.#folder = folder;
    this.#context = context;
  }

  /** The cache for calls in that context, or why there is none; undefined if audits in it may not be kept. */
  static open(context: Context): AuditCache | string | undefined {
    const text = contextText(context);
    if (text === undefined) return undefined;
    const folder = path.join(cacheHome(), 'kube-harden', 'audits');
    try {
      mkdirSync(folder, {recursive: true, mode: 0o700});
    } catch (error) {
      return `${path.dirname(folder)} cannot be made (${(error as NodeJS.ErrnoException).code})`;
    }
    const foreign = [path.dirname(folder), folder].find(each => !isOnlyOurs(lstatSync(each)));
    if (foreign === undefined) return new AuditCache(folder, text);
    return `${foreign} is no folder that only you can write to`;
  }

  /** The key of the audit of a unit whose chart is at `chart`; undefined if the chart cannot be read. */
  keyOf({name, target, isPart}: Unit, chart: string): string | undefined {
    try {
      return digestOf([this.#context, name, target, isPart, contentDigest(chart)]);
    } catch {
      return undefined;
    }
  }

  /** The audit of that key; undefined if there is none, or what is there is none of ours. */
  read(key: string): UnitAudit | undefined {
    let descriptor: number | undefined;
    try {
      descriptor = openSync(this.#fileOf(key), constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0));
      const stats = fstatSync(descriptor);
      if (!stats.isFile() || !isOurs(stats) || stats.size > mostBytes) return undefined;
      const entry: unknown = JSON.parse(readFileSync(descriptor, 'utf8'));
      return unitAuditIn(entry, key);
    } catch {
      return undefined;
    } finally {
      if (descriptor !== undefined) closeSync(descriptor);
    }
  }

  /** Keeps an audit. A full disk is no reason to fail: then it is not kept. */
  write(key: string, audit: UnitAudit): void {
    const draft = path.join(this.#folder, `${randomUUID()}.tmp`);
    try {
      writeFileSync(draft, JSON.stringify({key, audit}), {flag: 'wx', mode: 0o600});
      renameSync(draft, this.#fileOf(key));
      this.#hasWritten = true;
    } catch {
      rmSync(draft, {force: true});
    }
  }

  /** Deletes the oldest audits if there are too many. */
  prune(): void {
    if (!this.#hasWritten) return;
    const files = readdirSync(this.#folder).flatMap(name => {
      const file = path.join(this.#folder, name);
      const stats = lstatSync(file, {throwIfNoEntry: false});
      return stats === undefined ? [] : [{file, size: stats.size, time: stats.mtimeMs}];
    });
    let bytes = 0;
    for (const [index, {file, size}] of files
      .toSorted((one, other) => other.time - one.time)
      .entries()) {
      bytes += size;
      if (index >= mostAudits || bytes > mostBytesInAll) rmSync(file, {force: true});
    }
  }

  #fileOf(key: string): string {
    return path.join(this.#folder, `${key}.json`);
  }
}

/** $XDG_CACHE_HOME, or ~/.cache: the XDG Base Directory Specification, which ignores relative paths. */
function cacheHome(): string {
  const {XDG_CACHE_HOME = ''} = process.env;
  return path.isAbsolute(XDG_CACHE_HOME) ? XDG_CACHE_HOME : path.join(homedir(), '.cache');
}

const isOurs = ({uid}: Stats): boolean => process.getuid === undefined || uid === process.getuid();

const isOnlyOurs = (stats: Stats): boolean =>
  stats.isDirectory() &&
  isOurs(stats) &&
  (process.platform === 'win32' || (stats.mode & 0o022) === 0);

/**
 * Undefined if something decides that is no content: the user's configuration of Helm, a file that cannot be read or is
 * elsewhere, or an admission policy, of which only the compiled form is left.
 */
function contextText({policy, helm, matrix, isGrouping, today}: Context): string | undefined {
  const {release, namespace, args, usesHelmConfig} = helm;
  const rules = policyText(policy);
  const executable = helmOf(process.env);
  if (usesHelmConfig || rules === undefined || executable === undefined) return undefined;
  try {
    const day = rules.includes('"expires"') ? today : '';
    const fixed = [version, rules, day, release, namespace ?? '', isGrouping];
    const {HELM_NAMESPACE = ''} = process.env;
    return digestOf([
      ...fixed,
      HELM_NAMESPACE,
      fileDigest(executable),
      ...contentOfArgs(args),
      ...contentOfMatrix(matrix),
    ]);
  } catch {
    return undefined;
  }
}

/** Arguments of Helm, with the content of the files that they name. @throws if one cannot be read */
const contentOfArgs = (args: readonly string[]): readonly string[] =>
  args.flatMap((arg, index) => {
    const option = args[index - 1];
    if (index % 2 === 0 || option === undefined) return [arg];
    if (option === '--values') return [arg, ...arg.split(',').map(fileDigest)];
    if (option !== '--set-file') return [arg];
    return [arg, ...arg.split(',').map(each => fileDigest(each.slice(each.indexOf('=') + 1)))];
  });

/** The chart's own values, which the word `ci` stands for, are in the chart. @throws if a file cannot be read */
const contentOfMatrix = (matrix: readonly string[]): readonly string[] =>
  matrix.flatMap(each => (each === 'ci' ? [each] : [each, fileDigest(each)]));

const digestOf = (parts: readonly unknown[]): string =>
  createHash('sha256').update(JSON.stringify(parts)).digest('hex');

const fileDigest = (file: string): string =>
  createHash('sha256').update(readFileSync(file)).digest('hex');

/** Of an archive its bytes; of a folder the names and the content of everything in it. */
function contentDigest(chart: string): string {
  if (!statSync(chart).isDirectory()) return fileDigest(chart);
  const parts = readdirSync(chart, {recursive: true, withFileTypes: true}).map(entry => {
    const file = path.join(entry.parentPath, entry.name);
    const name = path.relative(chart, file);
    if (entry.isFile()) return ['file', name, fileDigest(file)];
    return entry.isSymbolicLink() ? ['link', name, readlinkSync(file)] : ['folder', name, ''];
  });
  return digestOf(parts.toSorted((one, other) => ((one[1] ?? '') < (other[1] ?? '') ? -1 : 1)));
}
