import {existsSync, readdirSync, readFileSync} from 'node:fs';
import path from 'node:path';
import test from 'ava';
import {repository} from '../tools/tools.ts';

const isPage = (file: string): boolean => file.endsWith('.md');

const pages = [
  ...readdirSync(repository).filter(isPage),
  ...['docs', 'bench', 'kustomize', 'test'].flatMap(folder =>
    readdirSync(path.join(repository, folder), {recursive: true, encoding: 'utf8'})
      .filter(isPage)
      .map(file => path.join(folder, file)),
  ),
];

const read = (page: string): string => readFileSync(path.join(repository, page), 'utf8');

/** A page without its code. */
const proseOf = (page: string): string =>
  read(page)
    .replace(/```.*?```/gs, '')
    .replace(/`[^`\n]*`/g, '');

test('README.md has at most 900 words', t => {
  const words = read('README.md')
    .split(/\s+/)
    .filter(word => word !== '');
  t.true(words.length > 100 && words.length <= 900, `${words.length} words`);
});

for (const page of pages) {
  test(`${page}: every relative link leads to a file`, t => {
    const links = [...proseOf(page).matchAll(/\]\((?!https?:|#)([^)#\s]+)[^)]*\)/g)].map(
      ([, to = '']) => to,
    );
    const lost = links.filter(
      to => !existsSync(path.join(repository, path.dirname(page), decodeURIComponent(to))),
    );
    t.deepEqual(lost, []);
  });

  test(`${page}: every link to a heading leads to one`, t => {
    const links = [...proseOf(page).matchAll(/\]\((?!https?:)([^)#\s]*)#([^)\s]+)\)/g)];
    const lost = links.filter(([, to = '', heading = '']) => {
      const target = to === '' ? page : path.join(path.dirname(page), decodeURIComponent(to));
      return target.endsWith('.md') && !headingsOf(target).has(heading);
    });
    t.deepEqual(
      lost.map(([link]) => link),
      [],
    );
  });
}

/** The names that GitHub gives to the headings of a page. */
function headingsOf(page: string): ReadonlySet<string> {
  const headings = read(page)
    .replace(/```.*?```/gs, '')
    .matchAll(/^#+ (.+)$/gm);
  return new Set(
    [...headings].map(([, text = '']) =>
      text
        .toLowerCase()
        .replace(/[^\p{L}\p{N} _-]/gu, '')
        .replaceAll(' ', '-'),
    ),
  );
}
