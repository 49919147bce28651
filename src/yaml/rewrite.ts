import {withoutHoles} from '../edits.ts';
import {isSameJson, type Json} from '../json.ts';
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

/**
 * The text of `document` changed to the value `hardened`, whose lists have holes where items were
 * removed. Only lines whose value differs are changed. The result is parsed again and compared
 * before it is returned.
 *
 * If no edit in place gives that value, the whole object is written again, and the text before and
 * after it is kept if possible.
 *
 * @throws {Error} if the text would not be read as `hardened`: wrong text is never returned
 */
export function rewriteDocument(document: YamlDocument, hardened: Json): string {
  const {text, start, end, value, dialect} = document;
  const root = treeOf(document);
  if (root === undefined || hardened === value) return text.slice(start, end);
  const expected = withoutHoles(hardened);
  if (isSameJson(expected, value)) return text.slice(start, end);
  // The separator that follows must stay on its own line.
  const isFollowed = end < text.length && text[end - 1] === '\n';
  for (const attempt of attempts) {
    const rewritten = attempt(document, root, hardened);
    if (rewritten === undefined || (isFollowed && !rewritten.endsWith('\n'))) continue;
    if (readsAs(rewritten, expected, dialect)) return rewritten;
  }
  throw new Error('a rewritten document reads back differently');
}

type Attempt = (document: YamlDocument, root: YamlNode, hardened: Json) => string | undefined;

const attempts: readonly Attempt[] = [
  (document, root, hardened) => edited(document, root, hardened, true),
  (document, root, hardened) => edited(document, root, hardened, false),
  writtenAnew,
  (_document, _root, hardened) => stringify(withoutHoles(hardened)),
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
): string | undefined {
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
  return edits.apply();
}

const isOverride = ({kind}: Ambiguity): boolean => kind === 'merge-override';

function writtenAnew(document: YamlDocument, root: YamlNode, hardened: Json): string {
  const {text, start, end} = document;
  const edits = new SourceEdits(text, start, end);
  const value = withoutHoles(hardened);
  const body = isJson(root) ? `${emitJson(value, '')}\n` : stringify(value);
  const before = text.slice(start, edits.lineStart(root.start));
  return before + edits.withLineEnds(body) + text.slice(edits.lineEndAfter(root.end), end);
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
