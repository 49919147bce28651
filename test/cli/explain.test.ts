import {readFileSync} from 'node:fs';
import path from 'node:path';
import test from 'ava';
import {execa} from 'execa';
import {terminalPage} from '../../src/report/page-text.ts';
import {rules} from '../../src/rules/index.ts';
import {commandOf} from '../tools/executable.ts';
import {repository} from '../tools/tools.ts';

const run = (...args: readonly string[]) => execa(...commandOf(args), {reject: false});

const headings = (text: string) => [...text.matchAll(/^# (.*)$/gm)].map(([, name]) => name);

test('several rules, each once', async t => {
  const {stdout} = await run('explain', 'no-host-port', 'no-root', 'no-host-port');
  t.deepEqual(headings(stdout), ['no-host-port', 'no-root']);
});

test('a control of a standard stands for its rules', async t => {
  t.deepEqual(headings((await run('explain', 'C-0044')).stdout), ['C-0044', 'no-host-port']);
  t.deepEqual(headings((await run('explain', '5.2.12')).stdout), ['5.2.12', 'no-host-port']);
  const several = await run('explain', 't1611');
  t.true(headings(several.stdout).length > 3);
  t.regex((await run('explain', '5.3.1')).stdout, /No rule checks it: a property of the cluster/);
  const {stdout} = await run('explain', '5.2.12', 'C-0044');
  t.deepEqual(headings(stdout), ['5.2.12', 'no-host-port', 'C-0044']);
});

test('what is neither is refused, and hints at what is', async t => {
  for (const args of [['no-root', '9.9.9'], ['nope'], []]) {
    const {exitCode, stdout, stderr} = await run('explain', ...args);
    t.is(exitCode, 2);
    t.is(stdout, '');
    t.regex(stderr, /unknown rule|takes rules/);
  }
});

test('a page is wrapped and colored for a terminal, and Markdown in a pipe', t => {
  for (const {id} of rules) {
    const page = readFileSync(path.join(repository, 'docs/rules', `${id}.md`), 'utf8');
    t.is(terminalPage(page, {isColored: true, width: Number.POSITIVE_INFINITY}), page);
    const text = terminalPage(page, {isColored: false, width: 80});
    t.false(text.includes('```'));
    const prose = text.split('\n').filter(line => /^[A-Z]/.test(line));
    t.true(prose.every(line => line.length <= 80 || !line.includes(' ')));
  }
  const colored = terminalPage('# a\n\n```diff\n- b\n+ c\n```\n', {isColored: true, width: 80});
  t.is(colored, '\u001b[1ma\u001b[0m\n\n  \u001b[31m- b\u001b[0m\n  \u001b[32m+ c\u001b[0m\n');
});

test('the list of rules says what is rewritten, and by which profiles', async t => {
  const {stdout} = await run('rules');
  t.is(stdout.split('\n').length, rules.length);
  t.regex(stdout, /^no-host-port +high +rewrites +\S.* \(essential, .*strict, audit\)$/m);
  t.regex(stdout, /^no-shared-processes +\w+ +flags +\S.* \(strict, audit\)$/m);
  const narrow = (await run('rules', '--color=always')).stdout;
  t.true(narrow.includes('\u001b['));
});
