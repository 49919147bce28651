import test from 'ava';
import {notesOf, released} from '../../scripts/release/changelog.ts';

const changelog = `# Changelog

## [Unreleased]

### Added

- A rule.

## [0.2.0] - 2026-11-01

### Fixed

- A fault; $& and $1 stay as they are.

## [0.1.0] - 2026-10-01

First release.
`;

test('a release takes over what is unreleased', t => {
  const after = released(changelog, '0.3.0', '2026-12-01');
  t.is(
    after,
    changelog.replace('## [Unreleased]\n', '## [Unreleased]\n\n## [0.3.0] - 2026-12-01\n'),
  );
  t.is(notesOf(after, '0.3.0'), '### Added\n\n- A rule.');
});

test('the last section ends with the file', t => {
  const only = '# Changelog\n\n## [Unreleased]\n\n## [0.1.0] - 2026-10-01\n\nFirst release.\n';
  t.is(notesOf(only, '0.1.0'), 'First release.');
});

test('a version is released once', t => {
  for (const version of ['0.1.0', '0.2.0']) {
    t.throws(() => released(changelog, version, '2026-12-01'), {message: /as released/});
  }
});

test('a release must have content', t => {
  const empty = changelog.replace(/### Added\n\n- A rule.\n\n/, '');
  t.throws(() => released(empty, '0.3.0', '2026-12-01'), {message: /nothing to release/});
  t.throws(() => released('# Changelog\n', '0.3.0', '2026-12-01'), {
    message: /must have a section/,
  });
});

test('what is published must be the newest version, with all changes', t => {
  t.throws(() => notesOf(changelog, '0.2.0'), {message: /lists unreleased changes/});
  t.throws(() => notesOf(changelog, '0.3.0'), {message: /must be 0\.3\.0, not 0\.2\.0/});
  t.throws(() => notesOf('## [Unreleased]\n\n- A rule.\n', '0.1.0'), {message: /not none/});
});
