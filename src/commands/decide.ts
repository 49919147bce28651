import path from 'node:path';
import {concernOf} from '../check/concern.ts';
import {withEntries} from '../config/add-entries.ts';
import {entryLines} from '../config/entries.ts';
import type {PolicyLayer} from '../config/layers.ts';
import {type Decisions, decisionsOn} from '../decisions.ts';
import {UsageError} from '../errors.ts';
import {isAllowedBy} from '../findings/allowances.ts';
import {
  closeEntries,
  entriesText,
  entryCount,
  expiring,
  expiryHint,
  requireDay,
  tellOfEntries,
} from '../host/entries.ts';
import {helmCallOptions, helmChoices} from '../host/helm-options.ts';
import {settlingCommand} from '../host/next-command.ts';
import {
  type GivenPolicy,
  type LayeredPolicy,
  layeredPolicy,
  parseCall,
  policyOptions,
  today,
} from '../host/options.ts';
import {type PolicyFile, policyFile, writePolicyFile} from '../host/policy-file.ts';
import {writeReport, writeStderr} from '../host/standard-streams.ts';
import {fromTargets, requireTargets, targetOptions} from '../host/targets.ts';
import type {Allowances, PolicyEntry} from '../policy/policy.ts';
import {safeText} from '../text/safe-text.ts';

/**
 * Adds entries to the policy that allow everything it leaves undecided: what waits, is cut off, or
 * is only flagged. Returns 1 if no entry can allow something.
 *
 * @throws {UsageError} if a target, the policy or the command line is invalid
 */
export async function decide(args: readonly string[]): Promise<number> {
  const {values, positionals} = parseCall({
    args: [...args],
    allowPositionals: true,
    options: {
      ...policyOptions,
      print: {type: 'boolean'},
      interactive: {type: 'boolean'},
      expires: {type: 'string'},
      ...helmCallOptions,
      ...targetOptions,
    },
  });
  requireTargets('decide', positionals, values);
  requireNoStdin(positionals, values.interactive === true);
  requireDay(values.expires);
  const file = values.print === true ? undefined : policyFile(values.config);
  const {layers, policy} = await policyBefore(file, values);
  if (values.config === undefined) requireOwn(file, layers);
  const helm = helmChoices(values);
  const outcome = await fromTargets(positionals, helm, concernOf(policy), stream => stream);
  const decisions = decisionsOn(outcome.results, policy, today());
  const kept = values.interactive === true ? await keptOf(decisions) : decisions.allowances;
  const allowances = expiring(kept, values.expires);
  if (file === undefined) await writeReport(entriesText(allowances));
  else if (entryCount(allowances) > 0) await write(file, allowances);
  await tellOfUndecided(entryCount(decisions.allowances), entryCount(allowances));
  const settling = settlingCommand(decisions.allowed, {targets: positionals, values});
  if (settling !== undefined) {
    await writeStderr(`what images say settles some of this: ${settling}\n`);
  }
  const {left} = decisions;
  return closeEntries({outcome, values, entries: allowances, left});
}

/** The policy before anything is added. A file that is named and does not exist is empty. */
const policyBefore = (
  file: PolicyFile | undefined,
  values: Parameters<typeof layeredPolicy>[0],
): Promise<LayeredPolicy> =>
  file?.isNew === true && values.config !== undefined
    ? layeredPolicy({...values, config: undefined}, {given: emptyPolicy})
    : layeredPolicy(values);

/**
 * Refuses to change a policy with locks in a folder above: it is probably not that of the team that runs this.
 *
 * @throws {UsageError} if `file` is one
 */
function requireOwn(file: PolicyFile | undefined, layers: readonly PolicyLayer[]): void {
  const isAbove = file !== undefined && !file.isNew && path.dirname(file.name) !== '.';
  if (!isAbove || layers.at(-2)?.choices.locked === undefined) return;
  throw new UsageError(
    'the policy locks something for the folders below it: write one of your own with `kube-harden init`, or name this one with --config',
    {file: file.name},
  );
}

const emptyPolicy: GivenPolicy = {
  layer: {choices: {}, originOf: () => ({})},
  place: {},
  isTrusted: true,
};

/** Says what is left to decide, of `count` entries, when `added` have been added or printed. */
async function tellOfUndecided(count: number, added: number): Promise<void> {
  const nothing = added === 0 ? 'nothing added: ' : '';
  if (count === 0) await writeStderr(`${nothing}the policy leaves nothing undecided here\n`);
  else if (added < count) {
    const left = count - added === 1 ? '1 entry is' : `${count - added} entries are`;
    await writeStderr(`${nothing}${left} still undecided\n`);
  }
}

function requireNoStdin(targets: readonly string[], isInteractive: boolean): void {
  if (isInteractive && targets.includes('-')) {
    throw new UsageError('--interactive reads the answers from stdin, so the target cannot be -');
  }
}

async function write(file: PolicyFile, allowances: Allowances): Promise<void> {
  const text = withEntries(file.text, allowances, expiryHint());
  if (text === undefined) {
    throw new UsageError(
      'entries cannot be added to the policy file as it is written: paste what --print prints',
      {file: file.name},
    );
  }
  writePolicyFile(file, text);
  await writeStderr(`added to ${safeText(file.name)}: ${tellOfEntries(allowances)}\n`);
}

/** The entries that the user keeps, asked one by one. */
async function keptOf({allowances, allowed}: Decisions): Promise<Allowances> {
  const {ask} = await import('../host/ask.ts');
  const entries: readonly PolicyEntry[] = [
    ...allowances.exceptions,
    ...allowances.exposed,
    ...allowances.connections,
  ];
  const messages = (entry: PolicyEntry) =>
    allowed
      .filter(finding => isAllowedBy(finding, entry))
      .map(({message}) => `  ${safeText(message)}`);
  const given = await ask(
    entries.map((entry, at) =>
      [`${at + 1} of ${entries.length}`, ...entryLines(entry, '  '), ...messages(entry)].join('\n'),
    ),
  );
  const keep = <Entry extends PolicyEntry>(list: readonly Entry[]): readonly Entry[] =>
    list.flatMap(entry => {
      const answer = given[entries.indexOf(entry)];
      if (typeof answer === 'object') return [{...entry, reason: answer.reason}];
      return answer === 'yes' || answer === 'all' ? [entry] : [];
    });
  return {
    exceptions: keep(allowances.exceptions),
    exposed: keep(allowances.exposed),
    connections: keep(allowances.connections),
  };
}
