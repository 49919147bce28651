import {existsSync} from 'node:fs';
import path from 'node:path';
import {concernOf} from '../check/concern.ts';
import {findPolicy, isInChart} from '../config/find.ts';
import {mergeLayers} from '../config/layers.ts';
import {readChain} from '../config/load.ts';
import {entryLocks} from '../config/lock.ts';
import {requireLocked} from '../config/locks.ts';
import {policyTemplate, schemaFile} from '../config/policy-template.ts';
import {resolvePolicy} from '../config/resolve.ts';
import {decisionsOn} from '../decisions.ts';
import {UsageError} from '../errors.ts';
import {
  closeEntries,
  entriesText,
  entryCount,
  expiring,
  requireDay,
  tellOfEntries,
} from '../host/entries.ts';
import {helmCallOptions, helmChoices} from '../host/helm-options.ts';
import {parseCall, profilesOf, today} from '../host/options.ts';
import {readRegularFile} from '../host/read-file.ts';
import {replaceFile} from '../host/replace-file.ts';
import {writeStderr} from '../host/standard-streams.ts';
import {fromTargets, type Outcome, targetOptions} from '../host/targets.ts';
import type {ObjectStream} from '../stream/manifest-stream.ts';
import {safeText} from '../text/safe-text.ts';
import {policySchemaText} from './policy.ts';

/**
 * Writes a policy file with a comment for each key, and its JSON Schema for editors. Given targets, it contains the
 * entries that decide what they leave undecided, as `decide` writes them.
 *
 * @throws {UsageError} if a file exists, or a target or the command line is invalid
 */
export async function init(args: readonly string[]): Promise<number> {
  const {values, positionals} = parseCall({
    args: [...args],
    allowPositionals: true,
    options: {
      config: {type: 'string'},
      profile: {type: 'string', multiple: true},
      force: {type: 'boolean'},
      expires: {type: 'string'},
      ...helmCallOptions,
      ...targetOptions,
    },
  });
  requireDay(values.expires);
  const file = requireFile(values.config ?? 'kube-harden.yaml');
  const schema = path.join(path.dirname(file), schemaFile);
  requireAbsent(file, values.force, '');
  requireAbsent(schema, values.force, policySchemaText());
  const profiles = profilesOf(values.profile);
  const base = baseOf(file);
  const template = {
    ...(profiles === undefined ? {} : {profiles}),
    ...(base === undefined ? {} : {base}),
  };
  const layers = await readChain(file, policyTemplate({...template, hasEntries: false}));
  requireLocked(layers);
  const policy = {
    ...resolvePolicy(mergeLayers(layers)),
    entryLocks: entryLocks(layers.slice(0, -1)),
  };
  const helm = helmChoices(values);
  const outcome: Outcome<ObjectStream> =
    positionals.length === 0
      ? {results: [], skipped: [], failed: []}
      : await fromTargets(positionals, helm, concernOf(policy), stream => stream);
  const decisions = decisionsOn(outcome.results, policy, today());
  const allowances = expiring(decisions.allowances, values.expires);
  const hasEntries = entryCount(allowances) > 0;
  const text = policyTemplate({...template, hasEntries});
  replaceFile(file, hasEntries ? `${text}\n${entriesText(allowances)}` : text, 'the policy');
  replaceFile(schema, policySchemaText(), 'the schema of the policy');
  await writeStderr(`wrote ${safeText(file)} and ${safeText(schema)}, its schema for editors\n`);
  if (hasEntries)
    await writeStderr(`${safeText(file)} allows what it found: ${tellOfEntries(allowances)}\n`);
  else if (positionals.length > 0) await writeStderr('the policy leaves nothing undecided here\n');
  const {left} = decisions;
  return closeEntries({outcome, values, entries: allowances, left});
}

/** @throws {UsageError} if a policy there would not be found, or cannot have comments */
function requireFile(file: string): string {
  if (!/\.ya?ml$/.test(file)) {
    throw new UsageError('a policy with comments must end in .yaml or .yml', {file});
  }
  if (isInChart(path.dirname(path.resolve(file)))) {
    throw new UsageError(
      'a policy inside a chart is ignored: run this in another folder, or choose another file with --config',
      {file},
    );
  }
  return file;
}

/** @throws {UsageError} if `file` exists with another text, and must not be replaced */
function requireAbsent(file: string, isForced: boolean | undefined, text: string): void {
  if (isForced === true || !existsSync(file)) return;
  if (text !== '' && new TextDecoder().decode(readRegularFile(file)) === text) return;
  throw new UsageError('the file exists: use --force to replace it', {file});
}

/** The path of the policy that would apply without the new one, from its folder. */
function baseOf(file: string): string | undefined {
  const folder = path.dirname(path.resolve(file));
  const {file: nearest, outer} = findPolicy(folder);
  const base = [nearest, ...outer].find(each => each !== undefined && each !== path.resolve(file));
  return base === undefined ? undefined : path.relative(folder, base).replaceAll(path.sep, '/');
}
