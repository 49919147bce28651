import test from 'ava';
import {testWithTools} from '../tools/with-tools.ts';
import {attackFolders, attackRows, perform, runsOf, toolsOf} from './attacks.ts';

test('every attack has a row and a folder, and is tried', t => {
  const rows = attackRows();
  t.deepEqual(rows.map(([name]) => name).sort(), [...attackFolders]);
  t.true(rows.every(cells => cells.length === 3 && cells.every(cell => cell !== '')));
  for (const name of attackFolders) t.true(runsOf(name).length > 0, name);
});

for (const name of attackFolders) {
  for (const [index, run] of runsOf(name).entries()) {
    const call = `${run.by ?? 'kube-harden'} ${run.args.join(' ')}`;
    testWithTools(...toolsOf(run))(`${name}, run ${index + 1}: ${call}`, async t => {
      const {exitCode, stdout, stderr, isUntouched} = await perform(name, run);
      const all = `${stdout}\n${stderr}`;
      t.is(exitCode, run.exit, all);
      for (const text of run.says ?? []) t.true(all.includes(text), `"${text}" is not in\n${all}`);
      for (const text of run['never-says'] ?? []) t.false(all.includes(text), all);
      t.true(isUntouched, 'a file was written, changed or removed');
      if (run.stdout !== undefined) t.is(stdout, run.stdout);
    });
  }
}
