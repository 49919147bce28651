import {mkdtempSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import path from 'node:path';
import test from 'ava';
import {execa} from 'execa';
import {findProgram} from '../../src/host/find-program.ts';
import {commandOf} from '../tools/executable.ts';

const pod = (more: string) => `apiVersion: v1
kind: Pod
metadata: {name: web, namespace: shop, labels: {app: web}}
spec:
  ${more}
  containers: [{name: web, image: web}]
`;

function folder(): string {
  const cwd = mkdtempSync(path.join(tmpdir(), 'kube-harden-table-'));
  writeFileSync(path.join(cwd, 'fixed.yaml'), pod('hostNetwork: true'));
  writeFileSync(
    path.join(cwd, 'waits.yaml'),
    pod('hostNetwork: true').replace('shop', 'kube-system'),
  );
  writeFileSync(path.join(cwd, "it's flagged.yaml"), pod('shareProcessNamespace: true'));
  return cwd;
}

const cwd = folder();
const audit = (args: readonly string[], env: Readonly<Record<string, string>> = {}) =>
  execa(...commandOf(['audit', ...args]), {cwd, env, input: pod(''), reject: false});

const lastLine = (text: string) => text.trimEnd().split('\n').at(-1);

test('the table ends with the next command to type', async t => {
  const next: readonly (readonly [readonly string[], string])[] = [
    [['fixed.yaml'], 'kube-harden render fixed.yaml'],
    [['.'], 'kube-harden decide --interactive .'],
    // What waits for an unknown image.
    [['fixed.yaml', '--profile=strict'], 'kube-harden images --profile=strict fixed.yaml'],
    [['waits.yaml', '--values=a b'], "kube-harden decide --interactive '--values=a b' waits.yaml"],
    [
      ["it's flagged.yaml", '--rule=no-shared-processes', '--profile=audit'],
      'kube-harden explain no-shared-processes',
    ],
  ];
  for (const [args, command] of next) {
    t.is(lastLine((await audit(args)).stdout), `Next: ${command}`, args.join(' '));
  }
});

test('the next command can be typed', async t => {
  const {stdout} = await audit(['waits.yaml', '-']);
  const command = lastLine(stdout)?.replace('Next: kube-harden', '"$@"') ?? '';
  t.regex(command, / decide --print waits\.yaml -$/);
  const [program, args] = commandOf([]);
  const call = await execa('sh', ['-c', command, 'sh', program, ...args], {
    cwd,
    input: pod(''),
    reject: false,
  });
  t.regex(call.stdout, /no-host-network/, call.stderr);
});

test('--quiet prints the last lines only, and --verbose each finding', async t => {
  const {stdout} = await audit(['fixed.yaml', '--quiet']);
  t.regex(stdout, /^1 document, 1 resource: \d findings, .*\nrender would fix .*\nNext: .*$/);
  const verbose = await audit(['waits.yaml', '--verbose']);
  t.regex(
    verbose.stdout,
    /^ {2}high {6}waits {6}no-host-network 5:3 `hostNetwork: true` .*evidence/m,
  );
  t.regex(verbose.stdout, /^exceptions:$/m);
});

test('what shapes the table is refused with other formats', async t => {
  for (const args of [
    ['--verbose', '--format=sarif'],
    ['--quiet', '--verbose'],
    ['--color=blue'],
  ]) {
    const {exitCode, stdout, stderr} = await audit(['fixed.yaml', ...args]);
    t.is(exitCode, 2);
    t.is(stdout, '');
    t.regex(stderr, /--(?:quiet|verbose|color)/);
  }
});

test('a pipe gets colors only if asked', async t => {
  t.false((await audit(['fixed.yaml'])).stdout.includes('\u001b'));
  t.true(
    (await audit(['fixed.yaml', '--color=always'], {NO_COLOR: '1'})).stdout.includes('\u001b'),
  );
});

/** What a terminal with so many columns shows: `script` of util-linux runs a program in one. */
async function onTerminal(columns: number, env: Readonly<Record<string, string>> = {}) {
  const [program, args] = commandOf(['audit', 'fixed.yaml']);
  const command = [program, ...args].map(word => `'${word}'`).join(' ');
  const script = `stty cols ${columns}; ${command}`;
  const {stdout} = await execa(
    'script',
    ['--quiet', '--return', '--command', script, '/dev/null'],
    {
      cwd,
      env: {TERM: 'xterm', ...env},
      reject: false,
    },
  );
  return stdout.replaceAll('\r', '');
}

const hasScript = findProgram('script', process.env) !== undefined && process.platform === 'linux';
const testOnTerminal = hasScript || process.env['CI'] !== undefined ? test : test.skip;

testOnTerminal('a terminal gets colors, and lines of its width', async t => {
  const text = await onTerminal(80, {NO_COLOR: ''});
  t.true(text.includes('\u001b[31mhigh'), text);
  const plain = await onTerminal(80, {NO_COLOR: '1'});
  t.false(plain.includes('\u001b'));
  t.true(
    plain.split('\n').every(line => line.length <= 80),
    plain,
  );
  t.true((await onTerminal(160)).split('\n').length < plain.split('\n').length);
});
