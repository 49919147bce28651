import {writeFileSync} from 'node:fs';
import path from 'node:path';
import test from 'ava';
import {execa} from 'execa';
import {dir} from 'tmp-promise';
import {commandOf} from '../tools/executable.ts';

const policy = `blockOn: high
rules: {"*": "off", platform/owner: flag, no-host-port: flag}
customRules:
  - id: platform/owner
    severity: high
    match: {objects: [{apiVersion: v1, kind: Pod}], namespaces: [shop]}
    expression: "'owner' in object.metadata.?labels.orValue({})"
    message: a Pod must have the label owner
exceptions:
  - {rules: [no-host-port], match: {namespace: monitoring}, reason: scraped on the node}
`;

const pod = (labels: string, port = '{containerPort: 80}') => `# Source: web/templates/pod.yaml
apiVersion: v1
kind: Pod
metadata: {name: web, labels: ${labels}}
spec: {containers: [{name: web, image: web, ports: [${port}]}]}
`;

/** Renders `input` in a folder with the policy. */
async function render(
  input: string,
  args: readonly string[] = [],
  env: Readonly<Record<string, string>> = {},
) {
  const {path: cwd} = await dir({unsafeCleanup: true});
  writeFileSync(path.join(cwd, 'kube-harden.yaml'), policy);
  return execa(...commandOf(args), {input, env, cwd, reject: false});
}

test('a stream is refused where a rule may be broken in a namespace that nobody names', async t => {
  const refused = await render(pod('{}'));
  t.is(refused.exitCode, 1);
  t.is(refused.stdout, '');
  t.regex(
    refused.stderr,
    /refused: platform\/owner in Pod\/web depends on the namespace, which --namespace must name$/,
  );
  t.is((await render(pod('{owner: us}'))).exitCode, 0);
});

test('--namespace and its variable say where such objects will be', async t => {
  const inShop = await render(pod('{}'), ['--namespace=shop']);
  t.is(inShop.exitCode, 1);
  t.regex(inShop.stderr, /refused: platform\/owner in Pod\/web\./);
  for (const [args, env] of [
    [['-n', 'dev'], {}],
    [[], {KUBE_HARDEN_NAMESPACE: 'dev'}],
    [['--namespace=dev'], {KUBE_HARDEN_NAMESPACE: 'shop', HELM_NAMESPACE: 'shop'}],
  ] as const) {
    const {exitCode, stdout, stderr} = await render(pod('{}'), args, env);
    t.is(exitCode, 0, stderr);
    t.is(stdout.trimEnd(), pod('{}').trimEnd());
  }
});

test('the namespace that Helm inherits is not that of the release', async t => {
  const {exitCode, stderr} = await render(pod('{}'), [], {HELM_NAMESPACE: 'dev'});
  t.is(exitCode, 1, stderr);
});

test('an exception for a namespace holds where --namespace names it, and nowhere else', async t => {
  const exposed = pod('{owner: us}', '{containerPort: 80, hostPort: 80}');
  t.is((await render(exposed, ['--namespace=monitoring'])).exitCode, 0);
  for (const args of [[], ['--namespace=dev']]) t.is((await render(exposed, args)).exitCode, 1);
  const elsewhere = exposed.replace('name: web,', 'name: web, namespace: dev,');
  t.is((await render(elsewhere, ['--namespace=monitoring'])).exitCode, 1);
});

test('a refusal tells of the exception that only lacks --namespace', async t => {
  const exposed = pod('{owner: us}', '{containerPort: 80, hostPort: 80}');
  const entry = 'no-host-port, match {namespace: "monitoring"}';
  const unnamed = await render(exposed);
  t.true(
    unnamed.stderr.includes(
      `no-host-port in Pod/web. ${entry} in the policy matches nothing without --namespace`,
    ),
    unnamed.stderr,
  );
  t.true(
    unnamed.stderr.includes(`stale exception (matches nothing without --namespace): ${entry}`),
  );
  const strict = await render(exposed, ['--strict']);
  t.regex(strict.stderr, /Pod\/web; no-host-port, match .* matches nothing without --namespace/);
  const elsewhere = await render(exposed, ['--namespace=dev']);
  t.is(elsewhere.exitCode, 1);
  t.true(elsewhere.stderr.includes(`stale exception (matches nothing): ${entry}`));
  t.notRegex(elsewhere.stderr, /without --namespace/);
  const placed = exposed.replace('name: web,', 'name: web, namespace: dev,');
  t.notRegex((await render(placed)).stderr, /without --namespace/);
});

for (const name of ['', 'Shop', '*', 'a.b', `${'a'.repeat(64)}`, '-x'] as const) {
  test(`no namespace: "${name}"`, async t => {
    const {exitCode, stdout, stderr} = await render(pod('{}'), [`--namespace=${name}`]);
    t.is(exitCode, 2);
    t.is(stdout, '');
    t.regex(stderr, /--namespace must (?:be the name of a namespace|have a value)/);
  });
}
