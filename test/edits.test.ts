import test from 'ava';
import {append, applyEdits, type Edit, remove, set, withoutHoles} from '../src/edits.ts';
import type {Json} from '../src/json.ts';

const plain = (value: Json): Json => JSON.parse(JSON.stringify(withoutHoles(value)));

const gives = test.macro((t, before: Json, edits: readonly Edit[], after: Json) => {
  const copy = structuredClone(before);
  t.deepEqual(plain(applyEdits(before, edits)), after);
  t.deepEqual(before, copy, 'what was read must stay as it is');
});

test('removes a field', gives, {a: 1, b: 2}, [remove(['a'])], {b: 2});
test(
  'removes the parents that a removal empties',
  gives,
  {spec: {securityContext: {privileged: true}, name: 'a'}},
  [remove(['spec', 'securityContext', 'privileged'])],
  {spec: {name: 'a'}},
);
test(
  'keeps a mapping that was empty before',
  gives,
  {a: {}, b: {c: 1, d: {}}},
  [remove(['b', 'c'])],
  {
    a: {},
    b: {d: {}},
  },
);
test(
  'keeps the indices of neighbours while items are removed',
  gives,
  {ports: [{a: 1}, {b: 1}, {c: 1}]},
  [remove(['ports', 0]), remove(['ports', 1]), set(['ports', 2, 'd'], 2)],
  {ports: [{c: 1, d: 2}]},
);
test(
  'removes a list whose items are all gone',
  gives,
  {add: ['a', 'b'], m: 1},
  [remove(['add', 0]), remove(['add', 1])],
  {m: 1},
);
test(
  'removes items and the list that two rules empty in turns',
  gives,
  {securityContext: {capabilities: {add: ['A']}}, m: 1},
  [remove(['securityContext', 'capabilities', 'add', 0])],
  {m: 1},
);
test(
  'does not remove a collection that another edit fills',
  gives,
  {s: {a: 1}},
  [remove(['s', 'a']), set(['s', 'b'], 2)],
  {s: {b: 2}},
);
for (const [title, value, path, left] of [
  [
    'a mapping that chooses',
    {daemonSet: {spec: {a: 1}}},
    ['daemonSet', 'spec', 'a'],
    {daemonSet: {spec: {}}},
  ],
  [
    'a container without a name',
    {containers: [{securityContext: {a: 1}}]},
    ['containers', 0, 'securityContext', 'a'],
    {containers: [{}]},
  ],
] as const) {
  test(`keeps ${title}, emptied`, gives, value, [remove(path)], left);
}
test('keeps the object itself when its last field goes', gives, {a: 1}, [remove(['a'])], {});
test('makes the mappings on the way', gives, {a: null}, [set(['a', 'b', 'c'], true)], {
  a: {b: {c: true}},
});
test('appends to a list', gives, {l: [1]}, [append(['l'], 2)], {l: [1, 2]});
test('makes the list that it appends to', gives, {}, [append(['a', 'l'], 1)], {a: {l: [1]}});
test('removes what is not there without a word', gives, {a: 1}, [remove(['b', 'c'])], {a: 1});
test(
  'makes no edit through a scalar',
  gives,
  {securityContext: 'x'},
  [set(['securityContext', 'privileged'], false)],
  {securityContext: 'x'},
);
test(
  'makes no edit in a mapping that stands in a list’s place',
  gives,
  {containers: {a: 1}},
  [set(['containers', 0, 'name'], 'x')],
  {containers: {a: 1}},
);
test(
  'makes no edit in an item that was removed',
  gives,
  {l: [{a: 1}, {b: 1}]},
  [remove(['l', 0]), set(['l', 0, 'a'], 2)],
  {l: [{b: 1}]},
);

test('gives the value itself where nothing changes', t => {
  const value = {a: 1, l: ['x']};
  t.is(applyEdits(value, []), value);
  t.is(applyEdits(value, [remove(['b']), set(['a', 'b'], 1)]), value);
});

test('shares what no edit touches', t => {
  const before = {a: {b: 1}, c: {d: 1}};
  const after = applyEdits(before, [set(['a', 'b'], 2)]) as typeof before;
  t.is(after.c, before.c);
  t.not(after.a, before.a);
});

test('takes a hostile key for a key', t => {
  const after = applyEdits({}, [set(['__proto__', 'hostNetwork'], true)]) as {[key: string]: Json};
  t.deepEqual(Object.keys(after), ['__proto__']);
  t.is(after['hostNetwork'], undefined);
  t.is(({} as {[key: string]: Json})['hostNetwork'], undefined);
});

test('many edits of one list take no quadratic time', t => {
  const count = 100_000;
  const list = Array.from({length: count}, () => ({a: 1, b: 2}));
  const after = applyEdits(
    {list},
    list.map((_, index) => remove(['list', index, 'a'])),
  ) as {list: Json[]};
  t.is(after.list.length, count);
  t.deepEqual({...(after.list[count - 1] as object)}, {b: 2});
});
