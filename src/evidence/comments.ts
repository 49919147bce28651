import type {Path} from '../json.ts';
import type {Locator} from '../yaml/locate.ts';

/** A comment that gives a reason, and does not deny it. */
const reason =
  /\b(?:requir(?:e[sd]?|ing)|need(?:s|ed)?|necessary|mandatory|must|because|in order to|so that|otherwise|has to|have to|to be able to|allows?)\b/i;
const denial =
  /\b(?:not|no longer|never|un(?:needed|necessary|safe)|insecure|fixme|todo|remove|without|avoid|instead)\b|n't\b/i;

const mostLines = 5;

/**
 * The comment at the field at `path` of a document that says why it is so: behind it in its line, or in
 * the lines above it or above the mapping whose first key it is. Undefined where there is none.
 */
export function commentAt(locator: Locator, path: Path): string | undefined {
  const {text, start} = locator.document;
  let line: number | undefined;
  for (let depth = path.length; depth > 0; depth--) {
    const at = text.lastIndexOf('\n', locator.locate(path.slice(0, depth)) - 1) + 1;
    // Only a mapping that begins right above belongs to the field.
    if (line !== undefined && at !== previousLine(text, line)) return undefined;
    line = at;
    const found = [behind(text, at), ...above(text, at, start)].find(
      comment => reason.test(comment) && !denial.test(comment),
    );
    if (found !== undefined) return found;
  }
  return undefined;
}

const previousLine = (text: string, at: number): number => text.lastIndexOf('\n', at - 2) + 1;

const lineAt = (text: string, at: number): string => {
  const end = text.indexOf('\n', at);
  return text.slice(at, end === -1 ? undefined : end);
};

/** The comment behind what stands in a line; where quotes stand, a `#` may be text. */
function behind(text: string, at: number): string {
  const [, comment = ''] = /^[^#"'|>]*[^#"'|>\s][^#"'|>]*\s#(.*)$/.exec(lineAt(text, at)) ?? [];
  return comment.trim();
}

/** The lines of comments that stand right above a line, the nearest first, and all of them as one. */
function above(text: string, at: number, start: number): readonly string[] {
  const lines: string[] = [];
  for (let line = at; line > start && lines.length < mostLines; ) {
    line = previousLine(text, line);
    const [, comment] = /^\s*#(.*)$/.exec(lineAt(text, line)) ?? [];
    if (comment === undefined || /^\s*Source:/.test(comment)) break;
    lines.unshift(comment.trim());
  }
  return lines.length === 0 ? [] : [lines.join(' ')];
}
