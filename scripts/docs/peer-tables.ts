import {beyond, type Peer, peers} from './peers.ts';

/** The part of `docs/coverage.md` on the checks of other tools. */
export const peerTables = (): readonly string[] => [
  '## Checks of other tools',
  '',
  'Which rules find what a check of another tool finds. Several checks with one answer share a row. "Beyond" says why a check is no concern of a hardener.',
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
  const reason = Object.entries(beyond).find(([key]) => answer === `-${key}`);
  if (reason !== undefined) return `beyond: ${reason[1]}`;
  const links = idsIn(answer).map(id => `[${id}](rules/${id}.md)`);
  return [links.join(', '), ...(note.exec(answer) ?? [])].join(' ');
}

/** What is said besides the rules. */
const note = /\(.*\)$/;

/** The ids of rules in an answer. */
export const idsIn = (answer: string): readonly string[] =>
  answer.startsWith('-') ? [] : answer.replace(note, '').trim().split(' ');
