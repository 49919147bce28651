import {mkdirSync, mkdtempSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import path from 'node:path';
import test from 'ava';
import {execa} from 'execa';
import fc from 'fast-check';
import {resolvePolicy} from '../../src/config/resolve.ts';
import {changesBetween} from '../../src/drift/compare.ts';
import {postureOf} from '../../src/drift/posture-of.ts';
import {harden} from '../../src/harden.ts';
import {networkReport} from '../../src/network-report.ts';
import {driftFormats} from '../../src/report/drift/formats.ts';
import {formats} from '../../src/report/formats.ts';
import {networkFormats} from '../../src/report/network/formats.ts';
import {toSummary} from '../../src/report/text.ts';
import {readStream} from '../../src/stream/manifest-stream.ts';
import {safeMarkdown} from '../../src/text/safe-markdown.ts';
import {safeText} from '../../src/text/safe-text.ts';
import {commandsIn} from '../report/workflow-commands.ts';
import {commandOf, executable} from '../tools/executable.ts';
import {hostile, manifestOf, quoted} from './hostile.ts';

/** What begins a command to GitHub Actions, Azure Pipelines, TeamCity or GitLab CI. */
const isCommand = (line: string): boolean =>
  /^\s*::|^\s*section_(?:start|end):|##\w*\[/u.test(line) || /\r/.test(line);

/** What would begin a command in a report of workflow commands, and is none of its annotations. */
const foreignCommands = (report: string): readonly string[] =>
  report.split('\n').filter(line => isCommand(line) && !isAnnotation(line));

function isAnnotation(line: string): boolean {
  const [command, ...more] = commandsIn(line);
  if (command === undefined || more.length > 0 || isCommand(line.replace('::', ''))) return false;
  const {name, properties, data} = command;
  return (
    /^(?:error|warning|notice)$/.test(name) &&
    Object.keys(properties).join() === 'file,line,col,title' &&
    properties['file'] === 'in.yaml' &&
    /^[^\n]+\n[^\n]+$/.test(data)
  );
}

/** Invisible characters and control characters of terminals, except line ends. */
const isUnseen = (text: string): boolean =>
  /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}\u2800]/u.test(
    text.replaceAll('\n', ''),
  );

/** The text less its code spans and fenced code, as CommonMark finds them. */
const withoutCode = (markdown: string): string =>
  markdown
    .replace(/^```yaml\n(?:.*\n)*?```$/gm, '')
    .split('\n')
    .map(line => line.replace(/(?<!`)(`+)(?!`).*?(?<!`)\1(?!`)/g, '□'))
    .join('\n');

const isActive = (markdown: string): boolean =>
  /[@<>&$~^%!`]|(?<!\\)[[\]{}]|#\d|[a-z]:\/\/|www\.|\b(?:GH|ABC)-\d|(?<!\\)_\w+_|\b[\da-f]{40}\b/.test(
    withoutCode(markdown)
      .replace(/^# kube-harden report$/gm, '')
      .replace(/\*\*The stream was refused\*\*/, ''),
  );

/** All that is printed about `text`, by the name of the format. */
function printed(text: string): Readonly<Record<string, string>> {
  const policy = resolvePolicy({profiles: ['audit']});
  const {text: _, ...result} = harden(manifestOf(text), 'in.yaml', policy);
  const report = {...result, policy, refusal: text};
  const stream = readStream(manifestOf(text), 'in.yaml');
  const network = networkReport(stream, policy);
  const posture = postureOf(stream, policy);
  const changes = changesBetween({objects: new Map(), exceptions: [], findings: []}, posture);
  const drift = {before: text, after: text, changes};
  return {
    summary: toSummary(report),
    ...Object.fromEntries(Object.entries(formats).map(([name, write]) => [name, write(report)])),
    ...Object.fromEntries(
      Object.entries(driftFormats).map(([name, write]) => [`diff ${name}`, write(drift)]),
    ),
    ...Object.fromEntries(
      Object.entries(networkFormats).map(([name, write]) => [`network ${name}`, write(network)]),
    ),
  };
}

for (const text of hostile) {
  test(`a report shows it, and it does nothing: ${safeText(text)}`, async t => {
    const call = await execa(executable, ['--block-on=low'], {
      input: manifestOf(text),
      reject: false,
    });
    t.is(call.exitCode, 1);
    for (const [format, shown] of Object.entries({...printed(text), stderr: call.stderr})) {
      if (format === 'github') t.deepEqual(foreignCommands(shown), []);
      else t.deepEqual(shown.split('\n').filter(isCommand), [], format);
      t.false(isUnseen(shown), format);
      if (format.endsWith('markdown')) t.false(isActive(shown), withoutCode(shown));
    }
  });
}

test('what a chart says when it fails is told behind words of our own', async t => {
  const cwd = mkdtempSync(path.join(tmpdir(), 'kube-harden-reports-'));
  const PATH = path.join(cwd, 'tools');
  for (const folder of ['tools', 'chart']) mkdirSync(path.join(cwd, folder));
  writeFileSync(path.join(cwd, 'chart/Chart.yaml'), 'name: a\n');
  const script = `#!/bin/sh\nprintf '%s' "$TEXT" >&2\nexit 1\n`;
  writeFileSync(path.join(PATH, 'helm'), script, {mode: 0o755});
  for (const text of hostile) {
    const {stderr} = await execa(...commandOf(['audit', 'chart']), {
      cwd,
      env: {
        PATH,
        TEXT: `Error: a
${text}
::error::b`,
      },
      extendEnv: false,
      reject: false,
    });
    t.regex(stderr, /helm could not render the chart/);
    t.deepEqual(stderr.split('\n').filter(isCommand), []);
    t.false(isUnseen(stderr), stderr);
  }
});

test('names of files, keys and options are told safely', async t => {
  const cwd = mkdtempSync(path.join(tmpdir(), 'kube-harden-reports-'));
  for (const [index, text] of hostile.entries()) {
    const name = `${text.replaceAll('/', '_')}.yaml`;
    mkdirSync(path.join(cwd, `${index}`));
    writeFileSync(path.join(cwd, `${index}`, name), 'kind: Pod\nkind: [\n');
    writeFileSync(path.join(cwd, `${index}.yaml`), `${quoted(text)}: 1\n`);
    for (const args of [
      ['audit', `${index}`],
      ['rules', `--format=${text}`],
      ['guard', `--config=${index}.yaml`],
      ['render', '--', text],
    ]) {
      const {stderr, stdout, exitCode} = await execa(executable, args, {
        cwd,
        input: '',
        reject: false,
      });
      t.is(exitCode, 2, args.join(' '));
      t.is(stdout, '');
      t.deepEqual(stderr.split('\n').filter(isCommand), [], args.join(' '));
      t.false(isUnseen(stderr), args.join(' '));
    }
  }
});

test('whatever the text, Markdown makes code of what could act', t => {
  const part = fc.oneof(
    fc.constantFrom(...hostile, '`', '``', '|', '\\', ' ', '`a`', '@a', '_a_'),
    fc.string({unit: 'grapheme', maxLength: 4}),
  );
  const words = fc.array(part, {maxLength: 8}).map(parts => parts.join(''));
  fc.assert(
    fc.property(words, text => {
      const markdown = safeMarkdown(text);
      return !isActive(markdown) && !/(?<!\\)\|/.test(markdown) && !isUnseen(markdown);
    }),
    {numRuns: 20_000},
  );
  t.pass();
});

test('what is no more than words stays words', t => {
  t.is(
    safeMarkdown('`hostPort` opens port 80 of "web": see'),
    '`hostPort` opens port 80 of "web": see',
  );
  t.is(safeMarkdown('a_b (c), d-e; f=g'), 'a\\_b (c), d-e; f=g');
  t.is(safeMarkdown('see @a|b [c](d)'), 'see `@a`\\|b \\[c\\](d)');
  t.is(safeMarkdown('a`b'), 'a`` `b ``');
  t.is(safeMarkdown('`'), '`` ` ``');
});
