import {readdirSync, readFileSync} from 'node:fs';
import path from 'node:path';
import {repository} from '../tools/tools.ts';

/** Commands on a page of docs/guide, and what the page says that they print. */
export interface Step {
  /** Page and line, for messages. */
  readonly place: string;
  readonly page: string;
  readonly commands: string;
  /** The words after `sh`: what the step needs, such as `cluster` or `helm4`. */
  readonly needs: readonly string[];
  readonly exitCode: number;
  /** Undefined if the page does not show it. */
  readonly output: string | undefined;
}

const folder = path.join(repository, 'docs/guide');

export const pages: readonly string[] = readdirSync(folder)
  .filter(name => /^\d-.*\.md$/.test(name))
  .sort();

export const steps = (): readonly Step[] => pages.flatMap(stepsOf);

/** The `sh` blocks of a page. A block in another language that follows one is its output. */
function stepsOf(page: string): readonly Step[] {
  const text = readFileSync(path.join(folder, page), 'utf8');
  const blocks = [...text.matchAll(/^```(\w+)(.*)\n((?:.*\n)*?)```$/gm)].map(
    ([, language, words = '', content = ''], index, all) => {
      const line = text.slice(0, all[index]?.index).split('\n').length;
      return {language, words, content, place: `docs/guide/${page}:${line}`};
    },
  );
  return blocks.flatMap(({language, words, content, place}, index) => {
    if (language !== 'sh') return [];
    const next = blocks[index + 1];
    return {
      place,
      page,
      commands: content,
      needs: words.split(' ').filter(word => word !== ''),
      exitCode: Number(/# exit code (\d+)$/m.exec(content)?.[1] ?? 0),
      output: next?.language === 'sh' ? undefined : next?.content,
    };
  });
}

/** Whether `printed` is what a page shows, in which `…` stands for any text, and alone for any lines. */
export function isShown(printed: string, shown: string): boolean {
  const lines = shown
    .trimEnd()
    .split('\n')
    .map(line => (line.trim() === '…' ? '(?:.*\\n)*?' : `${patternOf(line)} *\\n`));
  return new RegExp(`^${lines.join('')}$`).test(`${printed.trimEnd()}\n`);
}

const patternOf = (line: string): string =>
  line
    .trimEnd()
    .split('…')
    .map(part => part.replace(/[$()*+.?[\\\]^{|}]/g, '\\$&'))
    .join('.*');
