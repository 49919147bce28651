import {bunParts, noticePackage} from '../../scripts/contents/bun.ts';
import {bundleContents} from '../../scripts/contents/bundled-packages.ts';
import {licenseList} from '../../scripts/contents/license-list.ts';
import {thirdPartyLicenses} from '../../scripts/contents/licenses.ts';
import {sbomOf} from '../../scripts/contents/sbom.ts';
import {packagesFor} from '../../scripts/debian-packages.ts';
import {testWithPackages} from '../tools/with-tools.ts';
import {cycloneDx, mistakesIn} from './sbom-schema.ts';

const testWithContents = testWithPackages(cycloneDx, noticePackage, licenseList);

interface Sbom {
  readonly serialNumber: string;
  readonly components: readonly {
    readonly name: string;
    readonly 'bom-ref': string;
    readonly purl: string;
  }[];
  readonly dependencies: readonly {readonly ref: string; readonly dependsOn: readonly string[]}[];
}

const seconds = 1_700_000_000;

const subjects = {
  'the bundle': {seconds},
  'an executable': {seconds, target: 'linux-arm64'},
  'the image': {seconds, target: 'linux-x64', debian: packagesFor(['amd64'])},
} as const;

for (const [subject, options] of Object.entries(subjects)) {
  testWithContents(
    `the bill of materials of ${subject} is valid, and the same each time`,
    async t => {
      const text = await sbomOf(options);
      t.deepEqual(mistakesIn(JSON.parse(text)), []);
      t.is(await sbomOf(options), text);
    },
  );

  testWithContents(`the bill of materials of ${subject} has no loose ends`, async t => {
    const {components, dependencies} = JSON.parse(await sbomOf(options)) as Sbom;
    const refs = components.map(each => each['bom-ref']);
    t.is(new Set(refs).size, refs.length);
    for (const {dependsOn} of dependencies)
      for (const ref of dependsOn) t.true(refs.includes(ref), ref);
    const reached = new Set(dependencies.flatMap(each => each.dependsOn));
    t.deepEqual(
      refs.filter(ref => !reached.has(ref)),
      [],
    );
  });
}

testWithContents('the schema refuses what is none', async t => {
  const sbom = JSON.parse(await sbomOf({seconds}));
  t.true(mistakesIn({...sbom, serialNumber: 'x'}).length > 0);
  t.true(mistakesIn({...sbom, components: [{type: 'package', name: 'x'}]}).length > 0);
});

testWithContents('what differs has another serial number', async t => {
  const all = await Promise.all(Object.values(subjects).map(sbomOf));
  t.is(new Set(all.map(text => (JSON.parse(text) as Sbom).serialNumber)).size, all.length);
});

testWithContents('the packages are those that our code uses, and theirs', async t => {
  const {packages, imports} = await bundleContents();
  const names = packages.map(each => each.name);
  t.true(names.includes('yaml'));
  t.true(names.includes('cross-spawn'), 'a package of a package');
  t.false(names.includes('esbuild'), 'a package that only builds');
  t.true(imports.some(each => each.startsWith('yaml@')));
  t.false(imports.some(each => each.startsWith('cross-spawn@')));
});

testWithContents('every package in the bundle has the text of its license in the file', async t => {
  const text = await thirdPartyLicenses('bundle');
  for (const {name, version, license} of (await bundleContents()).packages) {
    t.true(text.includes(`## ${name} ${version}\n\nLicense: ${license}\n\n`), name);
  }
  t.regex(text, /## yaml .*\n\nLicense: ISC\n\n~~~~text\nCopyright Eemeli Aro/);
  t.regex(text, /## tmp-promise .*\n\nLicense: MIT\n\n.* Its author: Benjamin Gruenbaum/);
  t.notRegex(text, /Bun/);
});

testWithContents(
  'an executable comes with what Bun says of itself, and the licenses it names',
  async t => {
    const text = await thirdPartyLicenses('executable');
    t.regex(text, /statically links JavaScriptCore/);
    t.regex(
      text,
      /### The text of LGPL-2.1-only\n\n~~~~text\n\s*GNU LESSER GENERAL PUBLIC LICENSE/,
    );
  },
);

testWithContents('the parts of Bun have the versions that it reports', async t => {
  const parts = await bunParts();
  t.is(new Set(parts.map(each => each.name)).size, parts.length);
  const versions = new Map(parts.map(each => [each.name, each.version]));
  for (const name of [
    'WebKit',
    'boringssl',
    'c-ares',
    'libarchive',
    'libicu',
    'sqlite',
    'zlib-ng',
    'zstd',
  ]) {
    t.regex(versions.get(name) ?? '', /^[0-9a-f.]+$/, name);
  }
  t.true(parts.some(each => each.name === 'tinycc' && each.license === 'LGPL v2.1'));
});
