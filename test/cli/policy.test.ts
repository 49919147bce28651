import {mkdtempSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import path from 'node:path';
import test from 'ava';
import {execa} from 'execa';
import {commandOf} from '../tools/executable.ts';

/** Runs `kube-harden policy` in a new folder with these files. */
async function run(files: Readonly<Record<string, string>>, args: readonly string[]) {
  const cwd = mkdtempSync(path.join(tmpdir(), 'kube-harden-policy-'));
  for (const [name, text] of Object.entries(files)) writeFileSync(path.join(cwd, name), text);
  return execa(...commandOf(['policy', ...args]), {cwd, reject: false});
}

test('shows the nearest policy, with options over it', async t => {
  const {stdout, stderr, exitCode} = await run({'kube-harden.yaml': 'blockOn: high\n'}, [
    'show',
    '--profile=strict',
  ]);
  t.is(exitCode, 0);
  t.regex(stdout, /^profile: \[strict\] {2}# --profile$/m);
  t.regex(stdout, /^blockOn: high {2}# kube-harden\.yaml:1$/m);
  t.is(stderr, 'policy: kube-harden.yaml');
});

test('prints each mistake of each file with its place', async t => {
  const files = {
    'good.yaml': 'profile: strict\n',
    'bad.yaml': 'profil: strict\nrules:\n  no-host-prt: off\n  no-root: maybe\nwidth: 1\n',
    'broken.yaml': 'profile: [strict\n',
  };
  const {stdout, stderr, exitCode} = await run(files, [
    'check',
    'good.yaml',
    'bad.yaml',
    'broken.yaml',
    'none.yaml',
  ]);
  t.is(exitCode, 2);
  t.is(stdout, '');
  t.regex(stderr, /^good\.yaml: valid$/m);
  t.regex(stderr, /^bad\.yaml:1:1: policy key `profil`: unknown key: did you mean "profile"\?$/m);
  t.regex(stderr, /^bad\.yaml:3:3: .*unknown rule "no-host-prt": did you mean "no-host-port"\?$/m);
  t.regex(stderr, /^bad\.yaml:4:12: policy key `rules\.no-root` must be one of off, flag, fix/m);
  t.regex(stderr, /^bad\.yaml:5:1: policy key `width`: unknown key$/m);
  t.regex(stderr, /^broken\.yaml:2:1: /m);
  t.regex(stderr, /^none\.yaml: the policy file does not exist$/m);
});

test('prints the JSON Schema', async t => {
  const {stdout} = await run({}, ['schema']);
  t.is(JSON.parse(stdout).title, 'A policy of kube-harden');
});

test('takes one of its actions', async t => {
  const {stderr, exitCode} = await run({}, ['chek']);
  t.is(exitCode, 2);
  t.regex(stderr, /policy takes one of show, check, schema, not "chek"/);
});
