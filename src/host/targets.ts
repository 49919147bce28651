import {statSync} from 'node:fs';
import path from 'node:path';
import {UsageError} from '../errors.ts';
import {placedIn} from '../stream/join.ts';
import type {ObjectStream} from '../stream/manifest-stream.ts';
import {safeText} from '../text/safe-text.ts';
import {hasContent} from '../yaml/nodes.ts';
import {errorLines, textOfError} from './error-text.ts';
import {chartOf, type Release, releaseOf, releasesIn} from './folder.ts';
import type {HelmChoices} from './helm-options.ts';
import {type Concern, readChart, readNamed} from './read-target.ts';
import {writeStderr} from './standard-streams.ts';
import type {Unit} from './unit.ts';
import {unitsOf} from './units.ts';
import {isKustomization, type Skipped, use} from './walk.ts';

/** The option of commands that read targets, for `parseArgs` of node:util. */
export const targetOptions = {'allow-skipped': {type: 'boolean'}} as const;

/** @throws {UsageError} if `command` has no target, and no repository of which it reads all charts */
export function requireTargets(
  command: string,
  targets: readonly string[],
  {repo}: {readonly repo?: string | undefined} = {},
): void {
  if (targets.length > 0 || repo !== undefined) return;
  throw new UsageError(`${command} takes targets: manifest files, folders, charts, or - for stdin`);
}

/** The results for the targets of a call. What was not checked was listed on stderr. */
export interface Outcome<T> {
  readonly results: readonly T[];
  /** What could be applied from the folders, but was not checked. */
  readonly skipped: readonly Skipped[];
  /** The targets that could not be checked. */
  readonly failed: readonly Skipped[];
}

/**
 * What `work` makes of the objects of each target that the user named: a file, a folder, a kustomization, a chart, or `-`
 * for stdin. See `unitsOf` for what a target is, and `releasesIn` for what a folder is.
 * What fails hides no other's result. A named target without a manifest fails: an empty pipe must not look like success.
 *
 * @throws {UsageError} if nothing gives a result
 */
export async function fromTargets<T>(
  names: readonly string[],
  helm: HelmChoices,
  isOfConcern: Concern,
  work: (stream: ObjectStream, unit: Unit) => T,
): Promise<Outcome<T>> {
  const results: T[] = [];
  const skipped: Skipped[] = [];
  const errors: UsageError[] = [];
  for (const unit of await unitsOf(names, helm)) {
    for await (const found of releasesOf(unit, helm, isOfConcern)) {
      if (found instanceof UsageError) errors.push(found);
      else if ('reason' in found) skipped.push(found);
      else {
        try {
          results.push(work(placed(found.stream, helm), unit));
        } catch (error) {
          errors.push(withFile(error, found.name));
        }
      }
    }
  }
  await tellSkipped(skipped);
  const last = results.length === 0 ? errors.pop() : undefined;
  for (const error of errors) await writeStderr(errorLines(textOfError(error)));
  if (last !== undefined) throw last;
  if (results.length === 0) throw new UsageError('no target contains a manifest');
  return {results, skipped, failed: errors.map(failureOf)};
}

/** `stream` as the release, and in the namespace, that the call names, if it does. */
const placed = (stream: ObjectStream, {called, named}: HelmChoices): ObjectStream =>
  called === undefined && named === undefined
    ? stream
    : placedIn(stream, {
        ...(called === undefined ? {} : {name: called}),
        ...(named === undefined ? {} : {namespace: named}),
      });

/** Lists on stderr what was not checked. */
export async function tellSkipped(skipped: readonly Skipped[]): Promise<void> {
  for (const {file, reason} of skipped) {
    await writeStderr(`skipped, not checked: ${safeText(file)}: ${safeText(reason)}\n`);
  }
}

/** Whether nothing was checked. A list without items is a manifest: it says that there is nothing. */
const isBlank = ({documents, unread}: ObjectStream): boolean =>
  unread === 0 && !documents.some(hasContent);

function whyBlank({name, stream}: Release): string {
  if (stream.inputs.some(({isRendering}) => isRendering)) return 'it renders no manifest';
  const hint = name === '-' ? ': did the command before the pipe fail?' : '';
  return `it contains no manifest${hint}`;
}

/** The name of a target in messages. */
const nameOf = (target: string): string => (target === '-' ? '<stdin>' : target);

/**
 * The releases in a unit that contain something, what was skipped in them, and why they could not be read. `read` renders
 * a chart in another way.
 */
export async function* releasesOf(
  unit: Unit,
  helm: HelmChoices,
  isOfConcern: Concern,
  read?: () => Promise<ObjectStream>,
): AsyncGenerator<Release | Skipped | UsageError> {
  try {
    for await (const found of partsOf(unit, helm, isOfConcern, read)) {
      if (!('stream' in found) || !isBlank(found.stream)) yield found;
      else if (found.name === unit.target || (unit.chart !== undefined && !unit.isPart)) {
        yield new UsageError(whyBlank(found), {file: nameOf(found.name)});
      } else yield {file: found.name, reason: whyBlank(found)};
    }
  } catch (error) {
    yield withFile(error, unit.name);
  }
}

function partsOf(
  unit: Unit,
  helm: HelmChoices,
  isOfConcern: Concern,
  read?: () => Promise<ObjectStream>,
): AsyncIterable<Release | Skipped | UsageError> {
  const {name, chart} = unit;
  if (chart !== undefined) {
    return chartOf(unit, read ?? (() => readChart(chart, name, helm, isOfConcern)));
  }
  if (name !== '-' && use(name, () => statSync(name)).isDirectory()) {
    return releasesIn(name, isOfConcern);
  }
  if (isKustomization(path.basename(name))) return releaseOf(name, isOfConcern);
  return namedOf(name, isOfConcern);
}

async function* namedOf(name: string, isOfConcern: Concern): AsyncIterable<Release> {
  yield {name, stream: await readNamed(name, isOfConcern)};
}

/** @throws {unknown} rethrows anything that is not a UsageError */
export function withFile(error: unknown, file: string): UsageError {
  if (!(error instanceof UsageError)) throw error;
  return error.place.file === undefined
    ? new UsageError(error.message, {...error.place, file}, {cause: error})
    : error;
}

export function failureOf(error: UsageError): Skipped {
  const {file = ''} = error.place;
  return {file, reason: textOfError(error, file)};
}

/** The exit code of a call that could not check something; it overrides `code`. */
export async function exitCodeOf(
  {skipped, failed}: Pick<Outcome<unknown>, 'skipped' | 'failed'>,
  isAllowed: boolean | undefined,
  code: number,
): Promise<number> {
  if (failed.length > 0) return 2;
  if (skipped.length === 0 || isAllowed === true) return code;
  await writeStderr('what was skipped counts as a failure; use --allow-skipped to accept it\n');
  return 2;
}
