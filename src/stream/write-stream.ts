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

/** An object's new value, and where in the stream it belongs. */
export interface Replacement {
  readonly document: number;
  readonly path: readonly (string | number)[];
  readonly value: JsonMap;
}

/** An object that the stream did not hold. */
export interface AddedObject {
  readonly value: JsonMap;
  /** The telling part of the file name that Helm 4 shows, such as `network-policy-web.yaml`. */
  readonly fileName: string;
}

export interface Changes {
  readonly replacements: readonly Replacement[];
  readonly additions: readonly AddedObject[];
  /** Items of a ResourceList's `results`; of no use to a plain stream. */
  readonly results: readonly Json[];
}

/**
 * The stream's text with `replacements` made and `additions` added: what neither concerns comes
 * out byte for byte. In a ResourceList the added objects become items, and `results` are put down.
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

/** `results` less those that an earlier run has put down already. */
function newResults(resourceList: JsonMap, results: readonly Json[]): readonly Json[] {
  const known = new Set(asList(resourceList['results']).map(result => JSON.stringify(result)));
  return results.filter(result => !known.has(JSON.stringify(result)));
}

/** The new values of the documents that `replacements` concern, by their place in the stream. */
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

/** Appends documents, each with the name under which Helm 3 and a reader know where it is from. */
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
  // A carriage return ends a line already, and two of them make a line that readers dispute.
  if (text.endsWith('\r')) return `${text}\n${added.join('')}`;
  // A last line without an end gets one; in a block scalar that would change the scalar's value.
  const last = documents.at(-1);
  if (last === undefined || !endsInBlockScalar(last)) return text + lineEnd + added.join('');
  return `${added.join('')}---${lineEnd}${text}`;
}

/** @throws {Error} where `text` is anything but one document of that value: a mistake of ours */
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
