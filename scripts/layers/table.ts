import {layers} from './layers.ts';

const begin = '<!-- layers: written by `npm run layers` -->';
const end = '<!-- end of layers -->';

/**
 * The text of ARCHITECTURE.md with the table of layers replaced.
 *
 * @throws {Error} if the marks around the table are missing
 */
export function withLayerTable(page: string): string {
  const start = page.indexOf(begin);
  const stop = page.indexOf(end);
  if (start === -1 || stop < start) throw new Error('ARCHITECTURE.md has lost its layer marks');
  return `${page.slice(0, start + begin.length)}\n${table()}\n${page.slice(stop)}`;
}

const table = (): string =>
  [
    '',
    '| place, from the top down | content | must not |',
    '|---|---|---|',
    ...layers.map(({places, holds, mustNot}) => {
      const names = places.map(place => `\`src/${place}\``).join(', ');
      return `| ${names} | ${holds} | ${mustNot} |`;
    }),
    '',
  ].join('\n');
