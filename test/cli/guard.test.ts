import {mkdtempSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import path from 'node:path';
import test from 'ava';
import {execa} from 'execa';
import {parseAllDocuments} from 'yaml';
import {executable} from '../tools/executable.ts';

/** Runs `guard` with or without a policy file. */
function run(args: readonly string[], policy?: string) {
  const cwd = mkdtempSync(path.join(tmpdir(), 'kube-harden-guard-'));
  if (policy !== undefined) writeFileSync(path.join(cwd, 'kube-harden.yaml'), policy);
  return execa(executable, ['guard', ...args], {cwd, reject: false, stripFinalNewline: false});
}

const documentsOf = (text: string) =>
  parseAllDocuments(text).map(
    document => document.toJS() as {kind: string; metadata: {name: string}; spec: object},
  );

test('prints policies and bindings, the same each time', async t => {
  const {exitCode, stdout} = await run([]);
  t.is(exitCode, 0);
  t.deepEqual(
    new Set(documentsOf(stdout).map(({kind}) => kind)),
    new Set(['ValidatingAdmissionPolicy', 'ValidatingAdmissionPolicyBinding']),
  );
  t.is((await run([])).stdout, stdout);
});

test('prints a part alone', async t => {
  const names = async (args: readonly string[]) => [
    ...new Set(documentsOf((await run(args)).stdout).map(({metadata}) => metadata.name)),
  ];
  t.deepEqual(await names(['connections', '--exec', '--attach', '--proxy']), [
    'kube-harden-port-forward',
    'kube-harden-exec',
    'kube-harden-attach',
    'kube-harden-proxy',
  ]);
  t.false((await names(['manifests'])).some(name => name.includes('port-forward')));
});

test('leaves namespaces, labels and groups out', async t => {
  const {stdout} = await run([
    'connections',
    ...['--exclude-namespace', 'dev', '--exclude-namespace', 'test'],
    ...['--exclude-label', 'a.b/guard=off', '--exclude-group', 'CN=sre,OU=ops'],
    ...['--failure-policy', 'Ignore', '--action', 'Warn'],
  ]);
  const [policy, binding] = documentsOf(stdout);
  t.like(policy?.spec, {
    failurePolicy: 'Ignore',
    matchConditions: [
      {
        name: 'is-not-of-an-excluded-group',
        expression: "!(request.userInfo.?groups.orValue([]).exists(g, g in ['CN=sre,OU=ops']))",
      },
    ],
  });
  t.deepEqual(binding?.spec, {
    policyName: 'kube-harden-port-forward',
    validationActions: ['Warn', 'Audit'],
    matchResources: {
      namespaceSelector: {
        matchExpressions: [
          {key: 'kubernetes.io/metadata.name', operator: 'NotIn', values: ['dev', 'test']},
          {key: 'a.b/guard', operator: 'NotIn', values: ['off']},
        ],
      },
    },
  });
});

test('asks what the policy file asks, and says what it cannot', async t => {
  const policy = `
rules: {no-host-port: off}
exceptions:
- {rules: [no-privileged], match: {kind: DaemonSet, name: "agent-*"}, reason: needed}
- {rules: [no-privileged], match: {kind: Rollout}, reason: "\\e[2Jcustom"}
exposed:
- {match: {kind: Service, name: edge}, reason: the entrance}
`;
  const {stdout, stderr} = await run(['manifests', '--action', 'Audit'], policy);
  t.notRegex(stdout, /no-host-port/);
  t.regex(stdout, /name: exception1/);
  t.regex(stdout, /name: exposure1/);
  t.notRegex(stdout, /exception2|- Warn|- Deny/);
  t.regex(stderr, /note: the exception of .* \("\\u001b\[2Jcustom"\) is left out/);
  t.regex(stderr, /note: no admission policy enforces .*require-network-policy/);
});

const refuses = test.macro(async (t, args: readonly string[], message: RegExp) => {
  const {exitCode, stdout, stderr} = await run(args);
  t.is(exitCode, 2);
  t.is(stdout, '');
  t.regex(stderr, message);
});

test('an unknown part', refuses, ['pods'], /must be one of connections, manifests/);
test('an unknown action', refuses, ['--action', 'deny'], /--action must be one of Audit, Warn, De/);
test('no namespace', refuses, ['--exclude-namespace', 'Dev'], /--exclude-namespace .*not "Dev"/);
test('no label', refuses, ['--exclude-label', 'guard'], /must be like "team=platform"/);
test('no group', refuses, ['--exclude-group', ''], /--exclude-group must be like/);
test('advice of two lines', refuses, ['--instead', 'a\nb'], /--instead must be one line/);
