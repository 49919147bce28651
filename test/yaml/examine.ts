import {isDeepStrictEqual} from 'node:util';
import {asMap, asString, isMap} from '../../src/json.ts';
import {parseGroupVersion} from '../../src/kubernetes/group-version.ts';
import {lookAt} from '../../src/stream/look.ts';
import {YamlError} from '../../src/yaml/error.ts';
import {type DocumentRange, splitDocuments} from '../../src/yaml/split.ts';
import {
  disagreement,
  ended,
  judges,
  plain,
  type Reading,
  readBytes,
  typedDisagreement,
} from './agreement.ts';
import type {Choose} from './choices.ts';
import {chooseEdits, tryEdits} from './editing.ts';
import type {YamlOracle} from './oracle.ts';

/** What is wrong with how a stream is read or split, if anything. */
export async function examineReading(
  text: string,
  oracle: YamlOracle,
): Promise<{readonly reading: Reading; readonly fault: string | undefined}> {
  const bytes = Buffer.from(text);
  const reading = readBytes(bytes);
  const answer = await oracle.ask(bytes, judges);
  const typed = await oracle.ask(ended(text), ['typed']);
  const fault =
    disagreement(reading, answer) ??
    typedDisagreement(reading, typed) ??
    lostText(text) ??
    lookedAmiss(reading);
  return {reading, fault};
}

/** Between two documents there must only be a separator line. */
export function lostText(text: string): string | undefined {
  const ranges = rangesOf(text);
  if (ranges === undefined) return undefined;
  let end = 0;
  const between = ranges.map((range, index) => {
    const lost = text.slice(end, range.start);
    end = range.end;
    return index === 0 ? /^\uFEFF?$/.test(lost) : /^---[^\n]*(?:\n|$)$/.test(lost);
  });
  return between.every(Boolean) && end === text.length ? undefined : 'text is lost in splitting';
}

/** The quick look at a document must agree with the parser. */
function lookedAmiss(reading: Reading): string | undefined {
  if ('refusal' in reading) return undefined;
  const isAmiss = reading.documents.some(({text, start, end, value}) => {
    const head = lookAt(text, start, end, () => false);
    if (head === undefined) return false;
    const object = asMap(value) ?? {};
    const {group} = parseGroupVersion(asString(object['apiVersion']) ?? '') ?? {};
    const isSame = object['kind'] === head.kind && group === head.group;
    return !isSame || Object.hasOwn(object, 'items');
  });
  return isAmiss ? 'a look sees another object than the reader' : undefined;
}

function rangesOf(text: string): readonly DocumentRange[] | undefined {
  try {
    return splitDocuments(text);
  } catch (error) {
    if (error instanceof YamlError) return undefined;
    throw error;
  }
}

/**
 * Edits a document of a stream that was read, and says what is wrong with the result, in our eyes and
 * in those of sigs.k8s.io/yaml where its reader is there, which gets what a stream's readers hand it:
 * lines that end.
 */
export async function examineEdits(
  reading: Reading,
  choose: Choose,
  oracle: YamlOracle | undefined,
): Promise<string | undefined> {
  if ('refusal' in reading) return undefined;
  const index = choose(reading.documents.length);
  const document = reading.documents[index];
  if (document === undefined || !isMap(document.value)) return undefined;
  const edits = chooseEdits(document.value, choose);
  const {text, value, fault} = tryEdits(document, index, edits);
  const tell = (problem: string) =>
    `after ${JSON.stringify(edits)}: ${problem}\nin ${JSON.stringify(text)}`;
  if (fault !== undefined) return tell(fault);
  if (oracle === undefined) return undefined;
  const {value: read, lots} = await oracle.ask(ended(text), ['value', 'lots']);
  if (lots.value === true) return undefined;
  if (read.error !== undefined) return tell(`Kubernetes refuses it: ${read.error}`);
  if (isDeepStrictEqual(plain(read.value), plain(value))) return undefined;
  return tell(`Kubernetes reads it as ${JSON.stringify(read.value)}`);
}
