import {wrapped} from '../text/wrap.ts';
import {paintOf, type TableStyle} from './table/style.ts';

/**
 * A page of Markdown of our own, such as that of a rule, for a terminal: headings stand out, diffs are colored, and
 * paragraphs and list items are wrapped. Without a width, it is the Markdown itself.
 */
export function terminalPage(
  markdown: string,
  style: Pick<TableStyle, 'isColored' | 'width'>,
): string {
  if (!Number.isFinite(style.width)) return markdown;
  const paint = paintOf(style);
  let fence: string | undefined;
  const lines: string[] = [];
  for (const line of markdown.split('\n')) {
    const [, opened] = /^```(\w*)$/.exec(line) ?? [];
    if (opened !== undefined) fence = fence === undefined ? opened : undefined;
    else if (fence !== undefined) lines.push(`  ${fence === 'diff' ? paint.diff(line) : line}`);
    else if (/^#+ /.test(line)) lines.push(paint.title(line.replace(/^#+ /, '')));
    else lines.push(proseOf(line, style.width));
  }
  return lines.join('\n');
}

function proseOf(line: string, width: number): string {
  const [first = ''] = /^(?:- | {4})?/.exec(line) ?? [];
  if (first === '    ' || line === '') return line;
  return wrapped([{text: line.slice(first.length)}], width, first);
}
