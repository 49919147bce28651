import test from 'ava';
import {helpOf, pages} from '../../src/commands/help.ts';
import {type Call, flags, flagsOf, readCall} from '../../src/host/call.ts';

const verbs = Object.keys(pages);

const reads = test.macro((t, line: string, expected: Partial<Call>) => {
  const args = line.split(' ').filter(word => word !== '');
  t.like(
    readCall(args, word => verbs.includes(word)),
    expected,
  );
});

for (const [line, verb, rest, more] of [
  ['', undefined, [], {}],
  ['audit a', 'audit', ['a'], {}],
  ['--fix-all render a', 'render', ['--fix-all', 'a'], {}],
  ['--profile audit', undefined, ['--profile', 'audit'], {}],
  ['--profile audit audit', 'audit', ['--profile', 'audit'], {}],
  ['--profile=audit audit', 'audit', ['--profile=audit'], {}],
  ['-f audit network a', 'network', ['-f', 'audit', 'a'], {}],
  ['-faudit network', 'network', ['-faudit'], {}],
  ['a audit', undefined, ['a', 'audit'], {unknown: 'a'}],
  ['--fix-all a audit', undefined, ['--fix-all', 'a', 'audit'], {unknown: undefined}],
  ['- audit', undefined, ['-', 'audit'], {unknown: '-'}],
  ['audit -- --help', 'audit', ['--', '--help'], {asks: undefined}],
  ['-- audit', undefined, ['--', 'audit'], {unknown: undefined}],
  ['-h audit', 'audit', ['-h'], {asks: 'help'}],
  ['--config --help', undefined, ['--config', '--help'], {asks: 'help'}],
  ['--version', undefined, ['--version'], {asks: 'version'}],
  ['audit --version', 'audit', ['--version'], {asks: undefined}],
] as const) {
  test(`reads ${JSON.stringify(line)}`, reads, line, {verb, rest, ...more});
}

test('options without a value are those that the pages of help show without one', t => {
  const lines = [undefined, ...verbs]
    .flatMap(verb => helpOf(verb).split('\n'))
    .filter(line => line.startsWith('  '));
  const found = lines.flatMap(line =>
    [...line.matchAll(/--([a-z][a-z-]*)(?=,| {2}|\]|$)/g)].map(([, name]) => name),
  );
  const own = Object.values(flagsOf).flatMap(names => names ?? []);
  t.deepEqual([...new Set([...found, 'help'])].sort(), [...flags, ...own].sort());
});
