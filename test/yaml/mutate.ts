import {type Choose, pick} from './choices.ts';

/** Difficult words to insert into documents. */
const words: readonly string[] = [
  ...[
    '\n',
    ' ',
    '  ',
    '\t',
    '\r',
    '\r\n',
    '\u0085',
    '\u2028',
    '\u2029',
    '\uFEFF',
    '\u00a0',
    '\n\n',
  ],
  ...[':', ': ', ':\n', '- ', '-', '? ', '?', ', ', ',', '#', ' # ', '\n# x\n', '"', "'", '\\'],
  ...['[', ']', '{', '}', '{}', '[]', '{a: 1}', '[a]', '[{a: 1}, b]', '{"a":1}'],
  ...['|', '>', '|-\n', '>+\n', '|2\n', '|\n', '>-\n  ', '| # x\n', '%', '@', '`', '%YAML 1.1\n'],
  ...[
    '\n---\n',
    '---',
    '--- ',
    '\n--- # x\n',
    '\n...\n',
    '...',
    '\n---\n...\n',
    '---x',
    '\n--- |\n',
  ],
  ...['&a ', '*a', '&a', '*a ', '<<', '<<: ', '<<: *a\n', '? <<\n: *a', '&b *a', '<<: [*a, *a]'],
  ...[
    '!!str ',
    '!!int ',
    '!!bool ',
    '!!binary ',
    '!!null',
    '!a ',
    '!<tag:yaml.org,2002:str> ',
    '! ',
    '!!merge ',
  ],
  ...['yes', 'on', 'n', 'null', '~', '0o17', '0x1F', '0b11', '8_080', '1:20', '.5', '-.inf', '1e3'],
  ...[
    '2001-12-14',
    '18446744073709551615',
    '-9223372036854775808',
    '1e400',
    '089',
    '-0',
    '+1',
    '=',
  ],
  ...['"\\u0041"', '"\\x41"', "'it''s'", '"a\n  b"', "'a\n\n b'", '"\\\n  "', '"a": ', "'a' : "],
  ...[
    '__proto__',
    'constructor',
    'toString',
    'a: ',
    'a: 1\n',
    'a:\n',
    '- a\n',
    '- - a\n',
    'é',
    '😀',
    '\0',
    '\x7f',
  ],
];

type Mutator = (text: string, choose: Choose, others: readonly string[]) => string;

const splice = (text: string, start: number, end: number, replacement: string): string =>
  text.slice(0, start) + replacement + text.slice(Math.max(start, end));

const place = (text: string, choose: Choose): number => choose(text.length + 1);

/** Applies `change` to the lines of `text`, of which one is chosen. */
const onLines =
  (change: (lines: string[], at: number, choose: Choose) => void): Mutator =>
  (text, choose) => {
    const lines = text.split('\n');
    change(lines, choose(lines.length), choose);
    return lines.join('\n');
  };

/** Puts a word in place of a scalar, or of what looks like one. */
const replaceScalar: Mutator = (text, choose) => {
  const scalars = [...text.matchAll(/[^\s:{}[\],'"#-][^\s:{}[\],'"#]*/g)];
  if (scalars.length === 0) return text;
  const scalar = pick(choose, scalars);
  return splice(text, scalar.index, scalar.index + scalar[0].length, pick(choose, words));
};

const insertWord: Mutator = (text, choose) => {
  const at = place(text, choose);
  return splice(text, at, at, pick(choose, words));
};

/** Inserts a word at the start or end of a token, where it matters most. */
const insertAtToken: Mutator = (text, choose) => {
  const edges = [...text.matchAll(/(?<=[\s:{}[\],'"#-])|(?=[\s:{}[\],'"#-])/g)];
  if (edges.length === 0) return insertWord(text, choose, []);
  const {index} = pick(choose, edges);
  return splice(text, index, index, pick(choose, words));
};

const cut: Mutator = (text, choose) => {
  const at = place(text, choose);
  return splice(text, at, at + 1 + choose(choose(4) === 0 ? 64 : 4), '');
};

const graft: Mutator = (text, choose, others) => {
  const other = pick(choose, others) ?? '';
  const from = place(other, choose);
  const at = place(text, choose);
  return splice(text, at, at, other.slice(from, from + choose(80)));
};

const mutators: readonly Mutator[] = [
  replaceScalar,
  replaceScalar,
  insertAtToken,
  insertAtToken,
  insertWord,
  cut,
  graft,
  onLines((lines, at) => lines.splice(at, 1)),
  onLines((lines, at, choose) => lines.splice(choose(lines.length), 0, lines[at] as string)),
  onLines((lines, at) => {
    lines[at] = ` ${lines[at]}`;
  }),
  onLines((lines, at) => {
    lines[at] = (lines[at] as string).replace(/^ /, '');
  }),
  onLines((lines, at) => {
    lines[at] = `${lines[at]} # x`;
  }),
  onLines((lines, at) => {
    lines[at] = `${lines[at]}\r`;
  }),
  (text, choose) => text.slice(0, place(text, choose)),
];

/** `text` with up to `most` difficult changes, with parts from `others`. */
export function mutate(
  text: string,
  choose: Choose,
  others: readonly string[],
  most: number,
): string {
  let mutated = text;
  for (let left = 1 + choose(most); left > 0; left--) {
    mutated = pick(choose, mutators)(mutated, choose, others);
  }
  return mutated;
}
