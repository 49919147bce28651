import {existsSync, readFileSync} from 'node:fs';
import test from 'ava';
import {harden} from '../../src/harden.ts';
import {rules} from '../../src/rules/index.ts';
import {exampleFile, exampleIds, runExample} from './examples.ts';

for (const id of exampleIds) {
  test(`${id}: the example is hardened as its files say`, async t => {
    const {after, findings, policy} = await runExample(id);
    t.is(after, readFileSync(exampleFile(id, 'after.yaml'), 'utf8'));
    t.is(findings, readFileSync(exampleFile(id, 'findings.txt'), 'utf8'));
    t.not(findings, '');

    const again = harden(after, 'after.yaml', policy);
    t.is(again.text, after);
    t.is(again.summary.fixed, 0);
  });
}

for (const {id, rewrite, remedy} of rules) {
  const folder = `test/rules/examples/${id}`;

  test(`${id}: has an example: else write ${folder}/before.yaml, and run \`npm run docs\``, t => {
    t.true(existsSync(exampleFile(id, 'before.yaml')));
  });

  test(`${id}: ${folder}/before.yaml shows the rewrite, where the rule has one`, t => {
    const findings = readFileSync(exampleFile(id, 'findings.txt'), 'utf8');
    t.is(/^fixed /m.test(findings), rewrite !== undefined);
  });

  test(`${id}: src/rules: the remedy is one sentence to the author`, t => {
    t.regex(remedy, /^[A-Z][^\n]*[^.\n]\.$/);
  });
}

test('each folder of test/rules/examples is named after a rule of src/rules/index.ts', t => {
  const ids = new Set(rules.map(({id}) => id));
  t.deepEqual(
    exampleIds.filter(id => !ids.has(id)),
    [],
  );
});
