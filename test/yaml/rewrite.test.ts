import test from 'ava';
import {append, applyEdits, type Edit, remove, set} from '../../src/edits.ts';
import {readDocument} from '../../src/yaml/read.ts';
import {rewriteDocument} from '../../src/yaml/rewrite.ts';
import {splitDocuments} from '../../src/yaml/split.ts';

const rewrites = test.macro((t, before: string, edits: readonly Edit[], after: string) => {
  const document = readDocument(before, 0, before.length);
  t.is(rewriteDocument(document, applyEdits(document.value, edits)).text, after);
});

test('leaves a document alone', rewrites, 'a:   1 # x\n', [], 'a:   1 # x\n');
test(
  'removes a pair with the comment on its line',
  rewrites,
  `a: 1
b: 2 # x
c: 3
`,
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
  `a: 1
b:
  c:
    d: 1
    e: 2
f: 1
`,
  [remove(['b'])],
  'a: 1\nf: 1\n',
);
test(
  'removes the parents that are emptied',
  rewrites,
  `a: 1
securityContext:
  capabilities:
    d: 1
`,
  [remove(['securityContext', 'capabilities', 'd'])],
  'a: 1\n',
);
test(
  'leaves an empty mapping that may mean something',
  rewrites,
  `a: 1
b:
  c:
    d: 1 # x
`,
  [remove(['b', 'c', 'd'])],
  `a: 1
b:
  c: {}
`,
);
test(
  'removes the first pair of a list item',
  rewrites,
  `l:
- a: 1 # x
  b: 2
`,
  [remove(['l', 0, 'a'])],
  'l:\n- b: 2\n',
);
test(
  'removes list items, first and last',
  rewrites,
  `l:
  - a
  - b
  - c # x
m: 1
`,
  [remove(['l', 0]), remove(['l', 2])],
  `l:
  - b
m: 1
`,
);
test(
  'appends at the indentation of the list',
  rewrites,
  `l:
- a
m: 1
`,
  [append(['l'], 'b')],
  `l:
- a
- b
m: 1
`,
);
test(
  'inserts a pair after the last line of a mapping',
  rewrites,
  `a:
    b: 1
c: 2
`,
  [set(['a', 'd', 'e'], false)],
  `a:
    b: 1
    d:
        e: false
c: 2
`,
);
test(
  'inserts after a block scalar',
  rewrites,
  `a:
  b: |
    x
    y
c: 2
`,
  [set(['a', 'd'], 1)],
  `a:
  b: |
    x
    y
  d: 1
c: 2
`,
);
test(
  'gives a key without a value one',
  rewrites,
  'a:\nb: 1\n',
  [set(['a', 'c'], 1)],
  `a:
  c: 1
b: 1
`,
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
  `a:
  b: 1 # x
c: 2
`,
  [remove(['a', 'b']), set(['a', 'd'], 2)],
  `a:
  d: 2
c: 2
`,
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
  `a: 1
b: 1
a: 2
`,
  [remove(['a'])],
  'b: 1\n',
);
test(
  'changes nothing else that shares an anchor',
  rewrites,
  `a: &x
  b: 1
c: *x
`,
  [set(['a', 'b'], 2)],
  `a: &x
  b: 2
c:
  b: 1
`,
);
test(
  'removes what a merge key brings',
  rewrites,
  `a: &x {b: 1, d: 1}
c:
  <<: *x
`,
  [remove(['c', 'b'])],
  `a: &x {b: 1, d: 1}
c:
  d: 1
`,
);
test(
  'quotes a text that a reader could take for something else',
  rewrites,
  'a: 1\n',
  [set(['b'], 'yes'), set(['c'], '0o17'), set(['d'], 'a: b'), set(['e'], '1:20')],
  `a: 1
b: "yes"
c: "0o17"
d: "a: b"
e: "1:20"
`,
);

test(
  'writes out an alias where its own value differs',
  rewrites,
  `a: &x
  b: 1 # kept
c: *x # too
d:
  - *x
`,
  [set(['c', 'b'], 2)],
  `a: &x
  b: 1 # kept
c:
  b: 2 # too
d:
  - *x
`,
);
test(
  'writes out the aliases of an anchor that goes',
  rewrites,
  `a: &x {b: 1}
c: [*x, 1]
d:
  <<: *x
  e: 1
`,
  [remove(['a'])],
  `c: [{b: 1}, 1]
d:
  b: 1
  e: 1
`,
);
test(
  'edits the pair that counts of two',
  rewrites,
  `a: 1 # old
a: 2 # new
b: 1
`,
  [set(['a'], 3)],
  `a: 1 # old
a: 3 # new
b: 1
`,
);
test(
  'indents a list as the document does',
  rewrites,
  `a:
  - b
c:
  d: 1
`,
  [append(['c', 'l'], 'x')],
  `a:
  - b
c:
  d: 1
  l:
    - x
`,
);
test(
  'edits JSON line by line',
  rewrites,
  `{
  "a": 1,
  "b": [1.50, 2],
  "c": {"d": 1}
}
`,
  [remove(['a']), remove(['b', 1]), set(['e'], true)],
  `{
  "b": [1.50],
  "c": {"d": 1},
  "e": true
}
`,
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
  `a:
  b: |
    x
  c:
    d: 1
e: 1
`,
  [set(['a', 'b'], 'z'), set(['a', 'c'], 2)],
  `a:
  b: z
  c: 2
e: 1
`,
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
  `? a
 # x
:
b: 1
`,
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
  `# head
a: 1 # x
# tail
`,
  [remove(['a'])],
  `# head
{}
# tail
`,
);
test(
  'keeps what stands after an object that is written anew',
  rewrites,
  `a: &x 1
a: *x
# tail
`,
  [remove(['a']), set(['b'], 1)],
  'b: 1\n# tail\n',
);
test(
  'keeps a comment between the first pair of an item and the next',
  rewrites,
  `l:
- a: 1 # x
  # y
  b: 2
`,
  [remove(['l', 0, 'a'])],
  `l:
-
  # y
  b: 2
`,
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
  `l:
-
- &x |
  a
- # y
`,
  [set(['l', 0], 1), set(['l', 1], 2), set(['l', 2, 'b'], 3)],
  `l:
- 1
- 2
- b: 3 # y
`,
);
test(
  'adds to a last key that had no value, and to its mapping',
  rewrites,
  `a:
  b:
c: 1
`,
  [set(['a', 'd'], 1), set(['a', 'b', 'e'], 2)],
  `a:
  b:
    e: 2
  d: 1
c: 1
`,
);
test(
  'removes items of a list in a list',
  rewrites,
  `l:
- - a
  - b
- - c
`,
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
  `a: &x {b: 1}
c:
  <<: *x # y
  d: 1
`,
  [remove(['c', 'b'])],
  `a: &x {b: 1}
c:
  d: 1
`,
);
test(
  'writes out a merge of an alias and a mapping beside it',
  rewrites,
  `x: &x {h: 1}
a:
  <<:
  - *x
  - {i: 1}
`,
  [set(['a', 'h'], 2)],
  `x: &x {h: 1}
a:
  h: 2
  i: 1
`,
);
test(
  'empties a list that stands at the column of its key',
  rewrites,
  `a:
  l:
  - b # x
  c: 1
`,
  [set(['a', 'l'], [])],
  `a:
  l: []
  c: 1
`,
);
test(
  'removes the comments that are indented like parts of what goes',
  rewrites,
  `a: |
b:
  c: 1
  # x

  # x
# y
d: 1
`,
  [remove(['b'])],
  `a: |
# y
d: 1
`,
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
  `x:
  l:
  - 1
  - 2
a:
  l:
  - 2
`,
);
test(
  'removes a merge key beside a dash',
  rewrites,
  `x: &x {b: 1}
l:
- <<: *x
  c: 1
`,
  [remove(['l', 0, 'b'])],
  `x: &x {b: 1}
l:
- c: 1
`,
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
  const {text: after} = rewriteDocument(
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
  `a: [
  # net
  b, c
]
`,
  [append(['a'], 'd')],
  'a: [\n  # net\n  b, c,\n  d\n]\n',
);

test(
  'adds below a last line without a line break',
  rewrites,
  'a:\n  b: 1',
  [set(['a', 'c'], 2)],
  `a:
  b: 1
  c: 2`,
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
  `a: # why
- 1
? g
: 1
`,
  [remove(['a', 0])],
  'a: [] # why\n? g\n: 1\n',
);
