import {inflateRawSync} from 'node:zlib';
import {loadFile} from '../config/load.ts';
import {requireLocked} from '../config/locks.ts';
import {notesOn} from '../config/notes.ts';
import {requireOwnRules} from '../config/own-rules.ts';
import {PolicyError, UsageError} from '../errors.ts';
import {layeredPolicy, parseCall, policyOptions, requireOneOf} from '../host/options.ts';
import {writeReport, writeStderr} from '../host/standard-streams.ts';
import {effectiveFormats} from '../report/effective-policy.ts';
import {safeText} from '../text/safe-text.ts';

/** `docs/policy.schema.json`, deflated, in base64. `scripts/source.ts` inserts it here. */
declare const POLICY_SCHEMA: string;

const actions: Readonly<Record<string, (args: readonly string[]) => Promise<number>>> = {
  show,
  check,
  schema,
};

/** Shows the policy that applies, validates policy files, or prints their JSON Schema. */
export async function policy(args: readonly string[]): Promise<number> {
  const at = args.findIndex(arg => Object.hasOwn(actions, arg));
  if (at === -1) {
    const names = Object.keys(actions).join(', ');
    const word = args.find(arg => !arg.startsWith('-'));
    const found = word === undefined ? '' : `, not "${word}"`;
    throw new UsageError(`policy takes one of ${names}${found}: see \`kube-harden help policy\``);
  }
  return (await actions[args[at] ?? '']?.(args.filter((_, index) => index !== at))) ?? 2;
}

/**
 * Prints the effective policy, with the origin of each value.
 *
 * @throws {UsageError} if the policy or the command line is invalid
 */
async function show(args: readonly string[]): Promise<number> {
  const {values} = parseCall({
    args: [...args],
    options: {
      ...policyOptions,
      strict: {type: 'boolean'},
      'block-on': {type: 'string'},
      'fail-on': {type: 'string'},
      'no-annotate': {type: 'boolean'},
      format: {type: 'string'},
    },
  });
  const format = requireOneOf('--format', values.format ?? 'yaml', Object.keys(effectiveFormats));
  const {layers, policy: effective} = await layeredPolicy(values);
  await writeReport(effectiveFormats[format]?.(layers, effective) ?? '');
  return 0;
}

/**
 * Validates policy files: prints each mistake with its place to stderr, and returns 2 if there are any.
 *
 * @throws {UsageError} if no file is named
 */
async function check(args: readonly string[]): Promise<number> {
  const {positionals} = parseCall({args: [...args], allowPositionals: true});
  if (positionals.length === 0) {
    throw new UsageError(
      'policy check takes policy files: `kube-harden policy check kube-harden.yaml`',
    );
  }
  let isValid = true;
  for (const file of new Set(positionals)) {
    const mistakes = await mistakesIn(file);
    for (const {message, place} of mistakes.slice(0, mostShown)) {
      const {file: at = file, line, column} = place;
      const where = [at, line, column].filter(part => part !== undefined).join(':');
      await writeStderr(`${safeText(where)}: ${safeText(message)}\n`);
    }
    if (mistakes.length > mostShown) {
      await writeStderr(`${safeText(file)}: and ${mistakes.length - mostShown} more mistakes\n`);
    }
    if (mistakes.length > 0) isValid = false;
    else await writeStderr(`${safeText(file)}: valid\n`);
  }
  return isValid ? 0 : 2;
}

const mostShown = 100;

async function mistakesIn(file: string): Promise<PolicyError['mistakes']> {
  try {
    const {layers, choices} = await loadFile(file);
    requireOwnRules(layers);
    requireLocked(layers);
    for (const note of notesOn(choices)) await writeStderr(`note: ${safeText(note)}\n`);
    return [];
  } catch (error) {
    if (error instanceof PolicyError) return error.mistakes;
    if (error instanceof UsageError) return [error];
    throw error;
  }
}

/** Prints the JSON Schema of policy files, for editors and other tools. */
async function schema(args: readonly string[]): Promise<number> {
  parseCall({args: [...args]});
  await writeReport(policySchemaText());
  return 0;
}

/** The JSON Schema of policy files. */
export const policySchemaText = (): string =>
  inflateRawSync(Buffer.from(POLICY_SCHEMA, 'base64')).toString();
