import {append, applyEdits, type Edit, set} from '../edits.ts';
import {asList, isSameJson, type Json, type JsonMap, valueAt} from '../json.ts';
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
 * The text of the stream with `replacements` and `additions`; everything else is unchanged, byte
 * for byte. In a ResourceList the added objects become items, and `results` are written.
 */
export function writeStream(
  stream: ManifestStream,
  {replacements, additions, results}: Changes,
): string {
  const values = replaced(stream.documents, replacements);
  if (stream.resourceList === undefined) {
    return addDocuments(stream, rewriteText(stream, values), additions);
  }
  const edits = [
    ...additions.map(({value}) => append(['items'], value)),
    ...newResults(stream.resourceList, results).map(result => append(['results'], result)),
  ];
  values.set(0, applyEdits(values.get(0) ?? stream.resourceList, edits));
  return rewriteText(stream, values);
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

function rewriteText({text, documents}: ManifestStream, values: ReadonlyMap<number, Json>): string {
  const parts: string[] = [];
  let written = 0;
  for (const [index, document] of documents.entries()) {
    const value = values.get(index);
    if (value === undefined || value === document.value) continue;
    parts.push(text.slice(written, document.start), rewriteDocument(document, value));
    written = document.end;
  }
  parts.push(text.slice(written));
  return parts.join('');
}

/** Appends documents, each with a source comment for Helm 3 and readers. */
function addDocuments(
  {documents, resources, text: original}: ManifestStream,
  text: string,
  additions: readonly AddedObject[],
): string {
  if (additions.length === 0) return text;
  const lineEnd = /\r?\n/.exec(original)?.[0] ?? '\n';
  const isHelm4 = resources.some(({value}) => valueAt(value, fileNamePath) !== undefined);
  const added = additions.map(({value, fileName}) => {
    const source = `kube-harden/${fileName}`;
    const whole = isHelm4 ? withFileName(value, source) : value;
    const body = stringify(whole);
    const written = `---\n# Source: ${source}\n${body}`.replaceAll('\n', lineEnd);
    requireReadsAs(written, whole);
    return written;
  });
  if (text.endsWith('\n')) return text + added.join('');
  // A carriage return already ends a line, and parsers disagree on two of them.
  if (text.endsWith('\r')) return `${text}\n${added.join('')}`;
  // A last line without a line end gets one, except in a block scalar, whose value would change.
  const last = documents.at(-1);
  if (last === undefined || !endsInBlockScalar(last)) return text + lineEnd + added.join('');
  return `${added.join('')}---${lineEnd}${text}`;
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
