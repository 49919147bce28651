import type {Resource} from '../kubernetes/resource.ts';
import type {ManifestStream} from '../stream/manifest-stream.ts';
import {safeText} from '../text/safe-text.ts';
import type {TextEdit} from '../text/text-edit.ts';
import {type Section, unifiedDiff} from '../text/unified-diff.ts';
import {Locator} from '../yaml/locate.ts';
import type {Paint} from './table/style.ts';

/**
 * What `edits` change in a stream, in the unified format: each hunk names its object. Empty if there are no edits.
 * Characters that a reader would not see are written as escapes.
 */
export function toDiff(stream: ManifestStream, edits: readonly TextEdit[], paint: Paint): string {
  if (edits.length === 0) return '';
  const name = safeText(stream.file);
  const hunks = unifiedDiff(stream.text, edits, sectionsOf(stream, edits));
  const lines = [
    paint.title(`--- ${name}\tas rendered`),
    paint.title(`+++ ${name}\thardened`),
    ...hunks.flatMap(hunk => [
      paint.place(safeText(hunk.header)),
      ...hunk.lines.map(line => paint.diff(safeLine(line))),
    ]),
  ];
  return `${lines.join('\n')}\n`;
}

/** A line with the carriage return at its end, if it has one. */
const safeLine = (line: string): string =>
  line.endsWith('\r') ? `${safeText(line.slice(0, -1))}\r` : safeText(line);

const titleOf = ({kind, namespace, name}: Resource): string =>
  [kind, ...(namespace === undefined ? [] : [namespace]), name].join('/');

/** The documents of the stream, and the objects in those that change. */
function sectionsOf(
  {documents, resources}: ManifestStream,
  edits: readonly TextEdit[],
): readonly Section[] {
  const objects = new Map<number, Resource[]>();
  for (const resource of resources) {
    const known = objects.get(resource.document);
    if (known === undefined) objects.set(resource.document, [resource]);
    else known.push(resource);
  }
  let next = 0;
  return documents.flatMap((document, index) => {
    while ((edits[next]?.start ?? Number.POSITIVE_INFINITY) < document.start) next++;
    const isChanged = (edits[next]?.start ?? Number.POSITIVE_INFINITY) < document.end;
    const [whole, ...items] = objects.get(index) ?? [];
    const first = {start: document.start, title: whole?.path.length === 0 ? titleOf(whole) : ''};
    if (!isChanged) return [first];
    const locator = new Locator(document);
    const inside = whole?.path.length === 0 ? items : (objects.get(index) ?? []);
    return [
      first,
      ...inside.map(each => ({start: locator.locate(each.path), title: titleOf(each)})),
    ];
  });
}
