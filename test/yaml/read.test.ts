import test from 'ava';
import type {Json} from '../../src/json.ts';
import {readDocument} from '../../src/yaml/read.ts';

const plain = (value: Json): unknown => JSON.parse(JSON.stringify(value));

/** The values that sigs.k8s.io/yaml v1.6.0 gives these texts. */
const reads = test.macro((t, text: string, expected: unknown) => {
  t.deepEqual(plain(readDocument(text, 0, text.length).value), expected);
});

for (const word of ['yes', 'Yes', 'YES', 'y', 'Y', 'on', 'On', 'ON', 'true', 'True', 'TRUE']) {
  test(`${word} is true`, reads, `a: ${word}\n`, {a: true});
}
test('what is quoted is a text', reads, 'a: "yes"\nb: \'8080\'\n', {a: 'yes', b: '8080'});
test('octal, new and old', reads, 'a: 0o17620\nb: 017620\n', {a: 8080, b: 8080});
test('underscores', reads, 'a: 8_080\n', {a: 8080});
test('binary and hexadecimal', reads, 'a: 0b11\nb: 0x1F\nc: -0x1\n', {a: 3, b: 31, c: -1});
test('no octal, but a number', reads, 'a: 089\n', {a: 89});
test('no base 60', reads, 'a: 1:20\n', {a: '1:20'});
test('floats', reads, 'a: 8.08e3\nb: .5\nc: 1.\n', {a: 8080, b: 0.5, c: 1});
test('dates are texts', reads, 'a: 2001-01-01\n', {a: '2001-01-01'});
test('nulls', reads, 'a:\nb: ~\nc: Null\n', {a: null, b: null, c: null});
test('!!binary is decoded', reads, 'a: !!binary dHJ1ZQ==\n', {a: 'true'});
test('!!str is a text', reads, 'a: !!str yes\n', {a: 'yes'});
test('the last of two keys wins', reads, 'a: 1\na: 2\n', {a: 2});
test(
  'a merge overrides what stands before it',
  reads,
  'x: &x {h: true}\na:\n  h: false\n  <<: *x\n',
  {
    x: {h: true},
    a: {h: true},
  },
);
test('a key after a merge overrides it', reads, 'x: &x {h: true}\na:\n  <<: *x\n  h: false\n', {
  x: {h: true},
  a: {h: false},
});
test('a quoted merge key is a key', reads, 'x: &x {h: 1}\na: {"<<": *x}\n', {
  x: {h: 1},
  a: {'<<': {h: 1}},
});
test('keys that are no texts', reads, 'yes: 1\n8: 2\n1.5: 3\n', {true: 1, 8: 2, 1.5: 3});
for (const [name, lineBreak] of [
  ['NEL', '\u0085'],
  ['LS', '\u2028'],
  ['PS', '\u2029'],
  ['CR', '\r'],
] as const) {
  test(`${name} ends a comment`, reads, `a: 1 # ${lineBreak}b: 2\n`, {a: 1, b: 2});
}
test('escapes in keys', reads, '"\\u006bind": Pod\n', {kind: 'Pod'});

test('kyaml reads the words of YAML 1.1 as texts, and lets own keys win', t => {
  const text = 'x: &x {h: on}\na:\n  h: 1\n  <<: *x\n';
  t.deepEqual(plain(readDocument(text, 0, text.length, 'kyaml').value), {x: {h: 'on'}, a: {h: 1}});
});

test('what readers disagree on is recorded', t => {
  const text = 'x: &x {h: 1}\na:\n  h: 2\n  <<: *x\na: 1\n';
  const kinds = readDocument(text, 0, text.length).ambiguities.map(({kind}) => kind);
  t.deepEqual(kinds, ['merge-override', 'duplicate-key']);
});

for (const dialect of ['kubernetes', 'kyaml'] as const) {
  test(`a key that follows a merge key is no ambiguity: ${dialect}`, t => {
    const text = 'x: &x {h: 1, k: 2}\na:\n  <<: *x\n  h: 2\n';
    const {value, ambiguities} = readDocument(text, 0, text.length, dialect);
    t.deepEqual(plain(value), {x: {h: 1, k: 2}, a: {h: 2, k: 2}});
    t.deepEqual(ambiguities, []);
  });
}

test('a hostile key changes no prototype', t => {
  const text = '__proto__: {hostNetwork: true}\n';
  const value = readDocument(text, 0, text.length).value as {[key: string]: Json};
  t.is(value['hostNetwork'], undefined);
});
