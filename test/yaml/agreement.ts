import {isDeepStrictEqual} from 'node:util';
import {decodeStream} from '../../src/stream/text.ts';
import {YamlError} from '../../src/yaml/error.ts';
import type {Dialect, YamlDocument} from '../../src/yaml/nodes.ts';
import {readDocument} from '../../src/yaml/read.ts';
import {splitDocuments} from '../../src/yaml/split.ts';
import type {Answer, OracleRead} from './oracle.ts';
import {isStatedRefusal} from './refusals.ts';

/** The documents of a stream as our parser reads them, or why it refuses them. */
export type Reading = {readonly documents: readonly YamlDocument[]} | {readonly refusal: string};

/** The answers of Kubernetes' parsers that `disagreement` needs. */
export const judges = ['kubectl', 'helm', 'lots', 'rest'] as const;

/** Reads the bytes of a stream. Errors other than YamlError are bugs, and are rethrown. */
export function readBytes(bytes: Uint8Array, dialect: Dialect = 'kubernetes'): Reading {
  try {
    const text = decodeStream(bytes);
    const documents = splitDocuments(text).map(({start, end}) =>
      readDocument(text, start, end, dialect),
    );
    return {documents};
  } catch (error) {
    if (!(error instanceof YamlError)) throw error;
    return {refusal: error.message};
  }
}

/**
 * How our parser and those of Kubernetes disagree on a stream, in one sentence; undefined if they
 * agree. kubectl's reader, which is that of Helm's client and of controllers, says what the values
 * are; with Helm's cut we must agree on how many documents there are. What Helm alone refuses never
 * comes to us. We may refuse what they read only for a reason that refusals.ts states.
 */
export function disagreement(
  reading: Reading,
  {kubectl, helm, lots, rest}: Answer<(typeof judges)[number]>,
): string | undefined {
  if ('refusal' in reading) {
    const isRead = kubectl.error === undefined && lots.value !== true;
    if (!isRead || rest.value === true || countOf(helm) !== countOf(kubectl)) return undefined;
    if (isStatedRefusal(reading.refusal)) return undefined;
    return `we refuse, for no stated reason, what Kubernetes reads: ${reading.refusal}`;
  }
  if (rest.value === true) return 'we read what Kubernetes reads a part of';
  if (kubectl.error !== undefined && !isShortOfJson(kubectl.error))
    return `we read what Kubernetes refuses: ${kubectl.error}`;
  const {documents} = reading;
  if (lots.value === true) {
    const isReported = documents.some(({ambiguities}) => ambiguities.length > 0);
    return isReported ? undefined : 'chance decides a value, and no ambiguity is reported';
  }
  if (kubectl.error !== undefined) return undefined;
  const values = documents.map(({value}) => plain(value)).filter(value => value !== null);
  // Such a document is not an object: the stream reader refuses it in any case.
  if (values.some(value => typeof value === 'string')) return undefined;
  if (!isDeepStrictEqual(values, plain(kubectl.value))) {
    return `we read ${JSON.stringify(values)}, kubectl reads ${JSON.stringify(kubectl.value)}`;
  }
  if (helm.error !== undefined) return undefined;
  if (countOf(helm) !== values.length) {
    return `we read ${values.length} documents, Helm cuts ${countOf(helm)}`;
  }
  if (documents.some(document => isIndented(document) || document.ambiguities.length > 0)) {
    return undefined;
  }
  if (isDeepStrictEqual(withoutEnds(values), withoutEnds(plain(helm.value)))) return undefined;
  return `we read ${JSON.stringify(values)}, Helm reads ${JSON.stringify(helm.value)}`;
}

/** kubectl does not read fewer than four characters after a JSON document. */
const isShortOfJson = (error: string): boolean =>
  /^json: offset \d+: invalid character/.test(error);

/**
 * Helm takes the indentation of a first line away: what it still reads then has one key, and is no
 * object of Kubernetes'.
 */
const isIndented = ({text, start, end}: YamlDocument): boolean =>
  /^\s*[^\n\S](?=\S)/.test(text.slice(start, end).replaceAll('\u0085', ' '));

/** Helm takes the last lines of a text away where they are empty, at a document's end, and last blanks. */
function withoutEnds(value: unknown): unknown {
  if (typeof value === 'string') return value.replace(/[\s\u0085]+$/, '');
  if (Array.isArray(value)) return value.map(withoutEnds);
  if (typeof value !== 'object' || value === null) return value;
  const trimmed = (key: string) => key.replace(/[ \t\r\n\u0085\u2028\u2029]+$/, '');
  const pairs = Object.entries(value).map(([key, held]) => [trimmed(key), withoutEnds(held)]);
  return pairs.toSorted((a, b) => JSON.stringify(a).localeCompare(JSON.stringify(b)));
}

/** A text as the readers of streams hand it on: they end a last line that has no end. */
export const ended = (text: string): string => (text.endsWith('\n') ? text : `${text}\n`);

const countOf = ({value}: OracleRead): number => (Array.isArray(value) ? value.length : 0);

/** Without prototypes, and with one zero: JSON's -0 is 0 to every reader of a field. */
export const plain = (value: unknown): unknown => JSON.parse(JSON.stringify(value));

/**
 * Where strict decoding refuses a key that stands twice, and we report no ambiguity. That a merge
 * key lists two mappings with one key is none: all readers take the first.
 */
export function unreported(
  reading: Reading,
  {value, strict}: Answer<'value' | 'strict'>,
): string | undefined {
  if ('refusal' in reading || value.error !== undefined || strict.error === undefined) return;
  if (reading.documents.some(({text}) => text.includes('<<'))) return;
  const isReported = reading.documents.some(({ambiguities}) => ambiguities.length > 0);
  return isReported ? undefined : `no ambiguity is reported: ${strict.error}`;
}

/**
 * Where Kubernetes' own types hold another value than we read, of what they hold beside zeros, which
 * stand for nothing; and where strict decoding sees a key twice that we do not report. What a merge key
 * lists twice is nothing to report, as in `unreported`.
 */
export function typedDisagreement(reading: Reading, {typed}: Answer<'typed'>): string | undefined {
  if ('refusal' in reading || typed.error !== undefined) return undefined;
  const [document] = reading.documents;
  if (document === undefined || reading.documents.length > 1) return undefined;
  const {object, strict = []} = typed.value as {object: unknown; strict?: readonly string[]};
  const place = differenceOf(object, plain(document.value), '');
  if (place !== undefined) return `Kubernetes' type holds another ${place}`;
  const twice = strict.find(error => error.includes('already set') || error.includes('duplicate'));
  const isReported = document.ambiguities.length > 0 || document.nodes.merges.size > 0;
  if (twice === undefined || isReported) return undefined;
  return `no ambiguity is reported: ${twice}`;
}

/** Kubernetes' types normalize quantities, times and bytes. */
const writtenAnew =
  /\/(?:limits|requests|capacity|hard|used|default|defaultRequest|min|max|data|binaryData)\/|(?:Timestamp|Time|sizeLimit|divisor|caBundle|storage)$/;

function differenceOf(typed: unknown, ours: unknown, place: string): string | undefined {
  if (typed === ours || isZero(typed) || writtenAnew.test(place)) return undefined;
  if (typeof typed !== 'object' || typeof ours !== 'object' || ours === null) return place;
  for (const [key, value] of Object.entries(typed as object)) {
    const held = (ours as Readonly<Record<string, unknown>>)[key];
    const difference = differenceOf(value, held, `${place}/${key}`);
    if (difference !== undefined) return difference;
  }
  return undefined;
}

const isZero = (value: unknown): boolean =>
  value === null ||
  value === '' ||
  value === 0 ||
  value === false ||
  (typeof value === 'object' && Object.values(value).every(isZero));
