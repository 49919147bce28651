import {execFileSync} from 'node:child_process';
import {mkdtempSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import path from 'node:path';
import test, {type ExecutionContext} from 'ava';
import {editedText, type TextEdit} from '../../src/text/text-edit.ts';
import {type Section, unifiedDiff} from '../../src/text/unified-diff.ts';

const shown = (text: string, edits: readonly TextEdit[], sections: readonly Section[] = []) =>
  unifiedDiff(text, edits, sections).flatMap(({header, lines}) => [header, ...lines]);

/** git makes the edited text out of the diff. */
function isApplied(
  t: ExecutionContext,
  text: string,
  edits: readonly TextEdit[],
  sections: readonly Section[] = [],
): void {
  const folder = mkdtempSync(path.join(tmpdir(), 'unified-diff-'));
  try {
    const file = path.join(folder, 'a.yaml');
    writeFileSync(file, text);
    const lines = shown(text, edits, sections);
    const patch = ['--- a.yaml\tas rendered', '+++ a.yaml\thardened', ...lines, ''].join('\n');
    const args = ['apply', '-p0', '--whitespace=nowarn', '-'];
    if (lines.length > 0) execFileSync('git', args, {cwd: folder, input: patch});
    t.is(readFileSync(file, 'utf8'), editedText(text, edits), patch);
  } finally {
    rmSync(folder, {recursive: true});
  }
}

const numbered = Array.from({length: 20}, (_, index) => `line ${index + 1}\n`).join('');

/** An edit of the only place with `before`. */
function edit(text: string, before: string, replacement: string): TextEdit {
  const start = text.indexOf(before);
  return {start, end: start + before.length, replacement};
}

test('shows three lines around a change, and each change once', t => {
  const edits = [edit(numbered, 'line 5', 'five'), edit(numbered, 'line 17\n', '')];
  t.deepEqual(shown(numbered, edits), [
    '@@ -2,7 +2,7 @@',
    ' line 2',
    ' line 3',
    ' line 4',
    '-line 5',
    '+five',
    ' line 6',
    ' line 7',
    ' line 8',
    '@@ -14,7 +14,6 @@',
    ' line 14',
    ' line 15',
    ' line 16',
    '-line 17',
    ' line 18',
    ' line 19',
    ' line 20',
  ]);
  isApplied(t, numbered, edits);
});

test('edits of one line are one change', t => {
  const text = 'a: {b: 1, c: 2}\n';
  const edits = [edit(text, 'b: 1, ', ''), edit(text, '2', '3')];
  t.deepEqual(shown(text, edits), ['@@ -1 +1 @@', '-a: {b: 1, c: 2}', '+a: {c: 3}']);
});

test('lines at the ends of an edit that stay are context', t => {
  const edits = [edit(numbered, 'line 9\nline 10\nline 11\n', 'line 9\nten\nline 11\n')];
  t.deepEqual(
    shown(numbered, edits).filter(line => /^[-+]/.test(line)),
    ['-line 10', '+ten'],
  );
});

test('changes in different sections are apart, and context ends with a section', t => {
  const sections = [
    {start: numbered.indexOf('line 6\n'), title: 'Pod/a'},
    {start: numbered.indexOf('line 9\n'), title: 'Pod/b'},
  ];
  const edits = [edit(numbered, 'line 7', 'seven'), edit(numbered, 'line 10', 'ten')];
  t.deepEqual(shown(numbered, edits, sections), [
    '@@ -6,3 +6,3 @@ Pod/a',
    ' line 6',
    '-line 7',
    '+seven',
    ' line 8',
    '@@ -9,5 +9,5 @@ Pod/b',
    ' line 9',
    '-line 10',
    '+ten',
    ' line 11',
    ' line 12',
    ' line 13',
  ]);
  isApplied(t, numbered, edits, sections);
  const touching = [edit(numbered, 'line 8', 'eight'), edit(numbered, 'line 9', 'nine')];
  t.is(shown(numbered, touching, sections).filter(line => line.startsWith('@@')).length, 1);
  isApplied(t, numbered, touching, sections);
});

test('what is inserted below the last line of a section belongs to it', t => {
  const sections = [
    {start: 0, title: 'Pod/a'},
    {start: numbered.indexOf('line 9\n'), title: 'Pod/b'},
  ];
  const at = numbered.indexOf('line 9\n');
  const [header] = shown(numbered, [{start: at, end: at, replacement: 'new\n'}], sections);
  t.is(header, '@@ -6,4 +6,5 @@ Pod/a');
});

const end = (text: string, replacement: string): TextEdit => ({
  start: text.length,
  end: text.length,
  replacement,
});

for (const [name, text, edits] of [
  ['nothing is changed', numbered, []],
  ['a text without lines gets some', '', [end('', 'a: 1\n')]],
  ['lines are added at the end', numbered, [end(numbered, '---\nb: 1\n')]],
  ['a last line has no line end', 'a: 1\nb: 2', [edit('a: 1\nb: 2', '2', '3')]],
  ['a last line gets a line end', 'a: 1', [end('a: 1', '\n---\nb: 1\n')]],
  ['a last line changes and gets more', 'a: 1', [edit('a: 1', '1', '2'), end('a: 1', '\nb: 1\n')]],
  ['all lines go', 'a: 1\nb: 2', [{start: 0, end: 9, replacement: ''}]],
  ['line ends of Windows', 'a: 1\r\nb: 2\r\n', [edit('a: 1\r\nb: 2\r\n', '2', '3')]],
  ['lines are added at the start', numbered, [{start: 0, end: 0, replacement: 'a: 1\n---\n'}]],
] satisfies [string, string, TextEdit[]][]) {
  test(`git applies it: ${name}`, t => isApplied(t, text, edits));
}

test('git applies any edits', t => {
  let seed = 7;
  const random = (below: number) => {
    seed = (seed * 48_271) % 2_147_483_647;
    return seed % below;
  };
  for (let round = 0; round < 60; round++) {
    const text = Array.from({length: random(60)}, () => 'x'.repeat(random(4))).join('\n');
    const edits: TextEdit[] = [];
    let at = 0;
    while (at < text.length) {
      const start = Math.min(at + random(30), text.length);
      const stop = Math.min(start + random(12), text.length);
      edits.push({start, end: stop, replacement: 'y\nz'.slice(random(4))});
      at = stop + 1;
    }
    const sections = Array.from({length: random(8)}, () => random(text.length + 1))
      .sort((a, b) => a - b)
      .map(start => ({start, title: 'Pod/a'}));
    isApplied(t, text, edits, sections);
  }
});
