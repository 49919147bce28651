import type {Path} from '../json.ts';
import {LineIndex} from '../stream/lines.ts';
import type {Locator} from '../yaml/locate.ts';

/** A comment that gives a reason, and does not negate it. */
const reason =
  /\b(?:requir(?:e[sd]?|ing)|need(?:s|ed)?|necessary|mandatory|must|because|in order to|so that|otherwise|has to|have to|to be able to|allows?)\b/i;
const denial =
  /\b(?:not|no longer|never|un(?:needed|necessary|safe)|insecure|fixme|todo|remove|without|avoid|instead)\b|n't\b/i;

const mostLines = 5;

/** The comments in a text. Each line is read once, however many fields are in it. */
export class Comments {
  readonly #text: string;
  readonly #lines: LineIndex;
  readonly #reasons = new Map<number, string | undefined>();

  constructor(text: string) {
    this.#text = text;
    this.#lines = new LineIndex(text);
  }

  /**
   * The comment that explains the field at `path` in a document of the text: after it on its line,
   * or on the lines above it or above the mapping whose first key it is. Undefined if there is
   * none.
   */
  at(locator: Locator, path: Path): string | undefined {
    const first = this.#lines.at(locator.document.start).line;
    let below: number | undefined;
    for (let depth = path.length; depth > 0; depth--) {
      const {line} = this.#lines.at(locator.locate(path.slice(0, depth)));
      // Only a mapping that begins on the line above belongs to the field.
      if (below !== undefined && line !== below - 1) return undefined;
      const found = this.#reasonAt(line, first);
      if (found !== undefined) return found;
      below = line;
    }
    return undefined;
  }

  #reasonAt(line: number, first: number): string | undefined {
    if (this.#reasons.has(line)) return this.#reasons.get(line);
    const found = [behind(this.#textOf(line)), ...this.#above(line, first)].find(
      comment => reason.test(comment) && !denial.test(comment),
    );
    this.#reasons.set(line, found);
    return found;
  }

  /** The comment lines directly above a line of a document, joined. */
  #above(line: number, first: number): readonly string[] {
    const comments: string[] = [];
    for (let at = line - 1; at >= first && comments.length < mostLines; at--) {
      const text = this.#textOf(at).trim();
      if (!text.startsWith('#') || /^#\s*Source:/.test(text)) break;
      comments.unshift(text.slice(1).trim());
    }
    return comments.length === 0 ? [] : [comments.join(' ')];
  }

  #textOf(line: number): string {
    return this.#text.slice(this.#lines.start(line), this.#lines.start(line + 1));
  }
}

/** The comment at the end of a line. If there are quotes, a `#` may be text. */
function behind(line: string): string {
  const at = line.search(/[#"'|>]/);
  const isComment = line[at] === '#' && /\s/.test(line[at - 1] ?? '');
  return isComment && line.slice(0, at).trim() !== '' ? line.slice(at + 1).trim() : '';
}
