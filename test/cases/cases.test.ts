import test from 'ava';
import {harden} from '../../src/harden.ts';
import {readStream} from '../../src/stream/manifest-stream.ts';
import {caseNames, isPartOf, outcomesOf, reachIn, readCase, runCase, told} from './cases.ts';

for (const name of caseNames) {
  test(`${name}: comes out as expected.yaml says`, async t => {
    const each = await readCase(name);
    const {right, findings = {}, says = [], output = [], without = []} = each.expectation;
    const result = runCase(each);
    for (const [rule, places] of Object.entries(findings)) {
      t.deepEqual(outcomesOf(rule, result.findings), places, `${rule}: ${right}`);
    }
    const lines = told(result);
    for (const {rule, at, text} of says) {
      const isTold = (line: string) => line.startsWith(`${rule} ${at} `) && line.includes(text);
      t.true(lines.some(isTold), `${rule} at ${at} does not say "${text}":\n${lines.join('\n')}`);
    }
    for (const text of each.expectation['never-says'] ?? []) {
      t.deepEqual(
        lines.filter(line => line.includes(text)),
        [],
        right,
      );
    }
    const objects = readStream(result.text, 'output').resources;
    for (const part of output) {
      t.true(
        objects.some(({value}) => isPartOf(part, value)),
        `no object of the output has ${JSON.stringify(part)}:\n${result.text}`,
      );
    }
    const names = objects.map(object => `${object.kind}/${object.name}`);
    t.deepEqual(
      names.filter(object => without.includes(object)),
      [],
      right,
    );
    const {admits = [], refuses = []} = each.expectation;
    const isAdmitted = reachIn(`${result.text}
---
${each.neighbours}`);
    for (const connection of admits) t.true(isAdmitted(connection), connection);
    for (const connection of refuses) t.false(isAdmitted(connection), connection);
    if (each.expectation.unchanged === true) t.is(result.text, each.input);
    t.is(harden(result.text, 'output', each.policy).text, result.text, 'hardened twice');
  });
}

test('every case asks something', async t => {
  for (const name of caseNames) {
    const {right, ...asked} = (await readCase(name)).expectation;
    t.true(right.length > 0 && Object.keys(asked).length > 0, name);
  }
});
