import test from 'ava';
import {wrapped} from '../../src/text/wrap.ts';

test('words move to the next line, which is indented', t => {
  t.is(wrapped([{text: 'one two three'}], 12, 'a: '), 'a: one two\n   three');
  t.is(wrapped([{text: 'one two three'}], 12, 'a: ', 1), 'a: one two\n three');
  t.is(wrapped([{text: 'one two three'}], Number.POSITIVE_INFINITY, 'a: '), 'a: one two three');
});

test('a word that is too long stays whole', t => {
  const word = 'x'.repeat(30);
  t.is(wrapped([{text: `a ${word} b`}], 12, '  '), `  a\n  ${word}\n  b`);
});

test('paint takes no columns', t => {
  const paint = (text: string) => `<${text}>`;
  t.is(
    wrapped([{text: 'one two', paint}, {text: 'six'}], 11, ''),
    '<one> <two>\nsix'.replace('\n', ' '),
  );
  t.is(wrapped([{text: 'one two', paint}, {text: 'six'}], 10, ''), '<one> <two>\nsix');
});

test('no line begins with a command to a CI system', t => {
  for (const command of ['::error::x', '::set-output', 'section_start:1:a', 'section_end:1:a']) {
    t.is(wrapped([{text: `one ${command} two`}], 8, ''), `one ${command}\ntwo`);
    t.is(wrapped([{text: `${command} two`}], 8, '  '), `  … ${command}\n  two`);
    t.is(wrapped([{text: `${command} two`}], 80, 'a: '), `a: ${command} two`);
  }
});
