import {readFileSync} from 'node:fs';
import path from 'node:path';
import {fetchPackage, folderOf} from '../fetch-package.ts';
import {bunNotice} from './bun.ts';
import {type BundledPackage, bundleContents} from './bundled-packages.ts';
import {licenseList} from './license-list.ts';

/** The licenses that Bun's notice names without their texts. */
const licensesOfBun = [
  'MIT',
  'Apache-2.0',
  'BSD-2-Clause',
  'BSD-3-Clause',
  'CC0-1.0',
  'IJG',
  'LGPL-2.0-only',
  'LGPL-2.1-only',
  'Unicode-3.0',
  'Zlib',
  'libpng-2.0',
];

/** The name of the file in each archive. */
export const licensesFile = 'THIRD-PARTY-LICENSES.md';

/**
 * The licenses of the packages in the bundle, and in an executable those of Bun as well, whose texts
 * are fetched.
 */
export async function thirdPartyLicenses(what: 'bundle' | 'executable'): Promise<string> {
  const {packages} = await bundleContents();
  const sections = [
    '# Licenses of other software',
    'kube-harden is under the Apache License 2.0: see LICENSE. It contains the software below.',
    ...packages.map(sectionOf),
    ...(what === 'executable' ? await sectionsOfBun() : []),
  ];
  return `${sections.join('\n\n')}\n`;
}

function sectionOf({name, version, license, author, licenseText}: BundledPackage): string {
  const text =
    licenseText === undefined
      ? `The package contains no text of its license. Its author: ${author}`
      : quoted(licenseText);
  return `## ${name} ${version}\n\nLicense: ${license}\n\n${text}`;
}

async function sectionsOfBun(): Promise<readonly string[]> {
  await fetchPackage(licenseList);
  return [
    `## Bun\n\nThe executables contain Bun. This is its notice:\n\n${demoted(await bunNotice())}`,
    ...licensesOfBun.map(name => `### The text of ${name}\n\n${quoted(textOf(name))}`),
  ];
}

/** With its headings below ours. */
const demoted = (markdown: string): string => markdown.replace(/^#/gm, '##');

function textOf(license: string): string {
  const file = path.join(folderOf(licenseList), 'licenses', `${license}.json`);
  return (JSON.parse(readFileSync(file, 'utf8')) as {readonly licenseText: string}).licenseText;
}

/** As a block of code, whatever is in it. */
const quoted = (text: string): string => `~~~~text\n${text.trim()}\n~~~~`;
