import {withoutHoles} from '../edits.ts';
import {isSameJson, type Json} from '../json.ts';
import {editedText, type TextEdit} from '../text/text-edit.ts';
import {BlockEditor} from './edit-block.ts';
import {emitJson, stringify} from './emit.ts';
import {
  type Ambiguity,
  type Dialect,
  hasContent,
  treeOf,
  type YamlDocument,
  type YamlNode,
} from './nodes.ts';
import {readDocument} from './read.ts';
import {separateShared} from './shared-nodes.ts';
import {NotSurgicalError, SourceEdits} from './source-edits.ts';
import {splitDocuments} from './split.ts';

/** The new text of a document, and the edits that make it out of the text of the stream. */
export interface Rewritten {
  readonly text: string;
  readonly edits: readonly TextEdit[];
}

/**
 * `document` changed to the value `hardened`, whose lists have holes where items were
 * removed. Only lines whose value differs are changed. The result is parsed again and compared
 * before it is returned.
 *
 * If no edit in place gives that value, the whole object is written again, and the text before and
 * after it is kept if possible.
 *
 * @throws {Error} if the text would not be read as `hardened`: wrong text is never returned
 */
export function rewriteDocument(document: YamlDocument, hardened: Json): Rewritten {
  const {text, start, end, value, dialect} = document;
  const root = treeOf(document);
  if (root === undefined || hardened === value) return {text: text.slice(start, end), edits: []};
  const expected = withoutHoles(hardened);
  if (isSameJson(expected, value)) return {text: text.slice(start, end), edits: []};
  // The separator that follows must stay on its own line.
  const isFollowed = end < text.length && text[end - 1] === '\n';
  for (const attempt of attempts) {
    const edits = attempt(document, root, hardened);
    if (edits === undefined) continue;
    const rewritten = editedText(text, edits, start, end);
    if (isFollowed && !rewritten.endsWith('\n')) continue;
    if (readsAs(rewritten, expected, dialect)) return {text: rewritten, edits};
  }
  throw new Error('a rewritten document reads back differently');
}

type Attempt = (
  document: YamlDocument,
  root: YamlNode,
  hardened: Json,
) => readonly TextEdit[] | undefined;

const attempts: readonly Attempt[] = [
  (document, root, hardened) => edited(document, root, hardened, true),
  (document, root, hardened) => edited(document, root, hardened, false),
  writtenAnew,
  ({start, end}, _root, hardened) => [{start, end, replacement: stringify(withoutHoles(hardened))}],
];

/**
 * Edits in place, within flow collections or replacing them. Undefined if that is impossible, or if
 * a merge key overrides pairs, which are then useless.
 */
function edited(
  document: YamlDocument,
  root: YamlNode,
  hardened: Json,
  withinFlow: boolean,
): readonly TextEdit[] | undefined {
  if (document.dialect === 'kubernetes' && document.ambiguities.some(isOverride)) return undefined;
  const edits = new SourceEdits(document.text, document.start, document.end);
  try {
    const editor = new BlockEditor(document, edits, isJson(root), withinFlow);
    editor.edit(root, document.value, hardened);
    separateShared(document, root, hardened, edits, editor);
  } catch (error) {
    if (error instanceof NotSurgicalError) return undefined;
    throw error;
  }
  return edits.sorted();
}

const isOverride = ({kind}: Ambiguity): boolean => kind === 'merge-override';

function writtenAnew(document: YamlDocument, root: YamlNode, hardened: Json): readonly TextEdit[] {
  const edits = new SourceEdits(document.text, document.start, document.end);
  const value = withoutHoles(hardened);
  const body = isJson(root) ? `${emitJson(value, '')}\n` : stringify(value);
  const [start, end] = [edits.lineStart(root.start), edits.lineEndAfter(root.end)];
  return [{start, end, replacement: edits.withLineEnds(body)}];
}

function readsAs(text: string, expected: Json, dialect: Dialect): boolean {
  try {
    if (splitDocuments(text).length > 1) return false;
    const document = readDocument(text, 0, text.length, dialect);
    return hasContent(document) && isSameJson(document.value, expected);
  } catch {
    return false;
  }
}

/** A document that is one flow collection is JSON, and must stay valid JSON. */
const isJson = (root: YamlNode): boolean =>
  root.kind !== 'scalar' && root.kind !== 'alias' && root.flow;
