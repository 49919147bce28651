import {append, applyEdits, type Edit, set} from '../edits.ts';
import {asList, isSameJson, type Json, type JsonMap, valueAt} from '../json.ts';
import type {TextEdit} from '../text/text-edit.ts';
import {stringify} from '../yaml/emit.ts';
import {emptyNode, foldedNode, literalNode} from '../yaml/node-table.ts';
import type {YamlDocument} from '../yaml/nodes.ts';
import {readDocument} from '../yaml/read.ts';
import {rewriteDocument} from '../yaml/rewrite.ts';
import {splitDocuments} from '../yaml/split.ts';
import type {ManifestStream} from './manifest-stream.ts';
import {helmFileNameAnnotation} from './template.ts';

/** The new value of an object, and its place in the stream. */
export interface Replacement {
  readonly document: number;
  readonly path: readonly (string | number)[];
  readonly value: JsonMap;
}

/** A new object. */
export interface AddedObject {
  readonly value: JsonMap;
  /** The last part of the file name that Helm 4 shows, such as `network-policy-web.yaml`. */
  readonly fileName: string;
}

export interface Changes {
  readonly replacements: readonly Replacement[];
  readonly additions: readonly AddedObject[];
  /** Items for `results` of a ResourceList; ignored for a plain stream. */
  readonly results: readonly Json[];
}

/**
 * The edits that make `replacements` and `additions` in the text of the stream, in order; everything else is unchanged,
 * byte for byte. In a ResourceList the added objects become items, and `results` are written.
 */
export function editStream(
  stream: ManifestStream,
  {replacements, additions, results}: Changes,
): readonly TextEdit[] {
  const values = replaced(stream.documents, replacements);
  if (stream.resourceList === undefined) {
    const edits = rewriteEdits(stream, values);
    if (additions.length === 0) return edits;
    const added = addedDocuments(stream, endOf(stream.text, edits), additions);
    return added.start === 0 ? [added, ...edits] : [...edits, added];
  }
  const edits = [
    ...additions.map(({value}) => append(['items'], value)),
    ...newResults(stream.resourceList, results).map(result => append(['results'], result)),
  ];
  values.set(0, applyEdits(values.get(0) ?? stream.resourceList, edits));
  return rewriteEdits(stream, values);
}

/** `results` without those that an earlier run has already written. */
function newResults(resourceList: JsonMap, results: readonly Json[]): readonly Json[] {
  const known = new Set(asList(resourceList['results']).map(result => JSON.stringify(result)));
  return results.filter(result => !known.has(JSON.stringify(result)));
}

/** The new values of the documents with `replacements`, by their index in the stream. */
function replaced(
  documents: readonly YamlDocument[],
  replacements: readonly Replacement[],
): Map<number, Json> {
  const values = new Map<number, Json>();
  const edits = new Map<number, Edit[]>();
  for (const {document, path, value} of replacements) {
    if (path.length === 0) values.set(document, value);
    else if (edits.get(document)?.push(set(path, value)) === undefined) {
      edits.set(document, [set(path, value)]);
    }
  }
  for (const [document, group] of edits) {
    const whole = values.get(document) ?? (documents[document] as YamlDocument).value;
    values.set(document, applyEdits(whole, group));
  }
  return values;
}

function rewriteEdits(
  {documents}: ManifestStream,
  values: ReadonlyMap<number, Json>,
): readonly TextEdit[] {
  return documents.flatMap((document, index) => {
    const value = values.get(index);
    const isSame = value === undefined || value === document.value;
    return isSame ? [] : rewriteDocument(document, value).edits;
  });
}

/**
 * Appends documents, each with a source comment for Helm 3 and readers. `end` is a text with which the others end.
 */
function addedDocuments(
  {documents, resources, text}: ManifestStream,
  end: string,
  additions: readonly AddedObject[],
): TextEdit {
  const lineEnd = /\r?\n/.exec(text)?.[0] ?? '\n';
  const isHelm4 = resources.some(({value}) => valueAt(value, fileNamePath) !== undefined);
  const added = additions
    .map(({value, fileName}) => {
      const source = `kube-harden/${fileName}`;
      const whole = isHelm4 ? withFileName(value, source) : value;
      const body = stringify(whole);
      const written = `---\n# Source: ${source}\n${body}`.replaceAll('\n', lineEnd);
      requireReadsAs(written, whole);
      return written;
    })
    .join('');
  const atEnd = (replacement: string) => ({start: text.length, end: text.length, replacement});
  if (end.endsWith('\n')) return atEnd(added);
  // A carriage return already ends a line, and parsers disagree on two of them.
  if (end.endsWith('\r')) return atEnd(`\n${added}`);
  // A last line without a line end gets one, except in a block scalar, whose value would change.
  const last = documents.at(-1);
  if (last === undefined || !endsInBlockScalar(last)) return atEnd(lineEnd + added);
  return {start: 0, end: 0, replacement: `${added}---${lineEnd}`};
}

/** A text that is not empty, if any is, and with which `text` ends after `edits`. */
function endOf(text: string, edits: readonly TextEdit[]): string {
  let end = text.length;
  for (const edit of edits.toReversed()) {
    if (edit.end < end) break;
    if (edit.replacement !== '') return edit.replacement;
    end = edit.start;
  }
  return text.slice(0, end);
}

/** @throws {Error} if `text` is not exactly one document with that value, which is a bug */
function requireReadsAs(text: string, value: Json): void {
  const [before, document, ...more] = splitDocuments(text);
  const isOne = before?.end === 0 && document !== undefined && more.length === 0;
  const read = isOne ? readDocument(text, document.start, document.end).value : undefined;
  if (read === undefined || !isSameJson(read, value)) {
    throw new Error('an added object reads back differently');
  }
}

const fileNamePath = ['metadata', 'annotations', helmFileNameAnnotation];

const withFileName = (value: JsonMap, fileName: string): Json =>
  applyEdits(value, [set(fileNamePath, fileName)]);

function endsInBlockScalar({nodes}: YamlDocument): boolean {
  const kind = nodes.count === 0 ? emptyNode : nodes.kind(nodes.count - 1);
  return kind === literalNode || kind === foldedNode;
}
