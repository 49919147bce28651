import test from 'ava';
import {suggestion} from '../../src/text/suggest.ts';

const profiles = ['audit', 'essential', 'baseline', 'restricted', 'strict'];

const suggests = test.macro((t, value: string, expected: string) => {
  t.is(suggestion(value, profiles), expected);
});

test('a letter too few', suggests, 'restricte', ': did you mean "restricted"?');
test('two letters in each other’s place', suggests, 'stirct', ': did you mean "strict"?');
test('another case', suggests, 'Baseline', ': did you mean "baseline"?');
test('nothing like it', suggests, 'privileged', '');
test('no text', suggests, '', '');
test('a text too long to be a slip', suggests, 'strict'.repeat(100), '');
