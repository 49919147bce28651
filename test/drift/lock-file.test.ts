import {readFileSync} from 'node:fs';
import test from 'ava';
import fc from 'fast-check';
import {parse} from 'yaml';
import {changesBetween} from '../../src/drift/compare.ts';
import {isLockFile, readLockFile, toLockFile} from '../../src/drift/lock-file.ts';
import type {Posture} from '../../src/drift/posture.ts';
import {UsageError} from '../../src/errors.ts';
import {charts, renderedFile} from '../fixtures/charts.ts';
import {corpusFiles} from '../tools/corpus-files.ts';
import {lockOf, postureIn, release, replaced} from './release.ts';

const sorted = (texts: Iterable<string>): readonly string[] => [...texts].sort();

test('a lock file is read as it was written, by every parser', t => {
  const files = [...charts.map(renderedFile), ...corpusFiles.slice(0, 10)];
  for (const text of [release, ...files.map(file => readFileSync(file, 'utf8'))]) {
    const posture = postureIn(text);
    const lock = toLockFile(posture);
    t.true(isLockFile(lock));
    const read = readLockFile(lock, 'in.lock');
    t.is(toLockFile(read), lock);
    t.deepEqual(changesBetween(posture, read), []);
    t.deepEqual(changesBetween(read, posture), []);
    const other = parse(lock) as {readonly objects: object; readonly findings: readonly string[]};
    t.deepEqual(sorted(Object.keys(other.objects)), sorted(posture.objects.keys()));
    t.is(other.findings.length, posture.findings.length);
  }
});

test('every fact has its line, in order', t => {
  const lines = lockOf(readFileSync(renderedFile('unsafe'), 'utf8')).split('\n');
  const end = lines.indexOf('exceptions: []');
  const titles = lines.slice(0, end).flatMap(line => /^ {2}(\S+):/.exec(line)?.[1] ?? []);
  t.deepEqual(titles, sorted(titles));
  for (const line of lines)
    t.regex(line, /^(?:#.*|\S+: .*|\S+:| {2}\S+: ?(?:\{\})?| {4}\w+:| +- .+)?$/);
});

test('no text of a manifest breaks the file', t => {
  const text = fc.oneof(
    fc.string({unit: 'grapheme', minLength: 1, maxLength: 12}),
    fc.constantFrom(
      'yes',
      'Y',
      'null',

      'a: b',
      'a #b',
      '- a',
      '"',
      "'",
      'a\nb',
      '\u2028',
      '\u0085',
      '<<',
      'null (low)',
      ' ',
    ),
  );
  fc.assert(
    fc.property(text, text, (title, line) => {
      const fact = {text: line, severity: 'low'} as const;
      const none = {
        account: [],
        exposure: [],
        leadsTo: [],
        reachableFrom: [],
        connectsTo: [],
        grants: [],
        admission: [],
      };
      const posture: Posture = {
        objects: new Map([
          [title, {facts: {images: [fact], privileges: [fact], ...none}, isHook: false}],
        ]),
        exceptions: [fact],
        findings: [{...fact, isExcepted: true}],
      };
      const lock = toLockFile(posture);
      const read = readLockFile(lock, 'in.lock');
      t.deepEqual([...read.objects.keys()], [title]);
      t.is(read.exceptions[0]?.text, line);
      t.is(toLockFile(read), lock);
      return true;
    }),
    {numRuns: 1000},
  );
});

/** The error for a lock file. */
function refusal(text: string): string {
  try {
    readLockFile(text, 'in.lock');
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    const {line, column} = error.place;
    return `${line}:${column} ${error.message}`;
  }
  return 'read';
}

const lock = lockOf(release);
const lineOf = (text: string, part: string): number =>
  text.slice(0, text.indexOf(part)).split('\n').length;

test('a broken lock file is refused with line and column', t => {
  const merged = lock.replace(
    '    privileges:',
    '<<<<<<< HEAD\n    privileges:\n=======\n>>>>>>> b',
  );
  for (const [text, expected] of [
    ['', '1:1 the lock file is empty'],
    [`${lock}---\n${lock}`, /^\d+:1 the lock file must be a single document$/],
    [
      lock.replace('objects:\n', '<<<<<<< HEAD\nobjects:\n=======\n>>>>>>> main\n'),
      /^4:1 the lock file has the marks of a merge conflict/,
    ],
    [merged, /the marks of a merge conflict|read/],
    [
      replaced(lock, 'v1alpha1', 'v2'),
      /^2:1 this kube-harden reads lock files of kube-harden\.io\/v1alpha1, not of kube-harden\.io\/v2: update/,
    ],
    ['apiVersion: v1\nkind: Baseline\n', /^1:1 a lock file must have `apiVersion: kube-harden/],
    [replaced(lock, 'kind: Baseline', 'kind: Pod'), /^3:1 a lock file must have `kind: Baseline`$/],
    [replaced(lock, 'findings:', 'finds:'), /^\d+:1 unknown key "finds"/],
    [replaced(lock, '    images:', '    image:'), /^\d+:5 unknown key "image"/],
    [replaced(lock, '    images:', '    hook: no\n    images:'), /^\d+:5 `hook` must be true/],
    ['a: [', /^1:\d+ /],
    ['- a\n', '1:1 a mapping was expected'],
    [replaced(lock, 'exceptions: []', 'exceptions: a'), /^\d+:1 `exceptions` must be a list$/],
    [replaced(lock, 'exceptions: []', 'exceptions: [a]'), /^\d+:14 a line must be a text/],
    [replaced(lock, 'exceptions: []', 'exceptions: [a (bad)]'), /^\d+:14 a line must be a text/],
    [replaced(lock, 'exceptions: []', 'exceptions: [{}]'), /^\d+:14 a line must be a text/],
    [
      replaced(lock, 'exceptions: []', 'exceptions: []\nexceptions: []'),
      `${lineOf(lock, 'exceptions: []') + 1}:1 the key "exceptions" is there twice: keep one of the two`,
    ],
    ['&a [*a, *a]', /^1:\d+ /],
  ] as const) {
    const told = refusal(text);
    if (typeof expected === 'string') t.is(told, expected);
    else t.regex(told, expected);
  }
});

test('two branches that change different objects merge without a conflict', t => {
  const one = lockOf(replaced(release, 'type: ClusterIP', 'type: NodePort')).split('\n');
  const other = lockOf(replaced(release, 'verbs: [get, list]', 'verbs: [get]')).split('\n');
  const base = lock.split('\n');
  const differing = (lines: readonly string[]) => lines.filter(line => !base.includes(line));
  t.deepEqual(differing(one), [
    '    exposure:',
    '      - node port for 80/TCP (high)',
    '      - Deployment/RELEASE on http (high)',
    '  - no-node-port Service/RELEASE spec.type=80/TCP (high)',
  ]);
  t.deepEqual(differing(other), ['      - configmaps [get] (low)']);
});

test('another name of the release changes no lock file of a real chart', t => {
  for (const file of corpusFiles) {
    const text = readFileSync(file, 'utf8');
    const renamed = text.replaceAll(/(?<!\w)rel(?!\w)/g, 'my-prod');
    t.is(lockOf(renamed), lockOf(text), file);
  }
});
