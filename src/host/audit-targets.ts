import {UsageError} from '../errors.ts';
import type {Told} from '../harden.ts';
import {type Auditor, auditUnit} from './audit-unit.ts';
import {errorLines, textOfError} from './error-text.ts';
import {Progress} from './progress.ts';
import {writeStderr} from './standard-streams.ts';
import {failureOf, type Outcome, tellSkipped} from './targets.ts';
import type {Unit} from './unit.ts';
import type {UnitAudit} from './unit-audit.ts';
import type {Watcher} from './worker-pool.ts';

/** How an audit of several units goes on. */
export interface Manner {
  /** How many processes audit. */
  readonly jobs: number;
  /** The arguments of the audit, for other processes. */
  readonly args: readonly string[];
  /** Whether nothing is told in the meantime. */
  readonly isQuiet: boolean;
  /** Whether it is a part of an audit: nothing in it may then be an error of the whole. */
  readonly isShard: boolean;
}

/**
 * The audits of units, and which rules looked at something. What could not be checked is listed on stderr.
 *
 * @throws {UsageError} if nothing gives a result
 */
export async function auditUnits(
  units: readonly Unit[],
  auditor: Auditor,
  manner: Manner,
): Promise<Outcome<Told> & {readonly judged: readonly string[]}> {
  const progress = manner.isQuiet || units.length < 2 ? undefined : new Progress(units.length);
  const watcher = {
    begin: async (name: string) => progress?.begin(name),
    end: async (name: string) => progress?.end(name),
  };
  const audits = await auditsOf(units, auditor, manner, watcher).finally(() => progress?.clear());
  auditor.cache?.prune();
  for (const {said} of audits) if (said !== '') await writeStderr(said);
  const skipped = audits.flatMap(each => each.skipped);
  await tellSkipped(skipped);
  const results = audits.flatMap(({told}) => told);
  const errors = audits
    .flatMap(({failed}) => failed)
    .map(({message, place}) => new UsageError(message, place));
  const isNothing = results.length === 0 && !manner.isShard;
  const last = isNothing ? errors.pop() : undefined;
  for (const error of errors) await writeStderr(errorLines(textOfError(error)));
  if (last !== undefined) throw last;
  if (isNothing) throw new UsageError('no target contains a manifest');
  const judged = audits.flatMap(each => each.judged);
  return {results, skipped, failed: errors.map(failureOf), judged};
}

/** In other processes if there are several units and jobs; stdin can be read only here. */
async function auditsOf(
  units: readonly Unit[],
  auditor: Auditor,
  {jobs, args}: Manner,
  watcher: Watcher,
): Promise<readonly UnitAudit[]> {
  const others = units.filter(({target}) => target !== '-');
  if (jobs < 2 || others.length < 2) return auditsHere(units, auditor, watcher);
  const {auditInProcesses, canStartWorkers} = await import('./worker-pool.ts');
  if (!canStartWorkers) return auditsHere(units, auditor, watcher);
  const made = await auditInProcesses(others, jobs, args, watcher);
  const audits = new Map(others.map((unit, index) => [unit, made[index]]));
  const rest = units.filter(unit => !audits.has(unit));
  const here = await auditsHere(rest, auditor, watcher);
  for (const [index, unit] of rest.entries()) audits.set(unit, here[index]);
  return units.flatMap(unit => audits.get(unit) ?? []);
}

async function auditsHere(
  units: readonly Unit[],
  auditor: Auditor,
  {begin, end}: Watcher,
): Promise<readonly UnitAudit[]> {
  const audits: UnitAudit[] = [];
  for (const unit of units) {
    await begin(unit.name);
    audits.push(await auditUnit(unit, auditor));
    await end(unit.name);
  }
  return audits;
}
