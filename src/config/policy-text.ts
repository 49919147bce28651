import {isAlias, isMap, isSeq, LineCounter, type Pair, parseDocument} from 'yaml';
import {PolicyError, type PolicyMistake, UsageError} from '../errors.ts';
import type {KeyPath} from './mistake.ts';
import type {PlaceOf} from './parse.ts';

/** The content of a policy file, with the places of its values. */
export interface PolicyText {
  readonly value: unknown;
  readonly placeOf: PlaceOf;
}

/**
 * Reads `content`, the text of `file`, as YAML or JSON.
 *
 * @throws {UsageError} with the places, if it cannot be read
 */
export function readPolicyText(file: string, content: string): PolicyText {
  const lineCounter = new LineCounter();
  const document = parseDocument(content, {lineCounter, prettyErrors: false, logLevel: 'error'});
  const placeAt = (offset: number) => {
    const {line, col} = lineCounter.linePos(offset);
    return {line, column: col};
  };
  if (document.errors.length > 0) {
    throw new PolicyError(
      document.errors.map(
        ({code, message, pos}): PolicyMistake => ({
          message: ownWords[code] ?? message,
          place: {file, ...placeAt(pos[0])},
        }),
      ),
    );
  }
  const placeOf: PlaceOf = (path, part) => placeAt(offsetOf(document, path, part));
  return {value: plainValue(document, file), placeOf};
}

const tooDeep = 'the policy is nested too deeply';

const ownWords: Readonly<Partial<Record<string, string>>> = {
  MULTIPLE_DOCS: 'a policy must be a single document',
  RESOURCE_EXHAUSTION: tooDeep,
};

type Document = ReturnType<typeof parseDocument>;

/** @throws {UsageError} if an alias is unknown, or expands to too much */
function plainValue(document: Document, file: string): unknown {
  try {
    return document.toJS();
  } catch (error) {
    const message = error instanceof RangeError ? tooDeep : (error as Error).message;
    throw new UsageError(message, {file}, {cause: error});
  }
}

/** Where the value at `path` begins, or its key; where it is missing, the innermost value around it. */
function offsetOf(document: Document, path: KeyPath, part: 'key' | undefined): number {
  let node: unknown = document.contents;
  let offset = startOf(node) ?? 0;
  for (const [depth, step] of path.entries()) {
    const holder = isAlias(node) ? node.resolve(document) : node;
    const pair = isMap(holder) ? pairOf(holder.items as readonly Pair[], step) : undefined;
    const next = isSeq(holder) ? holder.items[Number(step)] : pair?.value;
    const isAsked = part === 'key' && depth === path.length - 1;
    const start = isAsked ? startOf(pair?.key) : (startOf(next) ?? startOf(pair?.key));
    if (start === undefined) break;
    offset = start;
    node = next;
  }
  return offset;
}

const pairOf = (pairs: readonly Pair[], step: string | number): Pair | undefined =>
  pairs.find(({key}) => String((key as {readonly value?: unknown})?.value ?? key) === String(step));

const startOf = (node: unknown): number | undefined =>
  (node as {readonly range?: readonly number[] | null} | null | undefined)?.range?.[0];
