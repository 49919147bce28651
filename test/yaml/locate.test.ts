import test from 'ava';
import {resolvePolicy} from '../../src/config/resolve.ts';
import {harden} from '../../src/harden.ts';
import type {Path} from '../../src/json.ts';
import {locate} from '../../src/yaml/locate.ts';
import {NodeTable} from '../../src/yaml/node-table.ts';
import {readDocument} from '../../src/yaml/read.ts';

const locates = test.macro((t, text: string, path: Path, marked: string) => {
  const document = readDocument(text, 0, text.length);
  t.is(text.slice(locate(document, path)).split('\n')[0], marked);
});

test('a key', locates, 'a:\n  b: 1\n', ['a', 'b'], 'b: 1');
test('an item', locates, 'a:\n- b\n- c\n', ['a', 1], 'c');
test('a key that is not there', locates, 'a:\n  b: 1\n', ['a', 'c', 'd'], 'a:');
test('an item that is not there', locates, 'a: [b]\n', ['a', 1], 'a: [b]');
test('a key of what is no mapping', locates, 'a: [b]\n', ['a', 'b'], 'a: [b]');
test('an item of what is no list', locates, 'a: {b: c}\n', ['a', 0], 'a: {b: c}');
test('a key that stands twice', locates, 'a: 1\na: 2\n', ['a'], 'a: 2');
test('a field that an alias has', locates, 'a: &a\n  b: 1\nc: *a\n', ['c', 'b'], 'b: 1');
test('a merged field', locates, 'a: &a\n  b: 1\nc:\n  <<: *a\n', ['c', 'b'], 'b: 1');
test(
  'a merge that overrides',
  locates,
  'a: &a\n  b: 1\nc:\n  b: 2\n  <<: *a\n',
  ['c', 'b'],
  'b: 1',
);
test(
  'a merge that is overridden',
  locates,
  'a: &a\n  b: 1\nc:\n  <<: *a\n  b: 2\n',
  ['c', 'b'],
  'b: 2',
);
test(
  'the first of two merges',
  locates,
  'a: &a\n  b: 1\nd: &d\n  b: 2\nc:\n  <<: [*d, *a]\n',
  ['c', 'b'],
  'b: 2',
);
test('a key like that of a prototype', locates, 'a: 1\n', ['toString'], 'a: 1');

/** Objects with as many findings as they are large. */
const many: Readonly<Record<string, (size: number) => string>> = {
  capabilities: size =>
    pod(`securityContext: {capabilities: {add: [${'SYS_ADMIN, '.repeat(size)}]}}`),
  'keys that stand again and again': size =>
    pod(`securityContext: {${'privileged: true, '.repeat(size)}}`),
  'host ports': size =>
    pod(`ports: [${numbered(size, at => `{containerPort: ${at}, hostPort: ${at}}, `)}]`),
  'ports of a wrong type': size => pod(`ports: [${'{containerPort: a}, '.repeat(size)}]`),
  grants: size =>
    `apiVersion: rbac.authorization.k8s.io/v1\nkind: Role\nrules:\n- apiGroups: [""]\n  verbs: [get]\n  resources: [${'pods/portforward, '.repeat(size)}]\n`,
};

const pod = (fields: string) =>
  `apiVersion: v1\nkind: Pod\nmetadata: {name: a}\nspec:\n  containers:\n  - name: a\n    ${fields}\n`;
const numbered = (size: number, item: (at: number) => string) =>
  Array.from({length: size}, (_, index) => item(index + 1)).join('');

/** How many nodes are stepped over while `text` is hardened. */
function stepsFor(text: string): number {
  const {next} = NodeTable.prototype;
  let steps = 0;
  NodeTable.prototype.next = function (index) {
    steps++;
    return next.call(this, index);
  };
  try {
    harden(text, 'in', resolvePolicy({profiles: ['strict']}));
    return steps;
  } finally {
    NodeTable.prototype.next = next;
  }
}

for (const [title, make] of Object.entries(many)) {
  test(`twice the findings take twice the steps: ${title}`, t => {
    const ratio = stepsFor(make(2000)) / stepsFor(make(1000));
    t.true(ratio > 1.5 && ratio < 2.5, String(ratio));
  });
}

test('grants without number are withdrawn in no quadratic time', t => {
  const text = many['grants']?.(40_000) ?? '';
  t.is(harden(text, 'in', resolvePolicy({})).summary.fixed, 40_000);
});
