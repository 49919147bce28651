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

/** What became of a stream, and what is wrong with that. */
export interface Examined {
  readonly outcome: 'refused' | 'untouched' | 'rewritten';
  readonly fault?: string;
}

/**
 * Renders, audits and draws the network of a stream under `policy`, in every format, or in those whose turn
 * it is.
 */
export function examine(text: string, policy: Policy, turn?: number): Examined {
  try {
    const read = unlessRefused(() => readStream(text, 'in'));
    const hardened = unlessRefused(() => harden(text, 'in', policy, today));
    if (hardened === undefined)
      return {outcome: 'refused', ...(read && {fault: 'refused by halves'})};
    const fault = faultOf(text, policy, hardened, read, turn);
    const outcome = hardened.text === text ? 'untouched' : 'rewritten';
    return {outcome, ...(fault !== undefined && {fault})};
  } catch (error) {
    const fault = `throws ${error instanceof Error ? error.stack : String(error)}`;
    return {outcome: 'refused', fault};
  }
}

/** By what faults are told apart: an exception by where it was thrown, all else by its words. */
export function kindOf(fault: string): string {
  const [message = '', place = ''] = fault.split('\n');
  return place.trimStart().startsWith('at ')
    ? `${message.replaceAll(/"(?:[^"\\]|\\.)*"|\d+/g, '')} ${place}`
    : message.replace(/:.*/, '').replaceAll(/\d+/g, '');
}

/** What `make` makes, or undefined where the input is refused as it must be: with a message. */
function unlessRefused<Made>(make: () => Made): Made | undefined {
  try {
    return make();
  } catch (error) {
    if (error instanceof UsageError && error.message !== '') return undefined;
    throw error;
  }
}

/** `read` is the stream with what render passes over unread; absent where that cannot be read. */
function faultOf(
  text: string,
  policy: Policy,
  hardened: Hardened,
  read: ManifestStream | undefined,
  turn: number | undefined,
): string | undefined {
  return (
    (hardened.text === text ? undefined : faultOfTwice(policy, hardened)) ??
    (read?.resourceList === undefined ? faultOfText(text, policy, hardened) : undefined) ??
    (read === undefined ? undefined : faultInObjects(read, hardened)) ??
    faultOfReports(hardened, policy, turn) ??
    faultOfAudit(text, policy, turn) ??
    (read === undefined || (turn ?? 0) % 2 === 1 ? undefined : faultOfNetwork(read, policy, turn))
  );
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

/** What a Service is told by where its clients are cut off: that is no finding of its own. */
const cutOffAnnotation = 'kube-harden.io/cut-off-by';

/** Whether each document in which nothing was rewritten is as it was; what is added stands at an end. */
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

/** What a terminal obeys, and what nobody sees. */
const unsafe =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is looked for.
  /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/;

/** An audit is a line of its own, and is taken in every third turn. */
function faultOfAudit(text: string, policy: Policy, turn = 0): string | undefined {
  return turn % 3 === 0
    ? faultOfReports(audit(text, 'in', policy, today), policy, turn / 3)
    : undefined;
}

function faultOfReports(
  {findings, notes, summary, staleExceptions}: Told,
  policy: Policy,
  turn: number | undefined,
): string | undefined {
  const report = {findings, notes, summary, staleExceptions, policy};
  for (const [name, write] of ofTurn({...formats, summary: toSummary}, turn)) {
    const text = write(report);
    if (unsafe.test(text)) return `the format ${name} shows what is unsafe`;
    if (name === 'json' || name === 'sarif') JSON.parse(text);
    const row = {table: /^ {2}\d+:\d+ /gm, markdown: /^\| (?!.*\| finding \|)/gm}[name];
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
