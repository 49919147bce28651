import {readFileSync, writeFileSync} from 'node:fs';
import path from 'node:path';
import type {Answer, Reader, YamlOracle} from './oracle.ts';
import {type Table, tableFolder} from './table.ts';

/** The parsers whose answers are recorded, so that the tables can be tested without Go. */
export const recorded = [
  'value',
  'strict',
  'kubectl',
  'helm',
  'kyaml',
  'lots',
  'rest',
] as const satisfies readonly Reader[];

export type Recorded = Answer<(typeof recorded)[number]>;

/** A table's answers, by the names of its cases. */
export type Answers = ReadonlyMap<string, Recorded>;

const fileOf = (table: Table): string => path.join(tableFolder, `${table.name}.answers.json`);

export const readAnswers = (table: Table): Answers =>
  new Map(Object.entries(JSON.parse(readFileSync(fileOf(table), 'utf8')) as object));

export async function askAll(oracle: YamlOracle, table: Table): Promise<Answers> {
  const answers = table.cases.map(async ({name, bytes}) => {
    const answer = await oracle.ask(bytes, recorded);
    return [name, answer.lots.value === true ? withoutLots(answer) : answer] as const;
  });
  return new Map(await Promise.all(answers));
}

/** A random answer is not recorded: it would differ the next time. */
function withoutLots(answer: Recorded): Recorded {
  const drawn = {value: 'drawn by lot'};
  return {...answer, value: drawn, kubectl: drawn, helm: drawn};
}

/** Writes the answers with one reader a line, for a reader's diff. */
export function writeAnswers(table: Table, answers: Answers): void {
  const cases = [...answers].map(([name, answer]) => {
    const lines = recorded.map(reader => `    "${reader}": ${JSON.stringify(answer[reader])}`);
    return `  ${JSON.stringify(name)}: {\n${lines.join(',\n')}\n  }`;
  });
  writeFileSync(fileOf(table), `{\n${cases.join(',\n')}\n}\n`);
}
