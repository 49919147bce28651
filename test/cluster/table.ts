/**
 * Prints the table of docs/guarantees.md: how many rendered charts a real API server admits,
 * including pods, in namespaces that enforce the Pod Security Standards, before and after
 * hardening. `IMAGE_LOCK` names a lock file of their images.
 */
import {readFileSync} from 'node:fs';
import path from 'node:path';
import {resolvePolicy} from '../../src/config/resolve.ts';
import {readImageLock} from '../../src/images/lock/read.ts';
import {binFolder} from '../tools/tools.ts';
import {installDefinitions, type JudgedObject, judgeStream} from './admission.ts';
import {startControlPlane} from './control-plane.ts';
import {Judge, type Judgement} from './judge.ts';
import {type RenderedStream, renderedStreams} from './streams.ts';

const levels = ['baseline', 'restricted'] as const;

interface Row {
  readonly stream: RenderedStream;
  readonly level: (typeof levels)[number];
  readonly objects: readonly JudgedObject[];
}

const lockFile = process.env['IMAGE_LOCK'];
const locked =
  lockFile === undefined ? undefined : readImageLock(readFileSync(lockFile, 'utf8'), lockFile);

async function measure(): Promise<readonly Row[]> {
  const plane = await startControlPlane(path.join(binFolder, 'control-plane'));
  try {
    const judge = await Judge.in(plane.api);
    const streams = renderedStreams();
    await installDefinitions(judge, streams);
    const rows: Row[] = [];
    for (const stream of streams) {
      for (const level of levels) {
        const policy = resolvePolicy({profiles: [level], undecided: 'fix'}, locked);
        rows.push({stream, level, objects: await judgeStream(judge, stream, policy, level)});
      }
    }
    return rows;
  } finally {
    await plane.stop();
  }
}

const passes = (judgement: Judgement | undefined): boolean =>
  judgement === undefined || judgement.verdict === 'admitted' || judgement.verdict === 'unserved';

/** The table, followed by what is not admitted, with the rules that explain why. */
function toMarkdown(rows: readonly Row[]): string {
  const sets = [...new Set(rows.map(({stream}) => stream.set))];
  const table = sets.flatMap(set => levels.map(level => tableRow(rows, set, level)));
  const kept = rows.flatMap(({stream, level, objects}) =>
    objects
      .filter(({after}) => !passes(after))
      .map(({title, left}) => `- ${level}: ${stream.name}, ${title}: ${left.join(', ')}\n`),
  );
  return [
    '| charts | enforced | admitted as rendered | admitted hardened | objects checked | objects of kinds that this API server does not have |\n',
    '|---|---|---|---|---|---|\n',
    ...table,
    '\n',
    ...kept,
  ].join('');
}

function tableRow(rows: readonly Row[], set: string, level: string): string {
  const chosen = rows.filter(row => row.stream.set === set && row.level === level);
  const objects = chosen.flatMap(row => row.objects);
  const unserved = objects.filter(({after}) => after.verdict === 'unserved').length;
  const whole = (judgementOf: (object: JudgedObject) => Judgement | undefined) =>
    chosen.filter(row => row.objects.every(object => passes(judgementOf(object)))).length;
  const cells = [
    `${chosen.length} ${set}`,
    level,
    whole(({before}) => before),
    whole(({after}) => after),
    objects.length - unserved,
    unserved,
  ];
  return `| ${cells.join(' | ')} |\n`;
}

process.stdout.write(toMarkdown(await measure()));
