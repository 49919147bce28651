import test from 'ava';
import {UsageError} from '../../src/errors.ts';
import {Room, requireRoom} from '../../src/host/input-size.ts';

const gigabyte = 1_000_000_000;
const filled = (text: string, size: number): Uint8Array =>
  Buffer.from(text.repeat(Math.ceil(size / text.length)).slice(0, size));

test('an input that Node may not have the memory for is refused before it is read', t => {
  const dense = filled('a,', 20_000_000);
  const error = t.throws(() => requireRoom(dense, 'in.yaml', 2 * gigabyte), {
    instanceOf: UsageError,
  });
  t.regex(error.message, /may need 2,660 MB of memory, and Node may use 2,000/);
  t.regex(error.message, /NODE_OPTIONS=--max-old-space-size=2537/);
  t.is(error.place.file, 'in.yaml');
  t.notThrows(() => requireRoom(dense, 'in.yaml', 3 * gigabyte));
});

test('of the same size, a text with few nodes is read', t => {
  t.notThrows(() => requireRoom(filled('a long line of text\n', 20_000_000), 'in', 2 * gigabyte));
});

test('a small input is always read', t => {
  t.notThrows(() => requireRoom(filled('a,', 8_000_000), 'in', 0));
});

test('inputs that are held together must fit together', t => {
  const room = new Room(2 * gigabyte);
  const half = filled('a,', 10_000_000);
  t.notThrows(() => room.take(half, 'one.yaml'));
  const error = t.throws(() => room.take(half, 'two.yaml'), {instanceOf: UsageError});
  t.regex(error.message, /may need 2,660 MB of memory/);
  t.is(error.place.file, 'two.yaml');
  t.notThrows(() => room.take(filled('a long line of text\n', 5_000_000), 'three.yaml'));
});
