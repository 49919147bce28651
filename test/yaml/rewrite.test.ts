import test from 'ava';
import {append, applyEdits, type Edit, remove, set} from '../../src/edits.ts';
import {readDocument} from '../../src/yaml/read.ts';
import {rewriteDocument} from '../../src/yaml/rewrite.ts';
import {splitDocuments} from '../../src/yaml/split.ts';

const rewrites = test.macro((t, before: string, edits: readonly Edit[], after: string) => {
  const document = readDocument(before, 0, before.length);
  t.is(rewriteDocument(document, applyEdits(document.value, edits)), after);
});

test('leaves a document alone', rewrites, 'a:   1 # x\n', [], 'a:   1 # x\n');
test(
  'removes a pair with the comment on its line',
  rewrites,
  'a: 1\nb: 2 # x\nc: 3\n',
  [remove(['b'])],
  'a: 1\nc: 3\n',
);
test(
  'removes the last pair of a text without a last line break',
  rewrites,
  'a: 1\nb: 2',
  [remove(['b'])],
  'a: 1\n',
);
test(
  'keeps the quoting and the order of what stays',
  rewrites,
  '"a": \'1\'\nb: "x"\n',
  [set(['b'], 'z')],
  '"a": \'1\'\nb: z\n',
);
test(
  'removes a subtree',
  rewrites,
  'a: 1\nb:\n  c:\n    d: 1\n    e: 2\nf: 1\n',
  [remove(['b'])],
  'a: 1\nf: 1\n',
);
test(
  'removes the parents that are emptied',
  rewrites,
  'a: 1\nsecurityContext:\n  capabilities:\n    d: 1\n',
  [remove(['securityContext', 'capabilities', 'd'])],
  'a: 1\n',
);
test(
  'leaves an empty mapping that may mean something',
  rewrites,
  'a: 1\nb:\n  c:\n    d: 1 # x\n',
  [remove(['b', 'c', 'd'])],
  'a: 1\nb:\n  c: {}\n',
);
test(
  'removes the first pair of a list item',
  rewrites,
  'l:\n- a: 1 # x\n  b: 2\n',
  [remove(['l', 0, 'a'])],
  'l:\n- b: 2\n',
);
test(
  'removes list items, first and last',
  rewrites,
  'l:\n  - a\n  - b\n  - c # x\nm: 1\n',
  [remove(['l', 0]), remove(['l', 2])],
  'l:\n  - b\nm: 1\n',
);
test(
  'appends at the indentation of the list',
  rewrites,
  'l:\n- a\nm: 1\n',
  [append(['l'], 'b')],
  'l:\n- a\n- b\nm: 1\n',
);
test(
  'inserts a pair after the last line of a mapping',
  rewrites,
  'a:\n    b: 1\nc: 2\n',
  [set(['a', 'd', 'e'], false)],
  'a:\n    b: 1\n    d:\n        e: false\nc: 2\n',
);
test(
  'inserts after a block scalar',
  rewrites,
  'a:\n  b: |\n    x\n    y\nc: 2\n',
  [set(['a', 'd'], 1)],
  'a:\n  b: |\n    x\n    y\n  d: 1\nc: 2\n',
);
test(
  'gives a key without a value one',
  rewrites,
  'a:\nb: 1\n',
  [set(['a', 'c'], 1)],
  'a:\n  c: 1\nb: 1\n',
);
test(
  'keeps the comment and the blanks beside a key without a value',
  rewrites,
  'a:  # x\nb:  \n',
  [set(['a', 'c'], 1), set(['b'], 2)],
  'a:  # x\n  c: 1\nb: 2  \n',
);
test('fills an empty mapping', rewrites, 'a: {} # x\n', [set(['a', 'c'], 1)], 'a: {c: 1} # x\n');
test(
  'edits within a flow mapping',
  rewrites,
  'a: {b: 1, c: [x, z]} # w\n',
  [remove(['a', 'c', 0])],
  'a: {b: 1, c: [z]} # w\n',
);
test(
  'replaces the only pair of a mapping',
  rewrites,
  'a:\n  b: 1 # x\nc: 2\n',
  [remove(['a', 'b']), set(['a', 'd'], 2)],
  'a:\n  d: 2\nc: 2\n',
);
test(
  'keeps the ends of lines',
  rewrites,
  'a: 1\r\nb: 2\r\n',
  [set(['c', 'd'], 1)],
  'a: 1\r\nb: 2\r\nc:\r\n  d: 1\r\n',
);
test(
  'removes a key that stands twice, both times',
  rewrites,
  'a: 1\nb: 1\na: 2\n',
  [remove(['a'])],
  'b: 1\n',
);
test(
  'changes nothing else that shares an anchor',
  rewrites,
  'a: &x\n  b: 1\nc: *x\n',
  [set(['a', 'b'], 2)],
  'a: &x\n  b: 2\nc:\n  b: 1\n',
);
test(
  'removes what a merge key brings',
  rewrites,
  'a: &x {b: 1, d: 1}\nc:\n  <<: *x\n',
  [remove(['c', 'b'])],
  'a: &x {b: 1, d: 1}\nc:\n  d: 1\n',
);
test(
  'quotes a text that a reader could take for something else',
  rewrites,
  'a: 1\n',
  [set(['b'], 'yes'), set(['c'], '0o17'), set(['d'], 'a: b'), set(['e'], '1:20')],
  'a: 1\nb: "yes"\nc: "0o17"\nd: "a: b"\ne: "1:20"\n',
);

test(
  'writes out an alias where its own value differs',
  rewrites,
  'a: &x\n  b: 1 # kept\nc: *x # too\nd:\n  - *x\n',
  [set(['c', 'b'], 2)],
  'a: &x\n  b: 1 # kept\nc:\n  b: 2 # too\nd:\n  - *x\n',
);
test(
  'writes out the aliases of an anchor that goes',
  rewrites,
  'a: &x {b: 1}\nc: [*x, 1]\nd:\n  <<: *x\n  e: 1\n',
  [remove(['a'])],
  'c: [{b: 1}, 1]\nd:\n  b: 1\n  e: 1\n',
);
test(
  'edits the pair that counts of two',
  rewrites,
  'a: 1 # old\na: 2 # new\nb: 1\n',
  [set(['a'], 3)],
  'a: 1 # old\na: 3 # new\nb: 1\n',
);
test(
  'indents a list as the document does',
  rewrites,
  'a:\n  - b\nc:\n  d: 1\n',
  [append(['c', 'l'], 'x')],
  'a:\n  - b\nc:\n  d: 1\n  l:\n    - x\n',
);
test(
  'edits JSON line by line',
  rewrites,
  '{\n  "a": 1,\n  "b": [1.50, 2],\n  "c": {"d": 1}\n}\n',
  [remove(['a']), remove(['b', 1]), set(['e'], true)],
  '{\n  "b": [1.50],\n  "c": {"d": 1},\n  "e": true\n}\n',
);
test(
  'removes the last entries of a flow collection with their commas',
  rewrites,
  'a: {b: 1, c: 2, d: 3}\n',
  [remove(['a', 'c']), remove(['a', 'd'])],
  'a: {b: 1}\n',
);
test(
  'puts a scalar in place of lines',
  rewrites,
  'a:\n  b: |\n    x\n  c:\n    d: 1\ne: 1\n',
  [set(['a', 'b'], 'z'), set(['a', 'c'], 2)],
  'a:\n  b: z\n  c: 2\ne: 1\n',
);

test(
  'edits JSON without spaces',
  rewrites,
  '{"a":1,"b":{"c":[1]}}\n',
  [remove(['a']), append(['b', 'c'], 2), set(['d'], 'x')],
  '{"b":{"c":[1,2]},"d":"x"}\n',
);

test(
  'escapes in JSON what YAML takes for a line break',
  rewrites,
  '{"a":1}\n',
  [set(['a'], 'x\u0085y\u2028z')],
  '{"a":"x\\u0085y\\u2028z"}\n',
);

test(
  'removes a key behind a question mark with its lines',
  rewrites,
  '? \n ---\na: 1\n',
  [remove(['---'])],
  'a: 1\n',
);
test(
  'removes a key behind a question mark from a flow mapping',
  rewrites,
  'a: {? hostNetwork : true, b: 1}\n',
  [remove(['a', 'hostNetwork'])],
  'a: {b: 1}\n',
);
test(
  'removes a key whose colon has a line of its own',
  rewrites,
  '? a\n # x\n:\nb: 1\n',
  [remove(['a'])],
  'b: 1\n',
);
test(
  'gives a key behind a question mark a value',
  rewrites,
  '? a\n? b\n: |\n  x\n',
  [set(['a', 'c'], 1), set(['b'], 2)],
  '? a\n:\n  c: 1\n? b\n: 2\n',
);
test(
  'keeps the comments after the last key that goes',
  rewrites,
  '# head\na: 1 # x\n# tail\n',
  [remove(['a'])],
  '# head\n{}\n# tail\n',
);
test(
  'keeps what stands after an object that is written anew',
  rewrites,
  'a: &x 1\na: *x\n# tail\n',
  [remove(['a']), set(['b'], 1)],
  'b: 1\n# tail\n',
);
test(
  'keeps a comment between the first pair of an item and the next',
  rewrites,
  'l:\n- a: 1 # x\n  # y\n  b: 2\n',
  [remove(['l', 0, 'a'])],
  'l:\n-\n  # y\n  b: 2\n',
);
test(
  'replaces a scalar with its tag, and keeps an anchor',
  rewrites,
  'a: !!int "1"\nb: &x 1 # y\n',
  [set(['a'], 'z'), set(['b'], 2)],
  'a: z\nb: &x 2 # y\n',
);
test(
  'gives empty items a value',
  rewrites,
  'l:\n-\n- &x |\n  a\n- # y\n',
  [set(['l', 0], 1), set(['l', 1], 2), set(['l', 2, 'b'], 3)],
  'l:\n- 1\n- 2\n- b: 3 # y\n',
);
test(
  'adds to a last key that had no value, and to its mapping',
  rewrites,
  'a:\n  b:\nc: 1\n',
  [set(['a', 'd'], 1), set(['a', 'b', 'e'], 2)],
  'a:\n  b:\n    e: 2\n  d: 1\nc: 1\n',
);
test(
  'removes items of a list in a list',
  rewrites,
  'l:\n- - a\n  - b\n- - c\n',
  [remove(['l', 0, 0]), remove(['l', 1])],
  'l:\n- - b\n',
);
test(
  'ends lines where YAML does',
  rewrites,
  'a: 1\rb: 2 # x\u2028c: 3\u0085',
  [remove(['b'])],
  'a: 1\rc: 3\u0085',
);
test(
  'removes a merge key that has nothing left to bring',
  rewrites,
  'a: &x {b: 1}\nc:\n  <<: *x # y\n  d: 1\n',
  [remove(['c', 'b'])],
  'a: &x {b: 1}\nc:\n  d: 1\n',
);
test(
  'writes out a merge of an alias and a mapping beside it',
  rewrites,
  'x: &x {h: 1}\na:\n  <<:\n  - *x\n  - {i: 1}\n',
  [set(['a', 'h'], 2)],
  'x: &x {h: 1}\na:\n  h: 2\n  i: 1\n',
);
test(
  'empties a list that stands at the column of its key',
  rewrites,
  'a:\n  l:\n  - b # x\n  c: 1\n',
  [set(['a', 'l'], [])],
  'a:\n  l: []\n  c: 1\n',
);
test(
  'removes the comments that are indented like parts of what goes',
  rewrites,
  'a: |\nb:\n  c: 1\n  # x\n\n  # x\n# y\nd: 1\n',
  [remove(['b'])],
  'a: |\n# y\nd: 1\n',
);
test(
  'writes nothing but the object where what stands around it would be misread',
  rewrites,
  '\u2028a: 1\n',
  [remove(['a'])],
  '{}\n',
);
test(
  'never begins a text with a separator that is none',
  rewrites,
  'a: 1\n\u00a0--- b: c\n',
  [remove(['a'])],
  '"\u00a0--- b": c\n',
);
test(
  'gives up JSON for a key that is longer than JSON may have it in YAML',
  rewrites,
  `{${'k'.repeat(1023)}}\n`,
  [set(['k'.repeat(1023), 'a'], 1)],
  `? ${'k'.repeat(1023)}\n:\n  a: 1\n`,
);
test(
  'writes anew what a merge key overrides',
  rewrites,
  'x: &x {l: [1, 2]}\na: {l: [3], <<: *x}\n',
  [remove(['a', 'l', 0])],
  'x:\n  l:\n  - 1\n  - 2\na:\n  l:\n  - 2\n',
);
test(
  'removes a merge key beside a dash',
  rewrites,
  'x: &x {b: 1}\nl:\n- <<: *x\n  c: 1\n',
  [remove(['l', 0, 'b'])],
  'x: &x {b: 1}\nl:\n- c: 1\n',
);
test(
  'keeps an anchor apart from the value that takes the place of one glued to it',
  rewrites,
  'a: &x:r\nb: 1\n',
  [set(['a'], 0)],
  'a: &x 0\nb: 1\n',
);

test(
  'a comment right behind a quoted text stays one',
  rewrites,
  'a: "yes"#x\nb: 1\n',
  [set(['a'], false)],
  'a: false #x\nb: 1\n',
);

test('a document ends its last line before a separator', t => {
  const before = "'a':\n'':\n\r! a:\n n:\n---\nb: 1\n";
  const document = readDocument(before, 0, before.indexOf('---'));
  const after = rewriteDocument(
    document,
    applyEdits(document.value, [remove(['a', 'false']), remove([''])]),
  );
  t.is(splitDocuments(after + before.slice(before.indexOf('---'))).length, 2);
});
test(
  'a comment above the first entry of a flow mapping stands there once',
  rewrites,
  'a: {\r\n  # why\r\n  b: 1}\r\n',
  [set(['a', 'c'], 2), set(['a', 'd'], 3)],
  'a: {\r\n  # why\r\n  b: 1,\r\n  c: 2,\r\n  d: 3}\r\n',
);
test(
  'a comment above the first item of a flow list stands there once',
  rewrites,
  'a: [\n  # net\n  b, c\n]\n',
  [append(['a'], 'd')],
  'a: [\n  # net\n  b, c,\n  d\n]\n',
);

test(
  'adds below a last line without a line break',
  rewrites,
  'a:\n  b: 1',
  [set(['a', 'c'], 2)],
  'a:\n  b: 1\n  c: 2',
);
test(
  'adds in place of a last line without a line break, and leaves no empty one',
  rewrites,
  'a:\r\n  b: 1\r\n  d: 3',
  [remove(['a', 'd']), set(['a', 'c'], 2)],
  'a:\r\n  b: 1\r\n  c: 2',
);

test(
  'an emptied list leaves the comment beside its key, and the other lines as they were',
  rewrites,
  'a: # why\n- 1\n? g\n: 1\n',
  [remove(['a', 0])],
  'a: [] # why\n? g\n: 1\n',
);
