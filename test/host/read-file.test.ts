import {constants} from 'node:buffer';
import {mkdtempSync, truncateSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import path from 'node:path';
import test from 'ava';
import {UsageError} from '../../src/errors.ts';
import {readFile} from '../../src/host/read-file.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'kube-harden-read-'));

test('a file is read', t => {
  const file = path.join(folder, 'small.yaml');
  writeFileSync(file, 'a: b\n');
  t.is(new TextDecoder().decode(readFile(file)), 'a: b\n');
});

test('a file of holes that is longer than any string is not read', t => {
  const file = path.join(folder, 'holes.yaml');
  writeFileSync(file, '');
  truncateSync(file, constants.MAX_STRING_LENGTH + 1);
  const before = process.memoryUsage.rss();
  t.throws(() => readFile(file), {instanceOf: UsageError, message: /is longer than/});
  t.true(process.memoryUsage.rss() - before < constants.MAX_STRING_LENGTH / 2);
});

test('a file that is not there', t => {
  t.throws(() => readFile(path.join(folder, 'none.yaml')), {
    instanceOf: UsageError,
    message: 'the target does not exist',
  });
});
