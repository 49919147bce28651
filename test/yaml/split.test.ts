import test from 'ava';
import {splitDocuments} from '../../src/yaml/split.ts';

const splits = test.macro((t, text: string, expected: readonly string[]) => {
  const ranges = splitDocuments(text);
  t.deepEqual(
    ranges.map(({start, end}) => text.slice(start, end)),
    expected,
  );
});

test('nothing', splits, '', ['']);
test('one', splits, 'a: 1\n', ['a: 1\n']);
test('two', splits, '---\na: 1\n---\nb: 1\n', ['', 'a: 1\n', 'b: 1\n']);
test('a comment on the separator', splits, 'a: 1\n--- # x\nb: 1', ['a: 1\n', 'b: 1']);
test('carriage returns', splits, 'a: 1\r\n---\r\nb: 1\r\n', ['a: 1\r\n', 'b: 1\r\n']);
test('dashes that separate nothing', splits, 'a: |\n  ---\n -- x\n', ['a: |\n  ---\n -- x\n']);
test('a byte-order mark', splits, '\uFEFFa: 1\n', ['a: 1\n']);

for (const text of [
  'a: 1\n---x\n',
  'a: 1\n--- {b: 1}\n',
  '--- |\n x\n',
  'a: 1\n...\nb: 1\n',
  '--- #\u0085x\n',
  'a: \u0000\n',
  'a: 1\r\r',
]) {
  test(`readers disagree on ${JSON.stringify(text)}`, t => {
    t.throws(() => splitDocuments(text), {name: 'YamlError'});
  });
}
