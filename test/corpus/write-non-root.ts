/** Prints what becomes of `runAsNonRoot` in the containers of a corpus. `IMAGE_LOCK` names a lock file of its images. */
import {readFileSync} from 'node:fs';
import {readImageLock} from '../../src/images/lock/read.ts';
import {corpusFiles} from '../tools/corpus-files.ts';
import {countNonRoot, type Outcome, outcomes} from './non-root.ts';

const file = process.env['IMAGE_LOCK'];
const locked = file === undefined ? undefined : readImageLock(readFileSync(file, 'utf8'), file);
const total = new Map<Outcome, number>();
for (const each of corpusFiles) {
  for (const [outcome, count] of countNonRoot(readFileSync(each, 'utf8'), locked)) {
    total.set(outcome, (total.get(outcome) ?? 0) + count);
  }
}
const names = Object.keys(outcomes) as Outcome[];
const all = [...total.values()].reduce((sum, count) => sum + count, 0);
process.stdout.write(
  [
    `| \`runAsNonRoot\` of the ${all} containers of ${corpusFiles.length} streams, under \`restricted\` | containers |`,
    '|---|---|',
    ...names.map(name => `| ${outcomes[name]} | ${total.get(name) ?? 0} |`),
    '',
  ].join('\n'),
);
