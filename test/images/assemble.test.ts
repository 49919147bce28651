import test from 'ava';
import {entryOf} from '../../src/images/assemble.ts';
import type {LockedImage} from '../../src/images/image.ts';

const day = '2026-12-02';

test('the number of a group stays, also beside a user that is a number', t => {
  const digest = `sha256:${'0'.repeat(64)}`;
  const before: LockedImage = {
    digest,
    read: '2026-12-01',
    config: {user: '1000:queue', uid: 1000, gid: 998},
  };
  const config = {user: '1000:queue', uid: 1000};
  t.is(entryOf({digest, platforms: [], config}, day, before), before);
  const moved = `sha256:${'1'.repeat(64)}`;
  t.deepEqual(entryOf({digest: moved, platforms: [], config}, day, before), {
    digest: moved,
    read: day,
    config,
  });
});
