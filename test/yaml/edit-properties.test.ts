import test from 'ava';
import fc from 'fast-check';
import {toolPath} from '../tools/tools.ts';
import {testWithTools} from '../tools/with-tools.ts';
import {readBytes} from './agreement.ts';
import {chooseFrom} from './choices.ts';
import {documents} from './documents.ts';
import {examineEdits, lostText} from './examine.ts';
import {mutate} from './mutate.ts';
import {YamlOracle} from './oracle.ts';
import {readSeeds} from './seeds.ts';

/** The same documents in each run; the environment can set more, or others. */
const parameters = {
  seed: Number(process.env['PROPERTY_SEED'] ?? 1),
  numRuns: Number(process.env['PROPERTY_RUNS'] ?? 1000),
  includeErrorInReport: true,
};

const numbers = fc.array(fc.nat({max: 2 ** 16}), {maxLength: 40, size: 'max'});

/** What goes wrong when a document of the stream `text` is edited according to `choices`. */
async function faultOf(
  text: string,
  choices: readonly number[],
  oracle: YamlOracle | undefined,
): Promise<void> {
  const fault = await examineEdits(readBytes(Buffer.from(text)), chooseFrom(choices), oracle);
  if (fault !== undefined) throw new Error(fault);
}

const seeds = readSeeds();

const mutated = fc
  .tuple(fc.constantFrom(...seeds), numbers)
  .map(([text, choices]) => mutate(text, chooseFrom(choices), seeds, 3));

for (const [name, texts] of Object.entries({generated: documents, mutated})) {
  testWithTools('yaml-oracle')(
    `${name} documents are edited as their values are, and nowhere else`,
    async t => {
      const executable = toolPath('yaml-oracle');
      const oracle = executable === undefined ? undefined : new YamlOracle(executable);
      t.teardown(() => oracle?.close());
      const property = fc.asyncProperty(texts, numbers, (text, choices) =>
        faultOf(text, choices, oracle),
      );
      await t.notThrowsAsync(fc.assert(property, parameters));
    },
  );
}

test('most generated documents are read', t => {
  const texts = fc.sample(documents, parameters);
  const read = texts.filter(text => 'documents' in readBytes(Buffer.from(text)));
  t.true(read.length > texts.length / 2, `${read.length} of ${texts.length}`);
});

test('documents and separators are all of a stream', t => {
  const part = fc.oneof(
    fc.string({unit: 'binary'}),
    fc.constantFrom('---', '---\n', '\n', '\r\n', '--- # x\n', '...\n', 'a: 1', '\uFEFF'),
  );
  const property = fc.property(fc.array(part), parts => lostText(parts.join('')) === undefined);
  t.notThrows(() => fc.assert(property, parameters));
});
