import test from 'ava';
import fc from 'fast-check';
import type {Composed} from '../../src/yaml/compose.ts';
import {YamlError} from '../../src/yaml/error.ts';
import type {Dialect} from '../../src/yaml/nodes.ts';
import {readAny} from '../../src/yaml/read.ts';
import {readSimple} from '../../src/yaml/read-simple.ts';
import {chooseAtRandom, pick} from './choices.ts';
import {documents} from './documents.ts';
import {mutate} from './mutate.ts';
import {documentsIn, readSeeds} from './seeds.ts';

/** All that a composed document consists of, for comparison. */
const partsOf = ({nodes, value, ambiguities}: Composed) => ({
  table: Array.from({length: nodes.count}, (_, index) => [
    nodes.kind(index),
    nodes.start(index),
    nodes.end(index),
    nodes.next(index),
    nodes.leads.get(index),
    nodes.names.get(index),
    nodes.merges.has(index),
  ]),
  value: JSON.stringify(value),
  ambiguities,
});

function readAnyOf(text: string, dialect: Dialect): Composed | undefined {
  try {
    return readAny(text, 0, text.length, dialect);
  } catch (error) {
    if (error instanceof YamlError) return undefined;
    throw error;
  }
}

/** Whether `text` is simple; if so, both must read the same. */
function isSimple(text: string, dialect: Dialect): boolean {
  const simple = readSimple(text, 0, text.length, dialect);
  if (simple === undefined) return false;
  const any = readAnyOf(text, dialect);
  const [one, other] = [partsOf(simple), any && partsOf(any)];
  if (JSON.stringify(one) === JSON.stringify(other)) return true;
  throw new Error(`read otherwise than by the whole parser: ${JSON.stringify(text)}`);
}

test('most documents of charts are simple', t => {
  const charts = documentsIn('charts-fixtures/rendered').filter(text => text.includes('kind:'));
  const simple = charts.filter(text => isSimple(text, 'kubernetes'));
  t.true(simple.length > charts.length / 2, `${simple.length} of ${charts.length}`);
});

test('what is simple is read as by the whole parser', t => {
  const seeds = readSeeds();
  const choose = chooseAtRandom(1);
  let simple = 0;
  for (let round = 0; round < 20_000; round++) {
    const seed = pick(choose, seeds);
    const text = round < seeds.length ? (seeds[round] as string) : mutate(seed, choose, seeds, 3);
    if (isSimple(text, round % 2 === 0 ? 'kubernetes' : 'kyaml')) simple++;
  }
  t.true(simple > 500, `only ${simple}`);
});

test('so is what is generated', t => {
  t.notThrows(() =>
    fc.assert(
      fc.property(documents, text => {
        isSimple(text, 'kubernetes');
      }),
      {numRuns: 3000},
    ),
  );
});

const simple = test.macro((t, text: string) => t.true(isSimple(text, 'kubernetes')));
const other = test.macro((t, text: string) => {
  t.is(readSimple(text, 0, text.length, 'kubernetes'), undefined);
});

test('items at the column of their key', simple, 'a:\n- b: 1\n  c:\n  - d\ne: x\n');
test('block scalars', simple, 'a: |\n  x: y\n\n   z\nb: >-\n  x\n  y\nc:\n  - |\n    x\n');
test('comments', simple, '# a\na: b # c\n   # d\nc: # e\n  d: "f" # g\n');
test('words with colons and hashes', simple, 'a: b:c#d e#f :g\nb: http://a/b#c\nc: --d=e\n');
test('flow sequences', simple, 'a: [b, "c d", 80 , \'e\']\nb: []\nc: {}\nd: [x,]\n');
test('quoted keys', simple, '"a b": c\nd:\n- "e/f": g\n');
test('what is quoted', simple, 'a: "b\\n\\"c"\nb: \'it\'\'s\'\nc: "d\n  e"\nf: ["\\t", x]\n');
test('values on a line of their own', simple, 'a:\n  {}\nb:\n  "c"\nd:\n  e f\n');
test('null', simple, 'a:\nb: ~\nc:\n  d:\n  e: null\n');

test('a plain scalar over two lines', other, 'a: b\n  c\n');
test('equal keys', other, 'a: 1\na: 2\n');
test('a key that is no text', other, 'yes: 1\n');
test('a quoted key twice', other, 'a: 1\n"a": 2\n');
test('a merge key', other, 'a: &a {b: 1}\nc:\n  <<: *a\n');
test('a line break that is no line feed', other, 'a: b # \u0085c: d\n');
test('no number in JSON', other, 'a: .inf\n');
test('a long line with colons', other, `a: ${'b:'.repeat(1_000_000)}\n`);
test('no line end', other, 'a: b');
