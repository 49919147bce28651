import test from 'ava';
import {idsIn} from '../../scripts/docs/peer-tables.ts';
import {beyond, peers} from '../../scripts/docs/peers.ts';
import {findRule} from '../../src/rules/index.ts';

for (const {name, checks} of peers) {
  test(`${name}: each cell names rules, a reason, or nothing`, t => {
    for (const [check, answer] of Object.entries(checks)) {
      const isReason = Object.keys(beyond).some(key => answer === `-${key}`);
      const ids = idsIn(answer);
      t.true(isReason || !answer.startsWith('-'), `${check}: ${answer}`);
      for (const id of ids) t.truthy(findRule(id), `${check}: ${id}`);
      t.is(new Set(ids).size, ids.length, check);
    }
  });
}

test('few checks are without an answer', t => {
  const all = peers.flatMap(({checks}) => Object.values(checks));
  const open = all.filter(answer => answer === '');
  t.true(open.length / all.length < 0.1, `${open.length} of ${all.length}`);
});
