import test from 'ava';
import {Comments} from '../../src/evidence/comments.ts';
import {Locator} from '../../src/yaml/locate.ts';
import {readDocument} from '../../src/yaml/read.ts';

const commentAt = (text: string, path: readonly string[]): string | undefined =>
  new Comments(text).at(new Locator(readDocument(text, 0, text.length)), path);

const finds = test.macro((t, text: string, expected: string | undefined) => {
  t.is(commentAt(text, ['spec', 'hostPID']), expected);
});

test('behind the field', finds, 'spec:\n  hostPID: true # needed by top\n', 'needed by top');
test(
  'above the field, over two lines',
  finds,
  `spec:
  a: 1
  # needed
  # by top
  hostPID: true
`,
  'needed by top',
);
test(
  'above the mapping whose first key it is',
  finds,
  `# needed by top
spec:
  hostPID: true
`,
  'needed by top',
);
test(
  'above another field',
  finds,
  `# needed by top
spec:
  a: 1
  hostPID: true
`,
  undefined,
);
test('lines that end as on Windows', finds, 'spec:\r\n  hostPID: true # needed\r\n', 'needed');
test('a text with a #', finds, 'spec:\n  hostPID: "a # needed"\n', undefined);
test('a comment that gives no reason', finds, 'spec:\n  hostPID: true # true\n', undefined);
test('a comment that denies it', finds, 'spec:\n  hostPID: true # not needed\n', undefined);

test('a line is read once, however long it is and however many fields it has', t => {
  const keys = Array.from({length: 20_000}, (_, index) => `k${index}`);
  const text = `spec: {${keys.map(key => `${key}: 1`).join(', ')}}\n`;
  const comments = new Comments(text);
  const locator = new Locator(readDocument(text, 0, text.length));
  const start = performance.now();
  for (const key of keys) t.is(comments.at(locator, ['spec', key]), undefined);
  t.true(performance.now() - start < 5000);
});
