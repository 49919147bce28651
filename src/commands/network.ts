import {UsageError} from '../errors.ts';
import {entriesText} from '../host/entries.ts';
import {type HelmChoices, helmCallOptions, helmChoices} from '../host/helm-options.ts';
import {decodeInput} from '../host/input.ts';
import {parseCall, policyOf, policyOptions, requireOneOf, today} from '../host/options.ts';
import {readFile} from '../host/read-file.ts';
import {writeReport, writeStderr} from '../host/standard-streams.ts';
import {
  exitCodeOf,
  fromTargets,
  type Outcome,
  requireTargets,
  targetOptions,
} from '../host/targets.ts';
import {flowsIn} from '../network/flows/flow.ts';
import {changesBetween, changesOfEach, connectionsBetween} from '../network-changes.ts';
import {learnedFrom} from '../network-learn.ts';
import {
  type NetworkReport,
  networkReport,
  type Reach,
  reachesIn,
  reachIn,
} from '../network-report.ts';
import {type Rung, rungs} from '../policy/network-policy.ts';
import type {Policy} from '../policy/policy.ts';
import {toNetworkPage, type ViewedTarget} from '../report/html/network-page.ts';
import {changeFormats} from '../report/network/changes.ts';
import {networkFormats} from '../report/network/formats.ts';
import {noteLines} from '../report/text.ts';
import type {ObjectStream} from '../stream/manifest-stream.ts';
import {safeText} from '../text/safe-text.ts';

/**
 * Prints who can reach whom on which port, before and after hardening, and why; or what changes
 * between two levels or targets; or the declarations that observed flows suggest.
 *
 * @throws {UsageError} if a target, the policy, a file or the command line is invalid
 */
export async function network(args: readonly string[]): Promise<number> {
  const {values, positionals} = parseCall({
    args: [...args],
    allowPositionals: true,
    options: {
      ...policyOptions,
      format: {type: 'string'},
      compare: {type: 'string'},
      diff: {type: 'string'},
      learn: {type: 'string'},
      ...helmCallOptions,
      ...targetOptions,
    },
  });
  requireTargets('network', positionals, values);
  requireOneQuestion(values);
  const {compare, diff, learn, format = 'table'} = values;
  const isOfChanges = compare !== undefined || diff !== undefined;
  const formats = isOfChanges ? changeFormats : networkFormats;
  requireOneOf('--format', format, [...Object.keys(formats), page]);
  if (learn !== undefined && values.format !== undefined) throw new UsageError(noFormat);
  const levels = compare === undefined ? undefined : levelsIn(compare);
  const policy = await policyOf(values);
  const call = {targets: positionals, helm: helmChoices(values), policy};
  const outcome =
    learn !== undefined
      ? await proposed(call, learn)
      : levels !== undefined
        ? await compared(call, levels, format)
        : diff !== undefined
          ? await differing(call, diff, format)
          : await shown(call, format);
  return exitCodeOf(outcome, values['allow-skipped'], 0);
}

/** What all ways to call the command have in common. */
interface Call {
  readonly targets: readonly string[];
  readonly helm: HelmChoices;
  readonly policy: Policy;
}

/** The format for a browser, of all that has formats. */
const page = 'html';

const noFormat = '--learn prints entries of a policy file: --format cannot be given with it';

/** @throws {UsageError} if more than one of the options is given that each ask for something else */
function requireOneQuestion(values: {
  readonly compare?: string | undefined;
  readonly diff?: string | undefined;
  readonly learn?: string | undefined;
}): void {
  const given = (['compare', 'diff', 'learn'] as const).filter(key => values[key] !== undefined);
  if (given.length < 2) return;
  throw new UsageError(`${given.map(key => `--${key}`).join(' and ')} cannot be given together`);
}

/** @throws {UsageError} unless they are two levels */
function levelsIn(text: string): readonly [Rung, Rung] {
  const [before, after, ...more] = text.split(',').map(each => rungs.find(rung => rung === each));
  if (before !== undefined && after !== undefined && more.length === 0) return [before, after];
  throw new UsageError(
    `--compare must be two levels like "workloads,least", not "${text}": the levels are ${rungs.join(', ')}`,
  );
}

/** Any object may be an end of a connection, or show one. */
const isOfConcern = () => true;

async function shown(call: Call, format: string): Promise<Outcome<unknown>> {
  if (format === page) {
    const states = ['before hardening', 'after hardening'] as const;
    return viewed(call, states, stream => reachesIn(stream, call.policy, today()));
  }
  const {targets, helm, policy} = call;
  const outcome = await fromTargets(targets, helm, isOfConcern, stream =>
    networkReport(stream, policy, today()),
  );
  const report = merged(outcome.results);
  await tell(report);
  await writeReport(networkFormats[format]?.(report) ?? '');
  return outcome;
}

/** Writes a page with two states of each target. */
async function viewed(
  {targets, helm}: Call,
  states: readonly [string, string],
  reaches: (stream: ObjectStream) => {readonly before: Reach; readonly after: Reach},
): Promise<Outcome<unknown>> {
  const outcome = await fromTargets(targets, helm, isOfConcern, stream => ({
    name: stream.inputs[0]?.file ?? '',
    ...reaches(stream),
  }));
  await tell({notes: outcome.results.flatMap(({after}) => after.notes)});
  const viewedTargets = outcome.results.map(({name, before, after}) =>
    targetOf(name, [before], [after]),
  );
  await writeReport(toNetworkPage({states, targets: viewedTargets}));
  return outcome;
}

const targetOf = (
  name: string,
  before: readonly Reach[],
  after: readonly Reach[],
): ViewedTarget => ({
  name,
  workloads: [...before, ...after].flatMap(({workloads}) => workloads),
  connections: connectionsBetween(before, after),
});

/** Each target is a separate release. */
const merged = (reports: readonly NetworkReport[]): NetworkReport => ({
  before: reports.flatMap(({before}) => before),
  after: reports.flatMap(({after}) => after),
  notes: reports.flatMap(({notes}) => notes),
});

async function compared(
  call: Call,
  levels: readonly [Rung, Rung],
  format: string,
): Promise<Outcome<unknown>> {
  const {targets, helm, policy} = call;
  const at = (ingress: Rung): Policy => ({
    ...policy,
    networkPolicy: {...policy.networkPolicy, ingress},
  });
  const [before, after] = levels;
  if (format === page) {
    return viewed(call, levels, stream => ({
      before: reachIn(stream, at(before), today()),
      after: reachIn(stream, at(after), today()),
    }));
  }
  const outcome = await fromTargets(targets, helm, isOfConcern, stream => ({
    name: stream.inputs[0]?.file ?? '',
    before: reachIn(stream, at(before), today()),
    after: reachIn(stream, at(after), today()),
  }));
  await tell({notes: outcome.results.flatMap(({after}) => after.notes)});
  const changes = changesOfEach(outcome.results);
  await writeReport(changeFormats[format]?.({states: levels, changes}) ?? '');
  return outcome;
}

async function differing(
  {targets, helm, policy}: Call,
  old: string,
  format: string,
): Promise<Outcome<unknown>> {
  const reach = (names: readonly string[]): Promise<Outcome<Reach>> =>
    fromTargets(names, helm, isOfConcern, stream => reachIn(stream, policy, today()));
  const before = await reach([old]);
  const after = await reach(targets);
  await tell({notes: after.results.flatMap(({notes}) => notes)});
  const states = [old, targets.join(' ')] as const;
  const text =
    format === page
      ? toNetworkPage({
          states,
          targets: [targetOf(states.join(' → '), before.results, after.results)],
        })
      : changeFormats[format]?.({
          states,
          changes: changesBetween(before.results, after.results),
        });
  await writeReport(text ?? '');
  return {
    results: [],
    skipped: [...before.skipped, ...after.skipped],
    failed: [...before.failed, ...after.failed],
  };
}

async function proposed({targets, helm, policy}: Call, file: string): Promise<Outcome<unknown>> {
  const flows = flowsIn(decodeInput(readFile(file), file), file);
  const outcome = await fromTargets(targets, helm, isOfConcern, stream =>
    learnedFrom(flows, file, stream, policy, today()),
  );
  const connections = outcome.results.flatMap(each => each.connections);
  await writeReport(entriesText({exceptions: [], exposed: [], connections}));
  const [open, unknown] = (['open', 'unknown'] as const).map(key =>
    outcome.results.reduce((sum, each) => sum + each[key], 0),
  );
  await writeStderr(
    `${safeText(file)}: ${flows.length} flows: ${connections.length} to declare, ${open} open already, ${unknown} with an end that is unknown; review each before you add it\n`,
  );
  return outcome;
}

async function tell(report: Pick<NetworkReport, 'notes'>): Promise<void> {
  for (const line of noteLines(report)) await writeStderr(`${line}\n`);
}
