import {withEntries} from '../config/add-entries.ts';
import {UsageError} from '../errors.ts';
import {type Finding, titleOf} from '../findings/finding.ts';
import type {Allowances} from '../policy/policy.ts';
import type {Selector} from '../policy/selector.ts';
import {counted} from '../report/report.ts';
import type {ObjectStream} from '../stream/manifest-stream.ts';
import {isDate} from '../text/date.ts';
import {safeText} from '../text/safe-text.ts';
import {defaultRelease} from './helm-options.ts';
import {today} from './options.ts';
import {writeStderr} from './standard-streams.ts';
import {exitCodeOf, type Outcome} from './targets.ts';

export const entryCount = ({exceptions, exposed, connections}: Allowances): number =>
  exceptions.length + exposed.length + connections.length;

/** @throws {UsageError} if `day`, the value of `--expires`, is none, or has passed */
export function requireDay(day: string | undefined): void {
  if (day === undefined) return;
  if (!isDate(day)) {
    throw new UsageError(`--expires must be a day like "2027-06-30", not "${day}"`);
  }
  if (day < today()) {
    throw new UsageError(
      `--expires must be today or later, not "${day}": today is ${today()} (UTC)`,
    );
  }
}

/** How many entries a file got, and what their author must still do. */
export function tellOfEntries({exceptions, exposed, connections}: Allowances): string {
  const more =
    connections.length === 0
      ? ''
      : ` and ${connections.length} under \`networkPolicy.connections\``;
  const count = `${counted(exceptions.length, 'exception')} and ${exposed.length} under \`exposed\`${more}`;
  const isOpenEnded = [...exceptions, ...exposed].some(({expires}) => expires === undefined);
  const expiry = isOpenEnded ? ', and set an expiry date' : '';
  return `${count}; review the reasons${expiry}`;
}

/** The entries with that last day, if there is one. */
export function expiring(entries: Allowances, expires: string | undefined): Allowances {
  if (expires === undefined) return entries;
  return {
    exceptions: entries.exceptions.map(each => ({...each, expires})),
    exposed: entries.exposed.map(each => ({...each, expires})),
    connections: entries.connections,
  };
}

/** The text of the entries for a policy file without others; empty without any. */
export const entriesText = (entries: Allowances): string =>
  withEntries('', entries, expiryHint()) ?? '';

/** A comment for the user to fill in: the day a year from now. */
export function expiryHint(): string {
  const [year = '', month = '', day = ''] = today().split('-');
  const isLeapDay = month === '02' && day === '29';
  return `# expires: "${Number(year) + 1}-${month}-${isLeapDay ? '28' : day}"`;
}

/** What ends a command that wrote `entries` for the targets of `outcome`. */
interface Written {
  readonly outcome: Outcome<ObjectStream>;
  readonly values: {
    readonly release?: string | undefined;
    readonly 'allow-skipped'?: boolean | undefined;
  };
  readonly entries: Allowances;
  /** What no entry can allow, or none may. */
  readonly left: readonly Finding[];
}

/** Tells what the user must know of the entries, and returns the exit code. */
export async function closeEntries(written: Written): Promise<number> {
  const {outcome, values, entries, left} = written;
  if (values.release === undefined) await tellOfRelease(outcome.results, entries);
  const isLeft = await tellOfLeft(left);
  return exitCodeOf(outcome, values['allow-skipped'], isLeft ? 1 : 0);
}

/** Warns of entries with the name that a chart was given because the call names no release. */
async function tellOfRelease(
  streams: readonly ObjectStream[],
  {exceptions, exposed, connections}: Allowances,
): Promise<void> {
  const isOfRelease = ({name, namespace}: Selector) =>
    [name, namespace].some(text => text?.includes(defaultRelease));
  const matched = [
    ...[...exceptions, ...exposed].map(({match}) => match),
    ...connections.flatMap(({to}) => ('workload' in to ? [to.workload] : [])),
  ];
  if (!streams.some(({inputs}) => inputs.some(({isRendering}) => isRendering))) return;
  if (!matched.some(isOfRelease)) return;
  await writeStderr(
    `note: the release is called "${defaultRelease}" here: entries match names, so pass --release NAME\n`,
  );
}

/** Lists what no entry can or may allow, and returns whether there is anything. */
async function tellOfLeft(left: readonly Finding[]): Promise<boolean> {
  const lines = left.map(finding => {
    const what = `allow ${finding.rule} in ${titleOf(finding)}`;
    return finding.locked === undefined
      ? `no entry can ${what}: it has no name, or other objects match it`
      : `no entry may ${what}: ${safeText(finding.locked)}`;
  });
  for (const line of new Set(lines)) await writeStderr(`${line}\n`);
  return left.length > 0;
}
