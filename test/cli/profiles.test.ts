import test from 'ava';
import {execa} from 'execa';
import {parseAllDocuments} from 'yaml';
import {renderedFile} from '../fixtures/charts.ts';
import {executable} from '../tools/executable.ts';

const run = (args: readonly string[], input = '') =>
  execa(executable, ['profiles', ...args], {input, reject: false, stripFinalNewline: false});

test('prints a profile for each workload, and says where there is none', async t => {
  const {exitCode, stdout, stderr} = await run([renderedFile('unsafe')]);
  t.is(exitCode, 0);
  const kinds = parseAllDocuments(stdout).map(document => document.get('kind'));
  t.true(kinds.length > 0);
  t.true(kinds.every(kind => kind === 'AppArmorProfile'));
  t.regex(stdout, /appArmorProfile: \{type: Localhost, localhostProfile: /);
  t.regex(stderr, /^no profile for .* is privileged/m);
});

test('a call that is wrong prints nothing', async t => {
  for (const args of [[], ['-', '--mode', 'lax'], ['/does/not/exist']]) {
    const {exitCode, stdout} = await run(args);
    t.is(exitCode, 2);
    t.is(stdout, '');
  }
});

test('names that are hostile stay in a comment', async t => {
  const pod = `kind: Pod
apiVersion: v1
metadata: {name: "a\\n---\\nkind: Secret"}
spec: {containers: [{name: a, image: a}]}
`;
  const {stdout} = await run(['-'], pod);
  t.is(parseAllDocuments(stdout).length, 1);
});
