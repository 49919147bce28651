import {readFileSync} from 'node:fs';
import test from 'ava';
import {profiles} from '../../src/config/profiles.ts';
import {resolvePolicy} from '../../src/config/resolve.ts';
import {markedKnown} from '../../src/drift/known.ts';
import {counts, type Finding} from '../../src/findings/finding.ts';
import {audit} from '../../src/harden.ts';
import type {Policy} from '../../src/policy/policy.ts';
import {charts, renderedFile} from '../fixtures/charts.ts';
import {corpusFiles} from '../tools/corpus-files.ts';
import {postureIn} from './release.ts';

const everyRule = resolvePolicy({profiles: ['audit']});

/** The findings of an audit of `after` that a lock file of `before` does not have. */
const newIn = (before: string, after: string, policy: Policy = everyRule): readonly Finding[] =>
  markedKnown(audit(after, 'in.yaml', policy).findings, postureIn(before)).filter(finding =>
    counts(finding, 'low'),
  );

const policies: readonly Policy[] = [
  ...Object.keys(profiles).map(name => resolvePolicy({profiles: [name]})),
  resolvePolicy({profiles: ['strict'], undecided: 'fix'}),
];

test('in what has not changed everything is known, whatever an audit would rewrite', t => {
  for (const file of [...charts.map(renderedFile), ...corpusFiles]) {
    const text = readFileSync(file, 'utf8');
    const lock = postureIn(text);
    for (const policy of policies) {
      const found = markedKnown(audit(text, 'in.yaml', policy).findings, lock);
      t.deepEqual(
        found.filter(finding => counts(finding, 'low')).map(({fingerprint}) => fingerprint),
        [],
        `${file} ${[...policy.rules].join()}`,
      );
    }
  }
});

const workload = (pod: string): string => `apiVersion: apps/v1
kind: DaemonSet
metadata: {name: agent}
spec:
  selector: {matchLabels: {app: agent}}
  template:
    metadata: {labels: {app: agent}}
    spec: ${pod}
`;

const role = (rule: string): string => `apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: {name: agent}
rules: [${rule}]
`;

const binding = (
  roleRef: string,
  subjects: string,
): string => `apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata: {name: agent}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: ${roleRef}}
subjects: [${subjects}]
`;

const service = (spec: string, annotations = '{}'): string => `apiVersion: v1
kind: Service
metadata: {name: agent, annotations: ${annotations}}
spec: ${spec}
`;

const ingress = (host: string, snippet = 'a'): string => `apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {name: agent, annotations: {nginx.ingress.kubernetes.io/server-snippet: "${snippet}"}}
spec: {rules: [{host: ${host}}]}
`;

const port = (fields: string) =>
  workload(`{containers: [{name: a, image: a, ports: [{containerPort: 80, ${fields}}]}]}`);
const folder = (path: string) =>
  workload(
    `{containers: [{name: a, image: a, volumeMounts: [{name: v, mountPath: /v}]}], volumes: [{name: v, hostPath: {path: ${path}}}]}`,
  );
const image = (name: string) => workload(`{containers: [{name: a, image: ${name}}]}`);
const opened = (spec: string) => `apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: agent}
spec: ${spec}
`;
const webhook = (service: string, rules: string) => `apiVersion: admissionregistration.k8s.io/v1
kind: MutatingWebhookConfiguration
metadata: {name: agent}
webhooks:
  - name: a.example.com
    sideEffects: None
    admissionReviewVersions: [v1]
    clientConfig: {service: {namespace: a, name: ${service}}}
    rules: [${rules}]
`;
const onPods = '{apiGroups: [""], apiVersions: [v1], operations: [CREATE], resources: [pods]}';
const account = (name: string) => `{kind: ServiceAccount, name: ${name}, namespace: a}`;

/** What makes a known mistake another one, by the rules that then tell it anew. */
const worse: readonly (readonly [before: string, after: string, rules: readonly string[]])[] = [
  [port('hostPort: 80'), port('hostPort: 22'), ['no-host-port']],
  [port('hostPort: 80, hostIP: 127.0.0.1'), port('hostPort: 80'), ['no-host-port']],
  [
    folder('/var/log/agent'),
    folder('/'),
    [
      'no-host-path',
      'no-sensitive-host-path',
      'no-sensitive-host-path',
      'no-runtime-socket',
      'root-with-host-path',
    ],
  ],
  [image('a:1'), image('b:1'), ['pin-images']],
  [
    binding('cluster-admin', account('a')),
    binding('cluster-admin', account('b')),
    ['no-cluster-admin'],
  ],
  [
    binding('cluster-admin', account('a')),
    binding('cluster-admin', `${account('a')}, ${account('b')}`),
    ['no-cluster-admin'],
  ],
  [
    binding('view', '{kind: Group, name: system:unauthenticated}'),
    binding('edit', '{kind: Group, name: system:unauthenticated}'),
    ['no-cluster-admin'],
  ],
  [
    role('{apiGroups: [""], resources: [secrets], verbs: [get]}'),
    role('{apiGroups: [""], resources: [secrets], verbs: [get, list]}'),
    ['no-secret-listing'],
  ],
  [
    role('{apiGroups: [""], resources: [configmaps], verbs: ["*"]}'),
    role('{apiGroups: [""], resources: [nodes], verbs: ["*"]}'),
    ['no-wildcard-rbac'],
  ],
  [
    service('{type: LoadBalancer, ports: [{port: 80}], loadBalancerSourceRanges: [10.0.0.0/8]}'),
    service('{type: LoadBalancer, ports: [{port: 80}]}'),
    ['no-load-balancer'],
  ],
  [
    service(
      '{type: LoadBalancer, ports: [{port: 80}]}',
      '{service.beta.kubernetes.io/azure-load-balancer-internal: "true"}',
    ),
    service('{type: LoadBalancer, ports: [{port: 80}]}'),
    ['no-load-balancer'],
  ],
  [
    service('{ports: [{port: 80}], externalIPs: [192.0.2.1]}'),
    service('{ports: [{port: 80}], externalIPs: [192.0.2.1, 192.0.2.2]}'),
    ['no-external-ips'],
  ],
  [ingress('a.example'), ingress('b.example'), ['no-public-ingress', 'ingress-requires-tls']],
  [ingress('a.example', 'a'), ingress('a.example', 'b'), ['no-ingress-snippets']],
  [
    opened('{podSelector: {matchLabels: {app: a}}, ingress: [{ports: [{port: 80}]}]}'),
    opened('{podSelector: {}, ingress: [{ports: [{port: 80}]}]}'),
    ['no-open-network-policy'],
  ],
  [webhook('a', onPods), webhook('b', onPods), ['no-mutating-admission']],
  [
    workload('{containers: [{name: a, image: a, securityContext: {seLinuxOptions: {type: a_t}}}]}'),
    workload('{containers: [{name: a, image: a, securityContext: {seLinuxOptions: {type: b_t}}}]}'),
    ['no-custom-selinux'],
  ],
];

for (const [index, [before, after, rules]] of worse.entries()) {
  test(`known no longer: ${index + 1}, ${rules[0]}`, t => {
    t.deepEqual(newIn(before, before), []);
    const found = newIn(before, after).map(({rule}) => rule);
    for (const rule of rules) t.true(found.includes(rule), `${rule}: ${found.join()}`);
  });
}

const same: readonly (readonly [before: string, after: string])[] = [
  [image('a:1'), image('a:2')],
  [image('a:1'), image('docker.io/library/a:2')],
  [
    opened('{podSelector: {}, ingress: [{ports: [{port: 80}]}]}'),
    opened(
      '{podSelector: {}, policyTypes: [Ingress], ingress: [{ports: [{protocol: TCP, port: 80}]}]}',
    ),
  ],
  [webhook('a', onPods), webhook('a', onPods.replace('}', ', scope: "*"}'))],
  [port('hostPort: 80'), port('hostPort: 80, protocol: TCP')],
  [folder('/var/run/a'), folder('/run/a/')],
  [
    binding('cluster-admin', `${account('a')}, ${account('b')}`),
    binding('cluster-admin', `${account('b')}, ${account('a')}`),
  ],
];

test('what each upgrade changes, or the API server fills in, is still known', t => {
  for (const [before, after] of same) {
    t.not(audit(before, 'in.yaml', everyRule).findings.length, 0);
    t.deepEqual(newIn(before, after), []);
  }
});

test('of equal findings as many are known as there were, wherever they have moved', t => {
  const twice = (first: string, second: string) =>
    [first, second]
      .map(host => `${service(`{type: ExternalName, externalName: ${host}}`)}`)
      .join('---\n');
  t.deepEqual(newIn(twice('a', 'b'), twice('b', 'a')), []);
  const mount = (readOnly: string) => `{name: v, mountPath: /${readOnly}, readOnly: ${readOnly}}`;
  const pods = (mounts: string, user: number) =>
    workload(
      `{securityContext: {runAsUser: ${user}}, containers: [{name: a, image: a, volumeMounts: [${mounts}]}], volumes: [{name: v, hostPath: {path: /etc}}]}`,
    );
  const [root, other] = [pods(mount('false'), 0), pods(mount('false'), 1000)];
  const both = `${root}---\n${other}`;
  t.deepEqual(newIn(both, `${other}---\n${root}`), []);
  t.not(newIn(both, `${root}---\n${root}`).length, 0);
});

const boundOnly = `apiVersion: v1
kind: ServiceAccount
metadata: {name: runner}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: {name: runner}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: cluster-admin}
subjects: [{kind: ServiceAccount, name: runner, namespace: shop}]
---
${opened('{podSelector: {matchLabels: {app: none}}, ingress: [{from: [{namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: shop}}, podSelector: {matchLabels: {app: gone}}}]}]}')}---
${image('a')}`;

test('the namespace that only bindings tell is known, whichever rules are asked', t => {
  const lock = postureIn(boundOnly);
  for (const id of everyRule.rules.keys()) {
    const alone = {...everyRule, rules: new Map([[id, 'flag'] as const])};
    t.deepEqual(newIn(boundOnly, boundOnly, alone), [], id);
    for (const finding of audit(boundOnly, 'in.yaml', alone).findings) {
      t.true(
        lock.findings.some(({text}) => text === finding.fingerprint),
        finding.fingerprint,
      );
    }
  }
});
