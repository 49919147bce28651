/**
 * `npm version` runs this after it has changed package.json: it writes the version to all other places,
 * makes what is unreleased in the changelog that version, and stages all of this for the commit.
 */
import './fail-plainly.ts';
import {readFileSync, writeFileSync} from 'node:fs';
import {execa} from 'execa';
import {packageJson} from './package-json.ts';
import {released} from './release/changelog.ts';
import {writeVersions} from './release/versions.ts';

const today = new Date().toISOString().slice(0, 10);
const changelog = readFileSync('CHANGELOG.md', 'utf8');
writeFileSync('CHANGELOG.md', released(changelog, packageJson.version, today));
writeVersions('.');
await execa('git', ['add', '--update']);
