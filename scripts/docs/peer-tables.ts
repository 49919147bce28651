import {beyond, type Peer, peers} from './peers.ts';

/** The part of `docs/coverage.md` on the checks of other tools. */
export const peerTables = (): readonly string[] => [
  '## Checks of other tools',
  '',
  'Which rules find what a check of another tool finds. Several checks with one answer share a row. "Nothing" marks what no rule finds.',
  '',
  ...peers.flatMap(tableOf),
];

const tableOf = ({name, source, checks}: Peer): readonly string[] => [
  `### ${name}`,
  '',
  `From ${source}.`,
  '',
  '| check | rules |',
  '|---|---|',
  ...Object.entries(checks).map(([check, answer]) => `| ${check} | ${cellOf(answer)} |`),
  '',
];

function cellOf(answer: string): string {
  if (answer === '') return '**nothing**';
  const reason = Object.entries(beyond).find(([key]) => answer === `-${key}`);
  if (reason !== undefined) return `beyond: ${reason[1]}`;
  return idsIn(answer)
    .map(id => `[${id}](rules/${id}.md)`)
    .join(', ');
}

/** The ids of rules in an answer. */
export const idsIn = (answer: string): readonly string[] =>
  answer === '' || answer.startsWith('-') ? [] : answer.split(' ');
