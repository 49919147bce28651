import {mkdirSync, readFileSync} from 'node:fs';
import path from 'node:path';
import {UsageError} from '../errors.ts';
import {titleOf} from '../findings/finding.ts';
import {refusalOf} from '../findings/refusal.ts';
import {helmCallOptions, helmChoices} from '../host/helm-options.ts';
import {
  parseCall,
  policyOf,
  policyOptions,
  requireOneOf,
  thresholdOf,
  today,
} from '../host/options.ts';
import {RefusedError} from '../host/refused.ts';
import {replaceFile} from '../host/replace-file.ts';
import {writeReport, writeStderr} from '../host/standard-streams.ts';
import {exitCodeOf, fromTargets, requireTargets, targetOptions} from '../host/targets.ts';
import {type Patches, patchesOf} from '../patches.ts';
import {type PatchFile, patchFormats} from '../report/patch-files.ts';
import {toSummary} from '../report/text.ts';
import {safeText} from '../text/safe-text.ts';

/**
 * Prints the hardening as kustomize patches and the objects that it adds, or writes them into a folder, or checks
 * that those in a folder are what it would write.
 *
 * Returns 1 if the folder's files are out of date, or if a change cannot be written as a patch.
 *
 * @throws {UsageError} if a target, the policy or the command line is invalid
 * @throws {RefusedError} if findings at or above `--block-on` remain, or undecided findings refuse the stream
 */
export async function patches(args: readonly string[]): Promise<number> {
  const {values, positionals} = parseCall({
    args: [...args],
    allowPositionals: true,
    options: {
      ...policyOptions,
      'block-on': {type: 'string'},
      'no-annotate': {type: 'boolean'},
      format: {type: 'string'},
      output: {type: 'string'},
      check: {type: 'string'},
      ...helmCallOptions,
      ...targetOptions,
    },
  });
  requireTargets('patches', positionals);
  if (values.output !== undefined && values.check !== undefined) {
    throw new UsageError('--output writes the files and --check compares them: use one of the two');
  }
  const names = Object.keys(patchFormats);
  const format = requireOneOf('--format', values.format ?? 'kustomization', names);
  const blockOn = thresholdOf('--block-on', values['block-on']);
  const policy = await policyOf(values, blockOn === undefined ? {} : {blockOn});
  const outcome = await fromTargets(positionals, helmChoices(values), isOfConcern, stream =>
    patchesOf(stream, policy, today()),
  );
  for (const {told} of outcome.results) {
    await writeStderr(toSummary({...told, policy}));
    const refusal = refusalOf(told, policy);
    if (refusal !== undefined) throw new RefusedError(refusal);
  }
  const files = patchFormats[format]?.(merged(outcome.results)) ?? [];
  const isLeft = await tellOfLeft(outcome.results);
  const isCurrent = await deliver(files, values);
  return exitCodeOf(outcome, values['allow-skipped'], isLeft || !isCurrent ? 1 : 0);
}

/** Any object may share the name of another, which a target must not select. */
const isOfConcern = () => true;

const merged = (results: readonly Patches[]): Pick<Patches, 'patches' | 'added'> => ({
  patches: results.flatMap(each => each.patches),
  added: results.flatMap(({added}) => added),
});

async function tellOfLeft(results: readonly Patches[]): Promise<boolean> {
  const left = results.flatMap(each => each.left);
  for (const resource of left) {
    await writeStderr(
      `no patch can select ${safeText(titleOf({resource}))}: it has no name, or others share it\n`,
    );
  }
  return left.length > 0;
}

interface Destination {
  readonly output?: string | undefined;
  readonly check?: string | undefined;
}

/** Prints, writes or compares the files. Returns whether those of `--check` are current. */
async function deliver(
  files: readonly PatchFile[],
  {output, check}: Destination,
): Promise<boolean> {
  if (check !== undefined) return await isCurrent(files, check);
  if (output === undefined) {
    await writeReport(files.map(({name, text}) => `# ${name}\n${text}`).join('---\n'));
    return true;
  }
  makeFolder(output);
  for (const {name, text} of files) {
    const file = path.join(output, name);
    replaceFile(file, text, 'the patches');
    await writeStderr(`wrote ${safeText(file)}\n`);
  }
  return true;
}

/** @throws {UsageError} if there is no such folder, and none can be made */
function makeFolder(folder: string): void {
  try {
    mkdirSync(folder, {recursive: true});
  } catch (error) {
    throw new UsageError('the folder cannot be created', {file: folder}, {cause: error});
  }
}

async function isCurrent(files: readonly PatchFile[], folder: string): Promise<boolean> {
  let isSame = true;
  for (const {name, text} of files) {
    const file = path.join(folder, name);
    if (readOrEmpty(file) === text) continue;
    isSame = false;
    await writeStderr(`out of date: ${safeText(file)}: generate it again with --output\n`);
  }
  return isSame;
}

/** The text of a file, empty if it does not exist. @throws {UsageError} if it cannot be read */
function readOrEmpty(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return '';
    throw new UsageError('it cannot be read', {file}, {cause: error});
  }
}
