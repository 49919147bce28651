import test from 'ava';
import {resolvePolicy} from '../../src/config/resolve.ts';
import {harden} from '../../src/harden.ts';

const workload = (namespace = '', more = '') => `apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
${namespace}spec:
  selector:
    matchLabels: {app: web}
  template:
    metadata:
      labels: {app: web, tier: front}
    spec:
${more}      containers:
        - name: web
          image: x
          securityContext: {allowPrivilegeEscalation: false}
`;

const policy = (spec: string, namespace = '') => `---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata:
  name: own
${namespace}spec: ${spec}
`;

const inShop = '  namespace: shop\n';
const inOther = '  namespace: other\n';

/** Whether a policy is added to `stream`. */
const adds = test.macro((t, stream: string, expected: boolean) => {
  const rules = {'no-host-network': 'flag'} as const;
  const {text, findings} = harden(stream, 'in', resolvePolicy({rules}));
  t.is(text !== stream, expected);
  const fixed = findings.some(
    ({rule, status}) => rule === 'require-network-policy' && status === 'fixed',
  );
  t.is(fixed, expected);
});

test('no policy at all', adds, workload(), true);
test(
  'one that selects the pods',
  adds,
  workload() + policy('{podSelector: {matchLabels: {app: web}}}'),
  false,
);
test('one that selects everything', adds, workload() + policy('{podSelector: {}}'), false);
test(
  'one that selects other pods',
  adds,
  workload() + policy('{podSelector: {matchLabels: {app: api}}}'),
  true,
);
test(
  'one that governs egress alone',
  adds,
  workload() + policy('{podSelector: {}, policyTypes: [Egress]}'),
  true,
);
test(
  'one by expressions',
  adds,
  workload() +
    policy('{podSelector: {matchExpressions: [{key: tier, operator: In, values: [front]}]}}'),
  false,
);
test(
  'one whose expressions do not hold',
  adds,
  workload() + policy('{podSelector: {matchExpressions: [{key: tier, operator: DoesNotExist}]}}'),
  true,
);
test(
  'one of the same namespace',
  adds,
  workload(inShop) + policy('{podSelector: {}}', inShop),
  false,
);
test(
  'one of another namespace',
  adds,
  workload(inShop) + policy('{podSelector: {}}', inOther),
  true,
);
test(
  'one of a namespace that may be the release’s',
  adds,
  workload() + policy('{podSelector: {}}', inShop),
  false,
);
test(
  'a pod in the network of its node is covered by none',
  adds,
  workload('', '      hostNetwork: true\n'),
  false,
);

test('pods without labels, which no selector tells apart, are flagged', t => {
  const pod = `apiVersion: v1
kind: Pod
metadata: {name: a}
spec: {containers: []}
`;
  const {text, findings} = harden(pod, 'in', resolvePolicy());
  t.is(text, pod);
  t.deepEqual(
    findings.map(({rule, status}) => `${status} ${rule}`),
    ['flagged require-network-policy'],
  );
});

test('a long name is cut to 63 characters, and stays apart from its neighbours', t => {
  const named = (name: string) => workload().replace('name: web\n', `name: ${name}\n`);
  const stream = `${named(`${'a'.repeat(60)}-1`)}---\n${named(`${'a'.repeat(60)}-2`)}`;
  const {text} = harden(stream, 'in', resolvePolicy({annotate: false}));
  const names = [...text.matchAll(/kind: NetworkPolicy\nmetadata:\n {2}name: (\S+)/g)].map(
    ([, name]) => name as string,
  );
  t.is(new Set(names).size, 2);
  t.true(names.every(name => name.length <= 63));
});

test('deny admits nothing', t => {
  const settings = resolvePolicy({annotate: false, networkPolicy: {ingress: 'deny'}});
  const {text} = harden(workload(), 'in', settings);
  t.true(text.endsWith('  policyTypes:\n  - Ingress\n'));
});
