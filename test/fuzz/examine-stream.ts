import {isDeepStrictEqual} from 'node:util';
import {parse} from 'yaml';
import {withEntries} from '../../src/config/add-entries.ts';
import {parsePolicy} from '../../src/config/parse.ts';
import {decisionsOn} from '../../src/decisions.ts';
import {UsageError} from '../../src/errors.ts';
import {audit, type Hardened, harden, type Told} from '../../src/harden.ts';
import {networkReport} from '../../src/network-report.ts';
import type {Policy} from '../../src/policy/policy.ts';
import {formats} from '../../src/report/formats.ts';
import {networkFormats} from '../../src/report/network/formats.ts';
import {toSummary} from '../../src/report/text.ts';
import {type ManifestStream, readStream} from '../../src/stream/manifest-stream.ts';
import {splitDocuments} from '../../src/yaml/split.ts';
import {today} from './policies.ts';

/** The result of a stream, and what is wrong with it. */
export interface Examined {
  readonly outcome: 'refused' | 'untouched' | 'rewritten';
  readonly fault?: string;
}

/**
 * Renders a stream under `policy`, twice where that changes it, and reads it in full. Reports, an audit and
 * the network follow in every format; with a `turn`, only the one whose turn it is, in one format.
 */
export function examine(text: string, policy: Policy, turn?: number): Examined {
  try {
    const read = unlessRefused(() => readStream(text, 'in'));
    const hardened = unlessRefused(() => harden(text, 'in', policy, today));
    if (hardened === undefined)
      return {outcome: 'refused', ...(read && {fault: 'refused by halves'})};
    const fault =
      faultOf(text, policy, hardened, read) ?? faultOfVerbs(text, policy, hardened, read, turn);
    const outcome = hardened.text === text ? 'untouched' : 'rewritten';
    return {outcome, ...(fault !== undefined && {fault})};
  } catch (error) {
    const fault = `throws ${error instanceof Error ? error.stack : String(error)}`;
    return {outcome: 'refused', fault};
  }
}

/**
 * The identity of a fault: for an exception the place where it was thrown, otherwise its message.
 */
export function kindOf(fault: string): string {
  const [message = '', place = ''] = fault.split('\n');
  return place.trimStart().startsWith('at ')
    ? `${message.replaceAll(/"(?:[^"\\]|\\.)*"|\d+/g, '')} ${place}`
    : message.replace(/:.*/, '').replaceAll(/\d+/g, '');
}

/** The result of `make`, or undefined if the input is refused properly, with a message. */
function unlessRefused<Made>(make: () => Made): Made | undefined {
  try {
    return make();
  } catch (error) {
    if (error instanceof UsageError && error.message !== '') return undefined;
    throw error;
  }
}

/** `read` is the stream including what render skips unread; absent if that cannot be parsed. */
function faultOf(
  text: string,
  policy: Policy,
  hardened: Hardened,
  read: ManifestStream | undefined,
): string | undefined {
  return (
    (hardened.text === text ? undefined : faultOfTwice(policy, hardened)) ??
    (read?.resourceList === undefined ? faultOfText(text, policy, hardened) : undefined) ??
    (read === undefined || hardened.text === text ? undefined : faultInObjects(read, hardened))
  );
}

/** In each six turns: a report of render, an audit, the network and what is left to decide. */
function faultOfVerbs(
  text: string,
  policy: Policy,
  hardened: Hardened,
  read: ManifestStream | undefined,
  turn: number | undefined,
): string | undefined {
  const format = turn === undefined ? undefined : Math.floor(turn / 6);
  const isTurnOf = (one: number) => turn === undefined || turn % 6 === one;
  return (
    (isTurnOf(0) ? faultOfReports(hardened, policy, format) : undefined) ??
    (isTurnOf(2) ? faultOfReports(audit(text, 'in', policy, today), policy, format) : undefined) ??
    (isTurnOf(4) && read !== undefined ? faultOfNetwork(read, policy, format) : undefined) ??
    (isTurnOf(5) && read !== undefined ? faultOfDecisions(read, policy) : undefined)
  );
}

/**
 * What `decide` writes must be read back as the same decisions, and must leave nothing that it
 * could decide.
 */
function faultOfDecisions(read: ManifestStream, policy: Policy): string | undefined {
  const {allowances} = decisionsOn([read], policy, today);
  const {exceptions, exposed} = allowances;
  if (exceptions.length + exposed.length === 0) return undefined;
  const written = withEntries('', allowances);
  if (written === undefined) return 'what is decided cannot be written';
  const choices = parsePolicy(parse(written), 'decided', () => undefined);
  if (!isDeepStrictEqual([choices.exceptions ?? [], choices.exposed ?? []], [exceptions, exposed]))
    return `what is decided is read otherwise: ${written}`;
  const decided = {
    ...policy,
    exceptions: [...policy.exceptions, ...exceptions],
    exposed: [...policy.exposed, ...exposed],
  };
  const {allowances: again} = decisionsOn([read], decided, today);
  return again.exceptions.length + again.exposed.length === 0
    ? undefined
    : `decided twice there is more to decide: ${JSON.stringify(again)}`;
}

function faultOfTwice(policy: Policy, hardened: Hardened): string | undefined {
  const again = unlessRefused(() => harden(hardened.text, 'in', policy, today));
  if (again === undefined) return 'what was hardened is refused';
  if (again.text === hardened.text) return undefined;
  return `hardening twice changes more: ${difference(hardened.text, again.text)}`;
}

function faultOfText(text: string, policy: Policy, hardened: Hardened): string | undefined {
  const isFlagging = [...policy.rules.values()].every(mode => mode === 'flag');
  if (isFlagging && hardened.text !== text) return 'flagging changes the text';
  return isUntouched(text, hardened) ? undefined : 'a document without a rewrite has changed';
}

function difference(one: string, other: string): string {
  let at = 0;
  while (one[at] === other[at]) at++;
  const around = (text: string) => JSON.stringify(text.slice(Math.max(0, at - 60), at + 60));
  return `${around(one)} and then ${around(other)}`;
}

/** The annotation of a Service whose clients are cut off is not a separate finding. */
const cutOffAnnotation = 'kube-harden.io/cut-off-by';

/** Whether each document without a rewrite is unchanged; additions are at the end. */
function isUntouched(text: string, hardened: Hardened): boolean {
  const changed = new Set(
    hardened.findings
      .filter(({status, rule}) => status === 'fixed' && rule !== 'require-network-policy')
      .map(({source}) => source.document),
  );
  const documents = textsOf(text);
  const after = textsOf(hardened.text);
  const isKept = (others: readonly string[]) =>
    documents.every(
      (document, index) =>
        changed.has(index + 1) ||
        isSame(document, others[index], index) ||
        others[index]?.includes(cutOffAnnotation),
    );
  const isSame = (document: string, other: string | undefined, index: number) =>
    other === document ||
    (index === documents.length - 1 && other?.trimEnd() === document.trimEnd());
  return isKept(after) || isKept(after.slice(after.length - documents.length));
}

const textsOf = (text: string): readonly string[] =>
  splitDocuments(text).map(({start, end}) => text.slice(start, end));

/** No object may be lost, or become another. */
function faultInObjects(read: ManifestStream, hardened: Hardened): string | undefined {
  const before = namesIn(read);
  const after = namesIn(readStream(hardened.text, 'in'));
  const isKept = (others: readonly string[]) => before.every((name, at) => others[at] === name);
  if (isKept(after) || isKept(after.slice(after.length - before.length))) return undefined;
  return `objects are lost: ${before.join()} become ${after.join()}`;
}

const namesIn = ({resources}: ManifestStream): readonly string[] =>
  resources.map(({apiVersion, kind, name}) => JSON.stringify([apiVersion, kind, name]));

/** All of `formats`, or the one whose turn it is. */
function ofTurn<Format>(
  formats: Readonly<Record<string, Format>>,
  turn: number | undefined,
): readonly (readonly [string, Format])[] {
  const entries = Object.entries(formats);
  return entries.filter((_, index) => turn === undefined || index === turn % entries.length);
}

/** Control characters of terminals, and invisible characters. */
const unsafe =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: the pattern matches exactly these.
  /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/;

function faultOfReports(
  {findings, notes, summary, staleExceptions}: Told,
  policy: Policy,
  turn: number | undefined,
): string | undefined {
  const report = {findings, notes, summary, staleExceptions, policy};
  for (const [name, write] of ofTurn({...formats, summary: toSummary}, turn)) {
    const text = write(report);
    if (unsafe.test(text)) return `the format ${name} shows what is unsafe`;
    if (['json', 'sarif', 'gitlab'].includes(name)) JSON.parse(text);
    // A line of the table may tell of several findings: its last lines count them.
    if (name === 'table' && !text.includes(`: ${findings.length} finding`)) {
      return `the format table does not count ${findings.length} findings`;
    }
    const row = {markdown: /^\| (?!.*\| finding \|)/gm}[name];
    const count = row === undefined ? undefined : text.match(row)?.length;
    if (row !== undefined && (count ?? 0) !== findings.length) {
      return `the format ${name} has ${count} rows for ${findings.length} findings`;
    }
  }
  return undefined;
}

function faultOfNetwork(
  read: ManifestStream,
  policy: Policy,
  turn: number | undefined,
): string | undefined {
  const report = networkReport(read, policy, today);
  const edges = report.before.length + report.after.length;
  for (const [name, write] of ofTurn(networkFormats, turn)) {
    const text = write(report);
    if (unsafe.test(text)) return `the network's format ${name} shows what is unsafe`;
    if (name === 'json') JSON.parse(text);
    const lines = text.split('\n').length - 1;
    const others = {table: 5, markdown: 9, mermaid: undefined}[name];
    if (others !== undefined && lines !== edges + others) {
      return `the network's format ${name} has ${lines} lines for ${edges} edges`;
    }
  }
  return undefined;
}
