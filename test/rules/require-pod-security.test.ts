import test from 'ava';
import {profiles} from '../../src/config/profiles.ts';
import {resolvePolicy} from '../../src/config/resolve.ts';
import {harden} from '../../src/harden.ts';
import {rules} from '../../src/rules/index.ts';
import {podSecurityRules} from '../../src/rules/pod-security-rules.ts';

const namespace = (labels = '') => `---
apiVersion: v1
kind: Namespace
metadata: {name: shop${labels}}
`;
const pod = (spec: string, namespaceOf = ', namespace: shop') => `---
apiVersion: v1
kind: Pod
metadata: {name: web${namespaceOf}}
spec: {${spec}}
`;
const image = `example.com/web@sha256:${'a'.repeat(64)}`;
const safe = `securityContext: {runAsNonRoot: true, runAsUser: 10001}, containers: [{name: web, image: "${image}"}]`;
const rooted = `containers: [{name: web, image: "${image}"}]`;

interface Outcome {
  readonly status: string;
  readonly level: string | undefined;
}

function outcomeOf(stream: string, undecided?: 'fix'): Outcome {
  const policy = resolvePolicy({
    profiles: ['strict'],
    ...(undecided === undefined ? {} : {undecided}),
  });
  const {text, findings} = harden(stream, 'in.yaml', policy);
  const again = harden(text, 'in.yaml', policy);
  if (again.text !== text) return {status: 'hardened twice is not hardened once', level: undefined};
  const found = findings.find(({rule}) => rule === 'require-pod-security');
  const level = /pod-security.kubernetes.io\/enforce: ([a-z]+)/.exec(text)?.[1];
  return {status: found?.disposition ?? 'none', level};
}

const becomes = test.macro(
  (t, stream: string, status: string, level?: string, undecided?: 'fix') => {
    t.deepEqual(outcomeOf(stream, undecided), {status, level});
  },
);

test('a namespace alone', becomes, namespace(), 'fixed', 'restricted');
test(
  'with pods that pass once they are hardened',
  becomes,
  namespace() + pod(safe),
  'fixed',
  'restricted',
);
test('with pods that do not pass', becomes, namespace() + pod(rooted), 'waits');
test('with pods of the release', becomes, namespace() + pod(rooted, ''), 'waits');
test(
  'with pods that do not pass elsewhere',
  becomes,
  namespace() + pod(rooted, ', namespace: other'),
  'fixed',
  'restricted',
);
test('decided', becomes, namespace() + pod(rooted), 'fixed', 'restricted', 'fix');
test(
  'a laxer label',
  becomes,
  namespace(', labels: {pod-security.kubernetes.io/enforce: baseline}'),
  'fixed',
  'restricted',
);
test(
  'the label',
  becomes,
  namespace(', labels: {pod-security.kubernetes.io/enforce: restricted}'),
  'none',
  'restricted',
);
test('kube-system', becomes, namespace().replace('shop', 'kube-system'), 'none');

test('the rules of the Pod Security Standards are all that it asks', t => {
  const ofStandard = profiles['restricted']?.rules ?? [];
  const expected = rules.filter(
    ({id, references}) => references.podSecurity !== undefined && ofStandard.includes(id),
  );
  t.deepEqual(
    podSecurityRules.map(({id}) => id),
    expected.map(({id}) => id),
  );
});
