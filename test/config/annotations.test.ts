import test from 'ava';
import {readLayer} from '../../src/config/load.ts';
import {requireLocked} from '../../src/config/locks.ts';
import {resolvePolicy} from '../../src/config/resolve.ts';
import {audit, harden} from '../../src/harden.ts';

const trust = `trustAnnotations:
  - match: {namespace: sandbox, kind: Pod}
    rules: [no-root*, no-privileged]
`;

interface Case {
  readonly annotations?: string;
  readonly namespace?: string;
  readonly before?: string;
  readonly policy?: string;
}

const pod = ({
  annotations = '',
  namespace = 'sandbox',
  before = '',
}: Case) => `${before}apiVersion: v1
kind: Pod
metadata: {name: web, namespace: ${namespace}, annotations: {${annotations}}}
spec: {containers: [{name: a, image: a, securityContext: {privileged: true}}]}
`;

/** The rules that an audit allows by annotations, and its notes about them. */
async function outcome(given: Case) {
  const {choices} = await readLayer('a.yaml', `profile: strict\n${given.policy ?? trust}`);
  const {findings, notes} = audit(pod(given), 'in', resolvePolicy(choices));
  return {
    excepted: [
      ...new Set(findings.filter(each => each.status === 'excepted').map(({rule}) => rule)),
    ],
    reasons: findings.flatMap(({reason}) => reason ?? []),
    notes: notes.filter(({rule}) => rule === 'readable').map(({message}) => message),
  };
}

const asks = "kube-harden.io/allow: 'no-privileged, no-root', kube-harden.io/reason: legacy";

test('an annotation counts where the policy trusts it, and reports show its reason', async t => {
  const {excepted, reasons, notes} = await outcome({annotations: asks});
  t.deepEqual(excepted.sort(), ['no-privileged', 'no-root']);
  t.is(reasons[0], 'kube-harden.io/reason: legacy');
  t.deepEqual(notes, []);
});

const ignored = test.macro(async (t, given: Case, note: RegExp) => {
  const {excepted, notes} = await outcome({annotations: asks, ...given});
  t.deepEqual(excepted, []);
  t.regex(notes.join('\n'), note);
});

const untrusted =
  /`kube-harden\.io\/allow` does not count, or not for all rules: the policy does not trust it here/;
test('in another namespace', ignored, {namespace: 'shop'}, untrusted);
test('without a namespace', ignored, {namespace: "''"}, untrusted);
test('without a policy that trusts it', ignored, {policy: ''}, untrusted);
test('in what Helm 3 rendered', ignored, {before: '# Source: web/templates/pod.yaml\n'}, untrusted);
test(
  'in what Helm 4 rendered',
  ignored,
  {annotations: `${asks}, postrenderer.helm.sh/postrender-filename: a.yaml`},
  untrusted,
);
test(
  'in a stream of which Helm rendered another document',
  ignored,
  {before: '# Source: web/templates/a.yaml\nkind: List\napiVersion: v1\nitems: []\n---\n'},
  untrusted,
);
test(
  'without a reason',
  ignored,
  {annotations: 'kube-harden.io/allow: no-root'},
  /it has no `kube-harden\.io\/reason`/,
);
test(
  'for another rule',
  ignored,
  {annotations: 'kube-harden.io/allow: no-host-port, kube-harden.io/reason: a'},
  untrusted,
);
test(
  'for a pattern of rules',
  ignored,
  {annotations: "kube-harden.io/allow: '*', kube-harden.io/reason: a"},
  untrusted,
);
test(
  'as a value that is no text',
  ignored,
  {annotations: 'kube-harden.io/allow: [no-root], kube-harden.io/reason: {a: b}'},
  /^/,
);

test('render neither rewrites nor loses what an annotation allows', async t => {
  const {choices} = await readLayer('a.yaml', `profile: restricted\n${trust}`);
  const {text} = harden(pod({annotations: asks}), 'in', resolvePolicy(choices));
  t.regex(text, /privileged: true/);
  t.regex(text, /kube-harden\.io\/reason: legacy/);
});

test('a cluster-wide object cannot claim a trusted namespace', async t => {
  const {choices} = await readLayer(
    'a.yaml',
    "profile: strict\ntrustAnnotations: [{match: {namespace: sandbox}, rules: ['*']}]\n",
  );
  const role = `apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: {name: a, namespace: sandbox, annotations: {kube-harden.io/allow: no-wildcard-rbac, kube-harden.io/reason: a}}
rules: [{apiGroups: ['*'], resources: ['*'], verbs: ['*']}]
`;
  const {findings} = audit(role, 'in', resolvePolicy(choices));
  t.true(findings.every(({status}) => status === 'flagged'));
});

const locks = test.macro(async (t, lock: string) => {
  const layers = [
    await readLayer('org.yaml', `locked: [${lock}]\n`),
    await readLayer('team.yaml', trust),
  ];
  t.throws(() => requireLocked(layers), {
    message: /this must not let annotations allow .*no-privileged/,
  });
});
test('trust of annotations can be locked', locks, 'trustAnnotations');
test('annotations allow no rule without exceptions', locks, 'exceptions.no-privileged');

test('trust needs a kind, a namespace or a name, and rules', async t => {
  for (const entry of [
    '{match: {}, rules: [no-root]}',
    '{match: {kind: Pod}}',
    '{match: {labels: {a: b}}, rules: [no-root]}',
  ]) {
    await t.throwsAsync(readLayer('a.yaml', `trustAnnotations: [${entry}]\n`), {
      name: 'UsageError',
    });
  }
});
