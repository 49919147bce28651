import {readFileSync} from 'node:fs';
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

test('each rule has an example, and each example a rule', t => {
  t.deepEqual(exampleIds, rules.map(({id}) => id).sort());
});

for (const {id, rewrite} of rules) {
  test(`${id}: the example shows the rewrite, where there is one`, t => {
    const findings = readFileSync(exampleFile(id, 'findings.txt'), 'utf8');
    t.is(/^fixed /m.test(findings), rewrite !== undefined);
  });
}
