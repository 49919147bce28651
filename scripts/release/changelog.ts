/** The changelog, in the form of Keep a Changelog: a section for each version, the newest first. */

const unreleased = '## [Unreleased]';

/** `## [1.2.3] - 2026-12-31`, and what is below it. */
const section =
  /^## \[(\d+\.\d+\.\d+[^\]]*)\] - (\d{4}-\d\d-\d\d)\n([\s\S]*?)(?=^## \[|$(?![\s\S]))/gm;

interface Section {
  readonly version: string;
  readonly text: string;
}

const sectionsOf = (changelog: string): readonly Section[] =>
  [...changelog.matchAll(section)].map(([, version = '', , text = '']) => ({
    version,
    text: text.trim(),
  }));

function unreleasedIn(changelog: string): string {
  const [, after] = changelog.split(`${unreleased}\n`);
  if (after === undefined) throw new Error(`CHANGELOG.md must have a section "${unreleased}"`);
  return (/^[\s\S]*?(?=^## \[|$(?![\s\S]))/m.exec(after)?.[0] ?? '').trim();
}

/**
 * The changelog after what is unreleased has become the given version.
 *
 * @param date The day of the release, as in 2026-12-31
 * @throws {Error} if there is nothing to release, or the version has been released
 */
export function released(changelog: string, version: string, date: string): string {
  if (sectionsOf(changelog).some(each => each.version === version)) {
    throw new Error(`CHANGELOG.md lists ${version} as released`);
  }
  if (unreleasedIn(changelog) === '') throw new Error('CHANGELOG.md lists nothing to release');
  return changelog.replace(unreleased, () => `${unreleased}\n\n## [${version}] - ${date}`);
}

/**
 * What the changelog says of the version that is released.
 *
 * @throws {Error} if the version is not the newest, or if there are changes that it does not include
 */
export function notesOf(changelog: string, version: string): string {
  const newest = sectionsOf(changelog)[0];
  if (newest?.version !== version) {
    throw new Error(
      `the newest version in CHANGELOG.md must be ${version}, not ${newest?.version ?? 'none'}: run "npm version"`,
    );
  }
  if (unreleasedIn(changelog) !== '') {
    throw new Error(`CHANGELOG.md lists unreleased changes, which ${version} would contain`);
  }
  return newest.text;
}
