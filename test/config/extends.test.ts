import {mkdirSync, mkdtempSync, realpathSync, symlinkSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import path from 'node:path';
import test from 'ava';
import {loadFile, loadPolicy} from '../../src/config/load.ts';
import {UsageError} from '../../src/errors.ts';

/** A folder with these files, by their paths; a text that begins with `->` is a link. */
function folderOf(files: Readonly<Record<string, string>>): string {
  const folder = realpathSync(mkdtempSync(path.join(tmpdir(), 'kube-harden-extends-')));
  for (const [name, text] of Object.entries(files)) {
    const file = path.join(folder, name);
    mkdirSync(path.dirname(file), {recursive: true});
    if (text.startsWith('->')) symlinkSync(text.slice(2), file);
    else writeFileSync(file, text);
  }
  return folder;
}

const inside = (folder: string, file: string): string => path.relative(folder, path.resolve(file));

test('a policy refines the one that it extends, in another folder', async t => {
  const folder = folderOf({
    'org/base.yaml': 'profile: strict\nrules: {no-root: flag, no-host-port: off}\nblockOn: high\n',
    'org/dev.yaml': 'extends: base.yaml\nblockOn: low\nnetworkPolicy: {ingress: least}\n',
    'team/kube-harden.yaml':
      'extends: ../org/dev.yaml\nrules: {no-root: fix}\nnetworkPolicy: {egress: deny}\n',
  });
  const {choices, files} = await loadPolicy(undefined, path.join(folder, 'team'));
  t.deepEqual(choices, {
    profiles: ['strict'],
    rules: {'no-root': 'fix', 'no-host-port': 'off'},
    blockOn: 'low',
    networkPolicy: {ingress: 'least', egress: 'deny'},
  });
  t.deepEqual(
    files.map(file => inside(folder, file)),
    ['team/kube-harden.yaml', 'org/dev.yaml', 'org/base.yaml'],
  );
});

test('lists of entries are joined, the lowest first', async t => {
  const entry = (name: string) => `{match: {name: ${name}}, reason: ${name}}`;
  const folder = folderOf({
    'org.yaml': `exposed: [${entry('a')}]\n`,
    'team.yaml': `extends: ./org.yaml\nexposed: [${entry('b')}]\n`,
  });
  const {choices} = await loadFile(path.join(folder, 'team.yaml'));
  t.deepEqual(
    choices.exposed?.map(({reason}) => reason),
    ['a', 'b'],
  );
});

test('a path is seen from the real folder of a linked policy', async t => {
  const folder = folderOf({
    'policies/team.yaml': 'extends: org.yaml\n',
    'policies/org.yaml': 'profile: audit\n',
    'kube-harden.yaml': '->policies/team.yaml',
  });
  t.deepEqual((await loadPolicy(undefined, folder)).choices.profiles, ['audit']);
});

const refused = test.macro(
  async (t, files: Readonly<Record<string, string>>, message: RegExp, line?: number) => {
    const folder = folderOf(files);
    const error = await t.throwsAsync(loadFile(path.join(folder, 'team.yaml')), {
      instanceOf: UsageError,
      message,
    });
    t.is(error?.place.line, line ?? 1, JSON.stringify(error?.place));
  },
);

test(
  'a file that does not exist',
  refused,
  {'team.yaml': 'profile: audit\nextends: org.yaml\n'},
  /the policy file does not exist: .*team\.yaml, which extends .*org\.yaml$/,
  2,
);
test(
  'a circle',
  refused,
  {'team.yaml': 'extends: org.yaml\n', 'org.yaml': 'extends: ./team.yaml\n'},
  /`extends` leads in a circle: .*team\.yaml, which extends .*org\.yaml, which extends .*team\.yaml$/,
);
test(
  'a policy that extends itself',
  refused,
  {'team.yaml': 'extends: team.yaml\n'},
  /leads in a circle/,
);
test(
  'a circle through a link',
  refused,
  {'team.yaml': 'extends: b.yaml\n', 'b.yaml': '->team.yaml'},
  /leads in a circle/,
);
test(
  'a folder',
  refused,
  {'team.yaml': 'extends: org.yaml\n', 'org.yaml/a.yaml': ''},
  /a policy must be a file/,
);
test(
  'an address',
  refused,
  {'team.yaml': 'extends: https://example.com/a.yaml\n'},
  /no policy is downloaded/,
);
test('an empty path', refused, {'team.yaml': "extends: ''\n"}, /must not be empty/);
test(
  'another kind of file',
  refused,
  {'team.yaml': 'extends: org.js\n', 'org.js': ''},
  /must end in \.yaml/,
);
test(
  'a mistake in the other file',
  refused,
  {'team.yaml': 'extends: org.yaml\n', 'org.yaml': '\nprofil: a\n'},
  /unknown key/,
  2,
);
test(
  'a policy in a chart',
  refused,
  {'team.yaml': 'extends: web/org.yaml\n', 'web/Chart.yaml': '', 'web/org.yaml': ''},
  /must not name .*org\.yaml, because it is inside a chart/,
);
test(
  'a link into a chart',
  refused,
  {
    'team.yaml': 'extends: org.yaml\n',
    'org.yaml': '->web/org.yaml',
    'web/Chart.yaml': '',
    'web/org.yaml': '',
  },
  /because it is inside a chart/,
);
test(
  'a broken link',
  refused,
  {'team.yaml': 'extends: org.yaml\n', 'org.yaml': '->none.yaml'},
  /does not exist/,
);
test(
  'a long chain',
  refused,
  Object.fromEntries(
    Array.from({length: 12}, (_, at) => [
      at === 0 ? 'team.yaml' : `${at}.yaml`,
      `extends: ${at + 1}.yaml\n`,
    ]),
  ),
  /`extends` leads through more than 10 files: .*team\.yaml, which extends .*1\.yaml/,
);

const locked = 'rules: {no-root: fix}\nlocked: [rules.no-root]\n';

const bypasses = test.macro(async (t, files: Readonly<Record<string, string>>) => {
  const folder = folderOf({'kube-harden.yaml': locked, ...files});
  const error = await t.throwsAsync(loadPolicy(undefined, path.join(folder, 'team')), {
    message: /the policy must extend .*kube-harden\.yaml, which locks something on line 2/,
  });
  t.regex((error as UsageError).place.file ?? '', /team/);
});

test('a nearer policy under one with locks', bypasses, {'team/kube-harden.yaml': ''});
test('a nearer policy by another name', bypasses, {'team/.kube-harden.json': '{}'});
test('a nearer policy that extends another one', bypasses, {
  'team/kube-harden.yaml': 'extends: ../org.yaml\n',
  'org.yaml': '',
});

for (const name of ['team/kube-harden.yaml', 'team/loose.yaml', 'loose.yaml']) {
  test(`${name} under a policy that extends one with locks`, async t => {
    const folder = folderOf({
      'platform/org.yaml': locked,
      'kube-harden.yaml': 'extends: platform/org.yaml\n',
      [name]: 'profile: essential\n',
    });
    const chosen = name.endsWith('loose.yaml') ? path.join(folder, name) : undefined;
    await t.throwsAsync(loadPolicy(chosen, path.join(folder, path.dirname(name))), {
      message: /the policy must extend .*org\.yaml, which locks something on line 2/,
    });
  });
}

test('a policy that would be found below one with locks, chosen from elsewhere', async t => {
  const folder = folderOf({
    'locked/kube-harden.yaml': locked,
    'locked/team/kube-harden.yaml': 'profile: essential\n',
    'elsewhere/manifest.yaml': '',
  });
  const chosen = path.join(folder, 'locked/team/kube-harden.yaml');
  await t.throwsAsync(loadPolicy(chosen, path.join(folder, 'elsewhere')), {
    message: /must extend/,
  });
});

test('a nearer policy that extends the locked one itself', async t => {
  const folder = folderOf({
    'platform/org.yaml': locked,
    'kube-harden.yaml': 'extends: platform/org.yaml\n',
    'team/kube-harden.yaml': 'extends: ../platform/org.yaml\n',
  });
  const {choices} = await loadPolicy(undefined, path.join(folder, 'team'));
  t.deepEqual(choices.locked, ['rules.no-root']);
});

test('a policy of another name in the same folder, before the one with locks', async t => {
  const folder = folderOf({'kube-harden.yaml': '', 'kube-harden.yml': locked});
  await t.throwsAsync(loadPolicy(undefined, folder), {message: /must extend .*kube-harden\.yml/});
});

test('a chosen policy under one with locks', async t => {
  const folder = folderOf({'kube-harden.yaml': locked, 'other.yaml': ''});
  await t.throwsAsync(loadPolicy(path.join(folder, 'other.yaml'), folder), {
    message: /must extend/,
  });
});

test('a nearer policy that extends the one with locks', async t => {
  const folder = folderOf({
    'kube-harden.yaml': locked,
    'team/kube-harden.yaml': 'extends: ../kube-harden.yaml\nprofile: strict\n',
  });
  const {choices} = await loadPolicy(undefined, path.join(folder, 'team'));
  t.deepEqual(choices.locked, ['rules.no-root']);
});

test('a policy without locks does not hold for nearer ones', async t => {
  const folder = folderOf({'kube-harden.yaml': 'profile: strict\n', 'team/kube-harden.yaml': ''});
  t.deepEqual((await loadPolicy(undefined, path.join(folder, 'team'))).choices, {});
});
