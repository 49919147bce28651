/**
 * Hardens the same generated streams on this Node and on Bun, each in one process, and compares what
 * they print byte for byte. `npm run tools` fetches Bun.
 */
import {spawn} from 'node:child_process';
import path from 'node:path';
import {createInterface} from 'node:readline';
import {parseArgs} from 'node:util';
import {hostTarget} from '../../scripts/executable-path.ts';
import {buns, pathOf} from '../../scripts/runtimes.ts';

const {values: options} = parseArgs({
  options: {
    streams: {type: 'string', default: '1000'},
    seed: {type: 'string', default: String(Date.now() % 1e9)},
  },
});

const worker = path.join(import.meta.dirname, 'runtime-worker.js');
const args = [worker, '--streams', options.streams, '--seed', options.seed];
const linesOf = (program: string): AsyncIterator<string> =>
  createInterface({
    input: spawn(program, args, {stdio: ['ignore', 'pipe', 'inherit']}).stdout,
  })[Symbol.asyncIterator]();

process.stdout.write(`seed ${options.seed}\n`);
const onNode = linesOf(process.execPath);
const onBun = linesOf(pathOf(buns[hostTarget()]));
let count = 0;
let different = 0;
for (; count < Number(options.streams); count++) {
  const [node, bun] = await Promise.all([onNode.next(), onBun.next()]);
  if (node.done || bun.done) throw new Error(`a runtime stopped after ${count} streams`);
  if (node.value !== bun.value) {
    different++;
    process.stdout.write(`DIFFERENT\n  Node: ${node.value}\n  Bun:  ${bun.value}\n`);
  }
}
process.stdout.write(`${count} streams, ${different} different\n`);
process.exitCode = different > 0 ? 1 : 0;
