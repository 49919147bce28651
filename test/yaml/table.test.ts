import {isDeepStrictEqual} from 'node:util';
import test from 'ava';
import {toolPath} from '../tools/tools.ts';
import {testWithTools} from '../tools/with-tools.ts';
import {disagreement, ended, plain, readBytes, typedDisagreement, unreported} from './agreement.ts';
import {askAll, type Recorded, readAnswers} from './answers.ts';
import {YamlOracle} from './oracle.ts';
import {readTables} from './table.ts';

/**
 * Where kyaml's value is not what it read: it writes a document anew, in a style that folds otherwise
 * and spells null as nothing, before it turns it into JSON; it takes a number that is a key as it
 * is spelled; and it does not end a last line, which kustomize's own streams all have.
 */
const writtenAnew = new Set([
  'a flow map with an empty value before a brace',
  'a flow map with an empty value',
  'a flow map with keys alone',
  'a folded text with a tab line',
  'a folded text with lines further in',
  'a folded text',
  'a folded text, stripped and kept',
  'a key that looks octal and is a float',
  'a plain key glued to its value, in flow style',
  'a question mark key in flow style',
  'a question mark pair in a flow list',
  'a folded text that ends the text in a next line',
  'a kept literal that ends the text in blanks',
  'a literal that ends the text without a line break',
  'a pod whose last value is a literal without an end',
  'an alias as a pair without a value',
  'set',
  'the non-specific tag',
  'timestamp',
  'timestamps',
]);

for (const table of readTables()) {
  const answers = readAnswers(table);

  test(`${table.name}: we read what Kubernetes reads`, t => {
    for (const {name, bytes} of table.cases) {
      const answer = answers.get(name) as Recorded;
      const reading = readBytes(bytes);
      t.is(disagreement(reading, answer) ?? unreported(reading, answer), undefined, name);
    }
  });

  test(`${table.name}: in its dialect we read what kyaml reads`, t => {
    for (const {name, bytes} of table.cases.filter(({name}) => !writtenAnew.has(name))) {
      const {kyaml} = answers.get(name) as Recorded;
      const reading = readBytes(bytes, 'kyaml');
      if ('refusal' in reading || kyaml.error !== undefined) continue;
      const values = reading.documents.map(({value}) => plain(value));
      const held = values.filter(value => value !== null);
      t.true(isDeepStrictEqual(held, plain(kyaml.value)), `${name}: ${JSON.stringify(held)}`);
    }
  });

  testWithTools('yaml-oracle')(`${table.name}: the recorded answers are today's`, async t => {
    const executable = toolPath('yaml-oracle');
    const oracle = new YamlOracle(executable);
    const today = await askAll(oracle, table);
    oracle.close();
    t.deepEqual(answers, today, '"npm run answers" writes them anew');
    t.is(today.size, table.cases.length, 'every name stands once');
  });

  testWithTools('yaml-oracle')(
    `${table.name}: Kubernetes' own types hold what we read`,
    async t => {
      const executable = toolPath('yaml-oracle');
      const oracle = new YamlOracle(executable);
      t.teardown(() => oracle.close());
      for (const {name, bytes} of table.cases) {
        const typed = await oracle.ask(ended(Buffer.from(bytes).toString()), ['typed']);
        t.is(typedDisagreement(readBytes(bytes), typed), undefined, name);
      }
    },
  );
}
