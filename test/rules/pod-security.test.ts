import test from 'ava';
import {resolvePolicy} from '../../src/config/resolve.ts';
import {harden} from '../../src/harden.ts';
import {fixes, pod} from './fixes.ts';

/** A pod with one container with these lines, and other lines of the pod spec. */
const container = (lines: string, spec = '') =>
  pod(`${spec}  containers:
  - name: a
${lines}`);
const context = (lines: string, spec = '') => container(`    securityContext:\n${lines}`, spec);
const windows = '  os: {name: windows}\n';
const inUserNamespace = '  hostUsers: false\n';

const untouched = test.macro((t, rule: string, text: string, minor: number) => {
  const policy = resolvePolicy({
    rules: {[rule]: 'fix'},
    profiles: ['audit'],
    podSecurityMinor: minor,
  });
  const {findings} = harden(text, 'in', policy);
  t.deepEqual(
    findings.filter(finding => finding.rule === rule),
    [],
  );
});

const latest = Number.POSITIVE_INFINITY;

// Capabilities

const capability = '/spec/containers/0/securityContext/capabilities';
test(
  'an entry of ALL goes, the defaults stay',
  fixes,
  'no-extra-capabilities',
  context('      capabilities: {add: [ALL, KILL]}\n'),
  context('      capabilities: {add: [KILL]}\n'),
  [`fixed ${capability}/add/0`],
);
test(
  'capabilities of an ephemeral container',
  fixes,
  'no-extra-capabilities',
  pod(`  ephemeralContainers:
  - name: e
    securityContext: {capabilities: {add: [BPF]}}
`),
  pod('  ephemeralContainers:\n  - name: e\n'),
  ['fixed /spec/ephemeralContainers/0/securityContext/capabilities/add/0'],
);
test(
  'a privileged port keeps what it needs, whatever else was added',
  fixes,
  'drop-all-capabilities',
  container(
    `    ports: [{containerPort: 443}]
    securityContext: {capabilities: {add: [ALL]}}
`,
  ),
  container(
    `    ports: [{containerPort: 443}]
    securityContext: {capabilities: {add: [NET_BIND_SERVICE], drop: [ALL]}}
`,
  ),
  [`fixed ${capability}`],
);
test(
  'who dropped NET_BIND_SERVICE does not get it back',
  fixes,
  'drop-all-capabilities',
  container(
    `    ports: [{containerPort: 80}]
    securityContext: {capabilities: {drop: [NET_BIND_SERVICE]}}
`,
  ),
  container(
    `    ports: [{containerPort: 80}]
    securityContext: {capabilities: {drop: [ALL]}}
`,
  ),
  [`fixed ${capability}`],
);
test(
  'a port of 1024 needs no capability',
  fixes,
  'drop-all-capabilities',
  container('    ports: [{containerPort: 1024}]\n    securityContext: {}\n'),
  container(
    `    ports: [{containerPort: 1024}]
    securityContext: {capabilities: {drop: [ALL]}}
`,
  ),
  [`fixed ${capability}`],
);
test('no ALL to drop before v1.22', untouched, 'drop-all-capabilities', container(''), 21);
test('Windows drops nothing', untouched, 'drop-all-capabilities', container('', windows), 25);
test(
  'before v1.25 Windows is flagged, and kept valid',
  fixes,
  'drop-all-capabilities',
  container('', windows),
  container('', windows),
  [`flagged ${capability}`],
  24,
);

// Privilege escalation

const escalation = '/spec/containers/0/securityContext/allowPrivilegeEscalation';
test(
  'before v1.25 Windows is flagged, and not told to forbid escalation',
  fixes,
  'no-privilege-escalation',
  container('', windows),
  container('', windows),
  [`flagged ${escalation}`],
  24,
);
test('Windows escalates', untouched, 'no-privilege-escalation', container('', windows), latest);

// Profiles

const seccomp = '/spec/securityContext/seccompProfile';
test(
  'a profile without a type',
  fixes,
  'no-unconfined-seccomp',
  context('      seccompProfile: {localhostProfile: a.json}\n'),
  context('      seccompProfile: {type: RuntimeDefault}\n'),
  ['fixed /spec/containers/0/securityContext/seccompProfile/type'],
);
const annotated = (annotation: string) =>
  `apiVersion: v1
kind: Pod
metadata:
  annotations:
    ${annotation}
spec:
  containers: [{name: a}]
`;
test(
  'the annotation of a pod, as clusters before v1.19 know it',
  fixes,
  'no-unconfined-seccomp',
  annotated('seccomp.security.alpha.kubernetes.io/pod: unconfined'),
  annotated('seccomp.security.alpha.kubernetes.io/pod: runtime/default'),
  ['fixed /metadata/annotations/seccomp.security.alpha.kubernetes.io~1pod'],
  18,
);
test(
  'the annotation of a container',
  fixes,
  'no-unconfined-seccomp',
  annotated('container.seccomp.security.alpha.kubernetes.io/a: "unconfined"'),
  annotated('container.seccomp.security.alpha.kubernetes.io/a: runtime/default'),
  ['fixed /metadata/annotations/container.seccomp.security.alpha.kubernetes.io~1a'],
  18,
);
for (const [key, value, minor] of [
  ['container.seccomp.security.alpha.kubernetes.io/other', 'unconfined', 18],
  ['seccomp.security.alpha.kubernetes.io/pod', 'docker/default', 18],
  ['seccomp.security.alpha.kubernetes.io/pod', 'localhost/a', 18],
  ['seccomp.security.alpha.kubernetes.io/pod', 'unconfined', 19],
] as const) {
  const text = annotated(`${key}: ${value}`);
  test(`${key}: ${value} in v1.${minor}`, untouched, 'no-unconfined-seccomp', text, minor);
}
test(
  'a profile of the node keeps its place: no path that leads out',
  fixes,
  'require-seccomp',
  annotated('seccomp.security.alpha.kubernetes.io/pod: localhost/../a'),
  `apiVersion: v1
kind: Pod
metadata: {}
spec:
  containers: [{name: a}]
  securityContext:
    seccompProfile:
      type: RuntimeDefault
`,
  [`fixed ${seccomp}`],
);
test(
  'a pod whose every container names a profile needs none',
  untouched,
  'require-seccomp',
  context('      seccompProfile: {type: Unconfined}\n'),
  latest,
);
test(
  'what the pod names wrongly is the matter of no-unconfined-seccomp',
  untouched,
  'require-seccomp',
  container('', '  securityContext: {seccompProfile: {type: Unconfined}}\n'),
  latest,
);
test('no seccomp field before v1.19', untouched, 'require-seccomp', container(''), 18);
test('Windows knows no seccomp', untouched, 'require-seccomp', container('', windows), 25);
test(
  'an annotation for AppArmor that is empty says nothing',
  untouched,
  'no-unconfined-apparmor',
  annotated('container.apparmor.security.beta.kubernetes.io/a: ""'),
  latest,
);

// SELinux

test(
  'container_engine_t before v1.31',
  fixes,
  'no-custom-selinux',
  context('      seLinuxOptions: {type: container_engine_t, level: s0}\n'),
  context('      seLinuxOptions: {level: s0}\n'),
  ['fixed /spec/containers/0/securityContext/seLinuxOptions/type'],
  30,
);
test(
  'container_engine_t from v1.31 on',
  untouched,
  'no-custom-selinux',
  context('      seLinuxOptions: {type: container_engine_t, user: "", role: null}\n'),
  31,
);

// Root

const user = (lines: string, spec = '') => context(lines, spec);
const root = '/spec/containers/0/securityContext';
test(
  'the pod’s word holds for a container without one',
  untouched,
  'no-root',
  container('', '  securityContext: {runAsNonRoot: true}\n'),
  latest,
);
test(
  'a pod that says false, and a container that says true',
  fixes,
  'no-root',
  user('      runAsNonRoot: true\n', '  securityContext: {runAsNonRoot: false}\n'),
  user('      runAsNonRoot: true\n'),
  ['fixed /spec/securityContext/runAsNonRoot'],
);
for (const minor of [22, latest]) {
  test(
    `user 0 goes where the rewrite would clash with it, in v1.${minor}`,
    fixes,
    'no-root',
    user('      runAsUser: 0x0\n'),
    user('      runAsNonRoot: true\n'),
    [`fixed ${root}/runAsNonRoot`],
    minor,
  );
}
test(
  'a user 0 that the container has from its pod',
  fixes,
  'no-root',
  container('', '  securityContext: {runAsUser: 0, fsGroup: 1}\n'),
  container(
    '    securityContext:\n      runAsNonRoot: true\n',
    '  securityContext: {fsGroup: 1}\n',
  ),
  [`fixed ${root}/runAsNonRoot`],
);
test('a user namespace', untouched, 'no-root', user('      runAsUser: 0\n', inUserNamespace), 35);
test(
  'no user namespace counts before v1.35',
  fixes,
  'no-root',
  user('      runAsUser: 0\n', inUserNamespace),
  user('      runAsNonRoot: true\n', inUserNamespace),
  [`fixed ${root}/runAsNonRoot`],
  34,
);
const asUser0 = user('      runAsUser: 0\n      runAsNonRoot: true\n');
test('user 0 before v1.23', untouched, 'no-root-user', asUser0, 22);
test('user 0 is no matter of no-root', untouched, 'no-root', asUser0, latest);
test(
  'user 0 from v1.23 on',
  fixes,
  'no-root-user',
  asUser0,
  user('      runAsNonRoot: true\n'),
  [`fixed ${root}/runAsUser`],
  23,
);
test(
  'user 0 in a user namespace',
  untouched,
  'no-root-user',
  user('      runAsUser: 0\n', inUserNamespace),
  35,
);

test('an exception for one container leaves that one as it is', t => {
  const before = container('  - name: b\n');
  const policy = resolvePolicy({
    profiles: ['audit'],
    rules: {'no-root': 'fix'},
    annotate: false,
    exceptions: [{rules: ['no-root'], match: {container: 'a'}, reason: 'changes owners'}],
  });
  const {text} = harden(before, 'in', policy);
  t.is(
    text,
    container(`  - name: b
    securityContext:
      runAsNonRoot: true
`),
  );
});

// procMount, sysctls, probes

const unmasked = context('      procMount: Unmasked\n', inUserNamespace);
const masked = container('', inUserNamespace);
const procMount = '/spec/containers/0/securityContext/procMount';
test(
  'unmasked before v1.35',
  fixes,
  'no-unmasked-proc',
  unmasked,
  masked,
  [`fixed ${procMount}`],
  34,
);
test('unmasked in a user namespace', untouched, 'no-unmasked-proc', unmasked, 35);
const strictProc = 'no-unmasked-proc-in-user-namespace';
test('unmasked, restricted', fixes, strictProc, unmasked, masked, [`fixed ${procMount}`], 35);
test('unmasked, one finding', untouched, strictProc, unmasked, 34);

for (const [name, minor] of [
  ['net.ipv4.ip_local_reserved_ports', 27],
  ['net.ipv4.tcp_fin_timeout', 29],
  ['net.ipv4.tcp_rmem', 32],
  ['net.ipv4.tcp_notsent_lowat', 37],
] as const) {
  const sysctl = container('', `  securityContext: {sysctls: [{name: ${name}, value: "1"}]}\n`);
  const seen = ['fixed /spec/securityContext/sysctls/0'];
  test(`${name} before`, fixes, 'no-unsafe-sysctls', sysctl, container(''), seen, minor - 1);
  test(`${name} from v1.${minor} on`, untouched, 'no-unsafe-sysctls', sysctl, minor);
}
test(
  'a host of a probe before v1.34',
  untouched,
  'no-host-probes',
  container('    livenessProbe: {httpGet: {host: 10.0.0.1, port: 80}}\n'),
  33,
);

// Volumes

test(
  'a volume goes with the mounts of all containers, and what is left empty',
  fixes,
  'no-host-path',
  pod(
    `  initContainers:
  - name: i
    volumeMounts: [{name: v, mountPath: /v}, {name: w, mountPath: /w}]
  containers:
  - name: a
    volumeMounts:
    - name: v
      mountPath: /v
      subPath: x
    volumeDevices: [{name: v, devicePath: /dev/v}]
  volumes:
  - name: v
    hostPath: {path: /data}
  - name: w
`,
  ),
  pod(
    `  initContainers:
  - name: i
    volumeMounts: [{name: w, mountPath: /w}]
  containers:
  - name: a
  volumes:
  - name: w
`,
  ),
  ['fixed /spec/volumes/0/hostPath'],
);
test(
  'a hostPath of null is an emptyDir',
  untouched,
  'no-host-path',
  container('', '  volumes: [{name: v, hostPath: null}]\n'),
  latest,
);
test(
  'a source that the standard does not know is none of the allowed',
  fixes,
  'restricted-volumes',
  container('', '  volumes: [{name: v, newDisk: {}}, {name: w, nfs: null}]\n'),
  container('', '  volumes: [{name: v, newDisk: {}}, {name: w, nfs: null}]\n'),
  ['flagged /spec/volumes/0/newDisk'],
);

test('ten thousand volumes and mounts of one name take no quadratic time', t => {
  const many = (item: string) => Array.from({length: 10_000}, () => item).join(', ');
  const text = container(
    `    volumeMounts: [${many('{name: v, mountPath: /v}')}]\n`,
    `  volumes: [${many('{name: v, hostPath: {path: /etc}}')}]\n`,
  );
  const {summary} = harden(text, 'in', resolvePolicy({profiles: ['audit']}));
  t.true(summary.findings > 20_000);
  t.true(summary.findings < 100_000);
});

// Rewrites that depend on others, so that the API server accepts the object

const keeping = test.macro(
  (t, rules: readonly string[], before: string, after: string, profile?: string) => {
    const exceptions = [{rules, match: {}, reason: 'kept'}];
    const policy = resolvePolicy({
      profiles: [profile ?? 'restricted'],
      exceptions,
      annotate: false,
      undecided: 'fix',
    });
    t.is(harden(before, 'in', policy).text, after);
  },
);
const restricted = `      runAsNonRoot: true
      capabilities: {drop: [ALL]}
      seccompProfile: {type: RuntimeDefault}
`;
test(
  'privileged that stays keeps escalation',
  keeping,
  ['no-privileged'],
  context(`      privileged: true\n${restricted}`),
  context(`      privileged: true\n${restricted}`),
);
test(
  'privileged that goes forbids escalation',
  keeping,
  ['no-host-port'],
  context(`      privileged: true\n${restricted}`),
  context(`${restricted}      allowPrivilegeEscalation: false\n`),
);
test(
  'SYS_ADMIN that stays keeps escalation',
  keeping,
  ['no-extra-capabilities', 'drop-all-capabilities'],
  context(
    `      capabilities: {add: [CAP_SYS_ADMIN]}
      runAsNonRoot: true
      seccompProfile: {type: RuntimeDefault}
`,
  ),
  context(
    `      capabilities: {add: [CAP_SYS_ADMIN]}
      runAsNonRoot: true
      seccompProfile: {type: RuntimeDefault}
`,
  ),
);
const hostProcess = `  os: {name: windows}
  hostNetwork: true
  securityContext:
    windowsOptions: {hostProcess: true}
`;
test(
  'a HostProcess pod that stays keeps the network of the host',
  keeping,
  ['no-host-process'],
  container('', hostProcess),
  container('', hostProcess),
  'baseline',
);
test(
  'a HostProcess pod that no rule concerns keeps it too',
  keeping,
  ['no-host-network'],
  container('    image: a\n', hostProcess),
  container('    image: a\n', windows),
  'baseline',
);
test(
  'on Windows nothing is added that the API server forbids there',
  keeping,
  ['no-host-port'],
  container('', windows),
  container('    securityContext:\n      runAsNonRoot: true\n', windows),
);
test(
  'strict drops ALL, and not SYS_ADMIN besides',
  fixes,
  'no-sys-admin',
  context('      capabilities: {drop: [ALL], add: [sys_admin]}\n'),
  context('      capabilities: {drop: [ALL]}\n'),
  [`fixed ${capability}/add/0`],
);

test('the annotation names the rules that rewrote, not one that only saw its finding go', t => {
  const before = container(
    '    volumeMounts: [{name: v, mountPath: /v}]\n',
    '  volumes: [{name: v, hostPath: {path: /etc}}]\n',
  );
  const rules = {'no-sensitive-host-path': 'fix', 'root-with-host-path': 'flag'} as const;
  const {text, findings} = harden(before, 'in', resolvePolicy({profiles: ['audit'], rules}));
  t.true(findings.some(({rule, status}) => rule === 'root-with-host-path' && status === 'fixed'));
  t.regex(text, /kube-harden\.io\/rewritten: no-sensitive-host-path$/m);
});

test('a mapping where a text must be is no error of ours', t => {
  const text = [
    `apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: {name: a}
rules: [{apiGroups: [""], resources: [pods/exec, {a: 1}], verbs: [create, {}]}]
`,
    `apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: {name: a}
subjects: [{kind: {}, name: {}}]
`,
    `apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: a}
spec: {podSelector: {matchLabels: {a: {}}, matchExpressions: [{key: a, operator: In, values: [{}]}]}}
`,
    container('    image: a\n').replace('name: a\n', 'name: a\n  labels: {a: {}}\n'),
  ].join('---\n');
  t.true(harden(text, 'in', resolvePolicy({profiles: ['strict']})).summary.findings > 0);
});
