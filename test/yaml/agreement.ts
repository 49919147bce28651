import {isDeepStrictEqual} from 'node:util';
import {splitDocuments} from '../../src/stream/split.ts';
import {decodeStream} from '../../src/stream/text.ts';
import {YamlError} from '../../src/yaml/error.ts';
import type {Dialect, YamlDocument} from '../../src/yaml/nodes.ts';
import {readDocument} from '../../src/yaml/read.ts';
import type {Answer, OracleRead} from './oracle.ts';
import {isStatedRefusal} from './refusals.ts';

/** The documents of a stream as our reader reads them, or why it refuses them. */
export type Reading = {readonly documents: readonly YamlDocument[]} | {readonly refusal: string};

/** What `disagreement` must know of Kubernetes' readers. */
export const judges = ['kubectl', 'helm', 'lots', 'rest'] as const;

/** Reads a stream's bytes. What is thrown beside a YamlError is a fault of ours, and passed on. */
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
 * Where our reading of a stream and that of Kubernetes' readers part, in a sentence; undefined
 * where they do not. kubectl's reader, which is that of Helm's client and of controllers, says what
 * the values are; with Helm's cut we must agree on how many documents there are. What Helm alone
 * refuses never comes to us. We may refuse what they read only for a reason that refusals.ts states.
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
  // Such a document is no object: the stream's reader refuses it, whatever it says.
  if (values.some(value => typeof value === 'string')) return undefined;
  if (!isDeepStrictEqual(values, plain(kubectl.value))) {
    return `we read ${JSON.stringify(values)}, kubectl reads ${JSON.stringify(kubectl.value)}`;
  }
  if (helm.error !== undefined || countOf(helm) === values.length) return undefined;
  if (documents.some(isTrimmed)) return undefined;
  return `we read ${values.length} documents, Helm cuts ${countOf(helm)}`;
}

/** kubectl does not read what is shorter than four characters behind a JSON document. */
const isShortOfJson = (error: string): boolean =>
  /^json: offset \d+: invalid character/.test(error);

/** Helm trims what Unicode calls a space, kubectl does not: such a key is none of an object's. */
const isTrimmed = ({text, start, end}: YamlDocument): boolean =>
  /^\s*[\u0080-\uffff]/.test(text.slice(start, end)) &&
  !/^[ \r\n]*[^\s\u0085]/.test(text.slice(start, end));

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
