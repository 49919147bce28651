import {existsSync, mkdirSync, rmSync} from 'node:fs';
import path from 'node:path';
import {UsageError} from '../errors.ts';
import {titleOf} from '../findings/finding.ts';
import {refusalOf} from '../findings/refusal.ts';
import {defaultRelease, helmCallOptions, helmChoices} from '../host/helm-options.ts';
import {
  judgingOptions,
  parseCall,
  policyOf,
  policyOptions,
  requireOneOf,
  today,
} from '../host/options.ts';
import {readRegularFile} from '../host/read-file.ts';
import {RefusedError} from '../host/refused.ts';
import {replaceFile} from '../host/replace-file.ts';
import {writeReport, writeStderr} from '../host/standard-streams.ts';
import {exitCodeOf, fromTargets, requireTargets, targetOptions} from '../host/targets.ts';
import {type Patches, patchesOf} from '../patches.ts';
import {staleInAll} from '../policy/exceptions.ts';
import {isPatchFile, type PatchFile, patchFileNames, patchFormats} from '../report/patch-files.ts';
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
      ...judgingOptions,
      'block-on': {type: 'string'},
      'no-annotate': {type: 'boolean'},
      format: {type: 'string'},
      output: {type: 'string'},
      check: {type: 'string'},
      ...helmCallOptions,
      ...targetOptions,
    },
  });
  requireTargets('patches', positionals, values);
  if (values.output !== undefined && values.check !== undefined) {
    throw new UsageError('--output writes the files and --check compares them: use one of the two');
  }
  const names = Object.keys(patchFormats);
  const format = requireOneOf('--format', values.format ?? 'kustomization', names);
  const policy = await policyOf(values);
  const outcome = await fromTargets(positionals, helmChoices(values), isOfConcern, stream =>
    patchesOf(stream, policy, today()),
  );
  const staleExceptions = staleInAll(outcome.results.map(({told}) => told.staleExceptions));
  for (const {told} of outcome.results) {
    await writeStderr(toSummary({...told, policy}));
    const refusal = refusalOf({...told, staleExceptions}, policy);
    if (refusal !== undefined) throw new RefusedError(refusal);
  }
  const files = patchFormats[format]?.(merged(outcome.results)) ?? [];
  const isLeft = await tellOfLeft(outcome.results);
  if (values.release === undefined) await tellOfRelease(outcome.results);
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

/** A chart that is rendered without `--release` has the objects of a release that nobody installs. */
async function tellOfRelease(results: readonly Patches[]): Promise<void> {
  const isNamed = results.some(({patches}) =>
    patches.some(({target}) => target.name.includes(defaultRelease)),
  );
  if (!isNamed) return;
  await writeStderr(
    `note: the release is called "${defaultRelease}" here: patches select objects by name, so pass --release NAME as you install it\n`,
  );
}

interface Destination {
  readonly output?: string | undefined;
  readonly check?: string | undefined;
}

/**
 * Prints, writes or compares the files. Returns whether those of `--check` are current.
 *
 * @throws {UsageError} if a file that somebody else wrote is in the way
 */
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
  const present = filesIn(output);
  for (const {name} of files) requireOwn(path.join(output, name), present.get(name));
  for (const {name, text} of files) {
    const file = path.join(output, name);
    replaceFile(file, text, 'the patches');
    await writeStderr(`wrote ${safeText(file)}\n`);
  }
  for (const file of leftOver(files, present).map(name => path.join(output, name))) {
    rmSync(file);
    await writeStderr(`removed ${safeText(file)}, which is no longer needed\n`);
  }
  return true;
}

/** @throws {UsageError} if `text` is what somebody else wrote */
function requireOwn(file: string, text: string | undefined): void {
  if (text === undefined || text === '' || isPatchFile(text)) return;
  const message = '`kube-harden patches` did not write this file: choose another folder';
  throw new UsageError(message, {file});
}

/** The names of generated files that are not among `files`. */
const leftOver = (
  files: readonly PatchFile[],
  present: ReadonlyMap<string, string>,
): readonly string[] =>
  [...present]
    .filter(([name, text]) => isPatchFile(text) && !files.some(file => file.name === name))
    .map(([name]) => name);

/** @throws {UsageError} if there is no such folder, and none can be made */
function makeFolder(folder: string): void {
  try {
    mkdirSync(folder, {recursive: true});
  } catch (error) {
    const isFile = (error as NodeJS.ErrnoException).code === 'EEXIST';
    const message = isFile ? 'it is a file, not a folder' : 'the folder cannot be created';
    throw new UsageError(message, {file: folder}, {cause: error});
  }
}

async function isCurrent(files: readonly PatchFile[], folder: string): Promise<boolean> {
  const present = filesIn(folder);
  const faults = [
    ...files.flatMap(({name, text}) => {
      const found = present.get(name);
      if (found === text) return [];
      return [`${found === undefined ? 'missing' : 'out of date'}: ${path.join(folder, name)}`];
    }),
    ...leftOver(files, present).map(name => `no longer needed: ${path.join(folder, name)}`),
  ];
  for (const fault of faults) {
    await writeStderr(`${safeText(fault)}: generate the files again with --output\n`);
  }
  return faults.length === 0;
}

/**
 * The texts of the files in a folder that may be ours, by their names. A checkout on Windows may have changed their
 * line breaks.
 *
 * @throws {UsageError} if one cannot be read
 */
function filesIn(folder: string): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  for (const name of patchFileNames) {
    const file = path.join(folder, name);
    if (!existsSync(file)) continue;
    const text = new TextDecoder().decode(readRegularFile(file));
    found.set(name, text.replaceAll('\r\n', '\n'));
  }
  return found;
}
