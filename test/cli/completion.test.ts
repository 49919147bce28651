import {mkdtempSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import path from 'node:path';
import test from 'ava';
import {execa, execaSync} from 'execa';
import {pages} from '../../src/commands/help.ts';
import {commandsIn} from '../../src/commands/help-table.ts';
import {profiles} from '../../src/config/profiles.ts';
import {frameworks} from '../../src/frameworks/frameworks.ts';
import {auditFormats, formats} from '../../src/report/formats.ts';
import {rules} from '../../src/rules/index.ts';
import {commandOf} from '../tools/executable.ts';

const commands = commandsIn(pages);
const optionOf = (verb: string, name: string) =>
  commands.find(each => each.verb === verb)?.options.find(option => option.name === name);

test('the help lists all values of --format and --profile', t => {
  t.deepEqual(optionOf('audit', 'format')?.choices, Object.keys(auditFormats));
  t.deepEqual(optionOf('render', 'format')?.choices, ['summary', ...Object.keys(formats)]);
  t.deepEqual(
    optionOf('audit', 'framework')?.choices,
    frameworks.map(({id}) => id),
  );
  t.deepEqual(optionOf('patches', 'format')?.choices, ['kustomization', 'flux', 'argocd']);
  t.deepEqual(
    [...(optionOf('guard', 'profile')?.choices ?? [])].sort(),
    Object.keys(profiles).sort(),
  );
});

test('each option of the help is described, with its value and its short form', t => {
  for (const {verb, options} of commands) {
    const described = options.filter(({name}) => !ofHelm.includes(name));
    for (const {name, description} of described) t.not(description, '', `${verb} --${name}`);
  }
  t.like(optionOf('audit', 'values'), {short: 'f', value: 'FILE'});
  t.like(optionOf('guard', 'exec'), {description: 'also deny these connections'});
  t.like(optionOf('guard', 'failure-policy'), {value: 'Fail|Ignore', choices: ['Fail', 'Ignore']});
  t.deepEqual(optionOf('guard', 'flag-action')?.choices, ['Audit', 'Warn', 'Deny', 'none']);
});

const ofHelm = [
  'values',
  'set',
  'set-string',
  'set-json',
  'set-file',
  'namespace',
  'kube-version',
  'api-versions',
];

/** A command line that ends where the tabulator is pressed, and what the shell makes of its last word. */
const completions: readonly (readonly [line: string, result: string])[] = [
  ['gua', 'guard'],
  ['--no-an', '--no-annotate'],
  ['audit --report-fi', '--report-file'],
  ['audit --format mark', 'markdown'],
  ['audit --format=mark', '--format=markdown'],
  ['audit --profile essential,restr', 'essential,restricted'],
  ['--profile strict audit --clus', '--cluster'],
  ['explain no-host-ne', 'no-host-network'],
  ['help net', 'network'],
  ['completion fi', 'fish'],
  ['audit --fail-on cri', 'critical'],
  ['policy che', 'check'],
  ['policy check my-man', 'my-manifest.yaml'],
  ['audit --fix-all my-man', 'my-manifest.yaml'],
  ['--config my-man', 'my-manifest.yaml'],
];

/** A folder with the completion script of `shell` and a manifest. */
async function workFolder(shell: string): Promise<string> {
  const folder = mkdtempSync(path.join(tmpdir(), 'kube-harden-test-'));
  const {stdout} = await execa(...commandOf(['completion', shell]));
  writeFileSync(path.join(folder, 'script'), stdout);
  writeFileSync(path.join(folder, 'my-manifest.yaml'), '');
  return folder;
}

/** Splits words as readline does, and completes file names as it would. */
const bashDriver = `
source ./script
compopt() { mode="$*"; }
mode=
line=$1
read -ra COMP_WORDS <<< "kube-harden \${line//=/ = }"
[[ $line == *' ' ]] && COMP_WORDS+=('')
COMP_CWORD=$(( \${#COMP_WORDS[@]} - 1 ))
_kube_harden
if [[ $mode == *default* && -z $COMPREPLY ]]; then compgen -f -- "\${COMP_WORDS[COMP_CWORD]}"
else printf '%s\\n' "\${COMPREPLY[@]}"; fi
`;

const bash = async (cwd: string, line: string) =>
  (await execa('bash', ['--norc', '-c', bashDriver, 'bash', line], {cwd})).stdout.split('\n');

for (const [line, result] of completions) {
  test(`bash completes: kube-harden ${line}`, async t => {
    const found = await bash(await workFolder('bash'), line);
    t.deepEqual(found, [result.replace(/^--.*=/, '')]);
  });
}

test('bash lists all commands and all rules', async t => {
  const cwd = await workFolder('bash');
  t.deepEqual(await bash(cwd, ' '), Object.keys(pages));
  t.deepEqual(
    await bash(cwd, 'explain '),
    rules.map(({id}) => id),
  );
});

const fishDriver = 'source ./script; complete -C "$argv[1]"';

const hasShell = (shell: string): boolean =>
  execaSync(shell, ['--version'], {reject: false}).exitCode === 0;

/** Declares a test that runs only where the shell is installed. */
function testIn(shell: string): typeof test | typeof test.skip {
  if (hasShell(shell)) return test;
  process.stderr.write(`SKIPPED: tests of completion that need ${shell}, which is not installed\n`);
  return test.skip;
}

const testInFish = testIn('fish');
const testInZsh = testIn('zsh');

testInFish('fish completes the same', async t => {
  const cwd = await workFolder('fish');
  for (const [line, result] of completions) {
    const args = ['--no-config', '-c', fishDriver, `kube-harden ${line}`];
    const {stdout} = await execa('fish', args, {cwd});
    t.deepEqual(
      stdout.split('\n').map(each => each.split('\t')[0]),
      [result],
      line,
    );
  }
});

/** Types a line and a tabulator into an interactive zsh, whose kube-harden prints its arguments. */
const zshDriver = `
zmodload zsh/zpty
zpty -b z zsh -f -i
zpty -w z "fpath=($fpath); module_path=($module_path)"
zpty -w z 'autoload -Uz compinit; compinit -u -D; PS1=; unsetopt zle_bracketed_paste; source ./script'
zpty -w z 'kube-harden() { print -r -- "AR""GS<$*>" }; print REA""DY'
await() { local out= chunk; for i in {1..200}; do
  zpty -rt z chunk && out+=$chunk; [[ $out == *$~1* ]] && break; sleep 0.05
done; print -r -- $out }
await READY
zpty -wn z "$1"$'\\t\\n'
await 'ARGS<*>'
zpty -d z
`;

testInZsh('zsh completes the same', async t => {
  const cwd = await workFolder('zsh');
  for (const [line, result] of completions) {
    const {stdout} = await execa('zsh', ['-f', '-c', zshDriver, 'zsh', `kube-harden ${line}`], {
      cwd,
    });
    const words = /ARGS<(.*)>/.exec(stdout)?.[1]?.split(' ');
    t.is(words?.at(-1), result, line);
  }
});

test('another shell is refused', async t => {
  for (const args of [[], ['tcsh'], ['bash', 'zsh']]) {
    const {exitCode, stdout} = await execa(...commandOf(['completion', ...args]), {reject: false});
    t.is(exitCode, 2);
    t.is(stdout, '');
  }
});

test('the manual page names each option, and has no line that roff would misread', async t => {
  const {stdout} = await execa(...commandOf(['help', '--man']));
  for (const {options} of commands) {
    for (const {name} of options) t.true(stdout.includes(`--${name}`.replaceAll('-', '\\-')));
  }
  const requests = stdout.split('\n').filter(line => /^['.]/.test(line));
  for (const line of requests) t.regex(line, /^\.(?:BR|PP|SH|SS|TH|TP|br)\b/);
  if (!hasShell('groff')) return;
  const {stderr} = await execa('groff', ['-man', '-ww', '-Tutf8'], {input: stdout});
  t.is(stderr, '');
});
