import test from 'ava';
import {toolPath} from '../tools/tools.ts';
import {testWithTools} from '../tools/with-tools.ts';
import {readBytes} from './agreement.ts';
import {chooseAtRandom} from './choices.ts';
import {examineEdits, examineReading, lostText} from './examine.ts';
import {YamlOracle} from './oracle.ts';
import {readKept} from './seeds.ts';

const kept = readKept();
const draws = [...Array(10).keys()];

test('the seeds are cut without loss, and edited as their values are', async t => {
  t.true(kept.length > 0);
  for (const text of kept) {
    t.is(lostText(text), undefined, text);
    const reading = readBytes(Buffer.from(text));
    for (const draw of draws) {
      t.is(await examineEdits(reading, chooseAtRandom(draw), undefined), undefined, text);
    }
  }
});

testWithTools('yaml-oracle')(
  "the seeds are read as Kubernetes' readers do, before and after edits",
  async t => {
    const executable = toolPath('yaml-oracle');
    const oracle = new YamlOracle(executable);
    t.teardown(() => oracle.close());
    for (const text of kept) {
      const {reading, fault} = await examineReading(text, oracle);
      t.is(fault, undefined, text);
      t.is(await examineEdits(reading, chooseAtRandom(0), oracle), undefined, text);
    }
  },
);
