import test from 'ava';
import {type PolicyChoices, resolvePolicy} from '../../src/config/resolve.ts';
import {
  containerWitnesses,
  fromStream,
  podWitnesses,
  ruleWitnesses,
} from '../../src/evidence/table.ts';
import {containerTwins, podTwins} from '../../src/guard/evidence-twins.ts';
import {harden} from '../../src/harden.ts';
import {formats} from '../../src/report/formats.ts';
import {toSummary} from '../../src/report/text.ts';
import {findRule} from '../../src/rules/index.ts';

const run = (text: string, choices: PolicyChoices = {}) => {
  const policy = resolvePolicy({annotate: false, ...choices});
  return {...harden(text, 'in', policy), policy};
};

const workload = (kind: string, spec: string) =>
  `apiVersion: apps/v1
kind: ${kind}
metadata: {name: agent, namespace: ops}
spec:
  selector: {matchLabels: {app: agent}}
  template:
    metadata: {labels: {app: agent}}
    spec:
${spec.replaceAll(/^/gm, '      ').trimEnd()}
`;

const container = (more: string) =>
  `containers:
- name: app
  image: example.com/app:1.0
${more}`;

const nodeExporter = workload(
  'DaemonSet',
  `hostNetwork: true
volumes:
- name: proc
  hostPath: {path: /proc}
${container(`  ports: [{containerPort: 9100, hostPort: 9100}]
  securityContext: {privileged: true}
  volumeMounts: [{name: proc, mountPath: /host/proc}]
`)}`,
);

/** The findings of one rule, and whether its rewrite waits under `essential`. */
const waits = test.macro((t, text: string, rule: string, evidence: RegExp | undefined) => {
  const found = run(text).findings.filter(
    finding =>
      finding.rule === rule && finding.path !== '/spec/template/spec/volumes/0/hostPath/path',
  );
  t.is(found.length, 1);
  const [finding] = found;
  if (evidence === undefined) {
    t.is(finding?.status, 'fixed');
    t.is(finding?.evidence, undefined);
    return;
  }
  t.is(finding?.status, 'flagged');
  t.true(finding?.waits);
  t.regex(finding?.evidence?.join('; ') ?? '', evidence);
  t.is(
    run(text, {undecided: 'fix'}).findings.find(
      each => each.rule === rule && each.status === 'fixed',
    )?.path,
    finding?.path,
  );
});

for (const rule of ['no-host-network', 'no-privileged', 'no-sensitive-host-path']) {
  test(`an agent of the node: ${rule}`, waits, nodeExporter, rule, /is node software/);
}
test(
  'a Deployment is no agent',
  waits,
  nodeExporter.replace('DaemonSet', 'Deployment'),
  'no-host-network',
  undefined,
);
test(
  'a DaemonSet that shares nothing with its node, and has no port there, is no agent',
  waits,
  nodeExporter.replace('      hostNetwork: true\n', '').replace(', hostPort: 9100', ''),
  'no-privileged',
  undefined,
);

test(
  'a probe of the node’s loopback address',
  waits,
  workload(
    'Deployment',
    `hostNetwork: true\n${container('  livenessProbe: {httpGet: {host: 127.0.0.1, port: 8080}}\n')}`,
  ),
  'no-host-network',
  /`livenessProbe` of container "app" connects to "127\.0\.0\.1"/,
);

const hostPort = (port: string, more = '') =>
  workload('Deployment', container(`  ports: [{containerPort: 8080, hostPort: ${port}}]\n${more}`));
test('a host port that nothing counts on', waits, hostPort('30100'), 'no-host-port', undefined);
test(
  'a hook that connects to the host port',
  waits,
  hostPort('30100', '  lifecycle: {postStart: {httpGet: {host: node, port: 30100}}}\n'),
  'no-host-port',
  /`lifecycle\.postStart` .* host port 30100/,
);
test(
  'a probe of the container port',
  waits,
  hostPort('30100', '  livenessProbe: {tcpSocket: {host: node, port: 8080}}\n'),
  'no-host-port',
  undefined,
);
const service = (selector: string, port: number) =>
  `---
apiVersion: v1
kind: Service
metadata: {name: web, namespace: ops}
spec: {selector: ${selector}, ports: [{port: 80, targetPort: ${port}}]}
`;
test(
  'a Service that sends to the host port',
  waits,
  `${hostPort('30100')}${service('{app: agent}', 30100)}`,
  'no-host-port',
  /the Service "web" depends on the host port 30100/,
);
test(
  'a Service that sends to the container port',
  waits,
  `${hostPort('8080')}${service('{app: agent}', 8080)}`,
  'no-host-port',
  undefined,
);
test(
  'a Service of other pods',
  waits,
  `${hostPort('30100')}${service('{app: other}', 30100)}`,
  'no-host-port',
  undefined,
);
for (const [kind, body] of [
  ['Endpoints', 'subsets: [{addresses: [{ip: 10.0.0.1}], ports: [{port: 30100}]}]'],
  ['EndpointSlice', 'ports: [{port: 30100}]'],
  [
    'NetworkPolicy',
    'spec: {egress: [{to: [{ipBlock: {cidr: 10.0.0.0/8}}], ports: [{port: 30100}]}]}',
  ],
] as const) {
  test(
    `${kind} that name the host port`,
    waits,
    `${hostPort('30100')}---
apiVersion: x/v1
kind: ${kind}
metadata: {name: nodes}
${body}
`,
    'no-host-port',
    new RegExp(`the ${kind} "nodes" depends on the host port 30100`),
  );
}
test(
  'a NetworkPolicy that lets out to all addresses',
  waits,
  `${hostPort('443')}---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: out}
spec: {podSelector: {matchLabels: {app: x}}, egress: [{to: [{ipBlock: {cidr: 0.0.0.0/0}}], ports: [{port: 443}]}]}
`,
  'no-host-port',
  undefined,
);

test(
  'an init container that sets up the node',
  waits,
  workload(
    'Deployment',
    `initContainers:
- name: setup
  image: a
  command: [sh, -c, "/sbin/sysctl -w vm.max_map_count=262144"]
  securityContext: {privileged: true}
${container('')}`,
  ),
  'no-privileged',
  /container "setup" runs `sysctl`/,
);
test(
  'mounts that only a privileged container may propagate',
  waits,
  workload(
    'Deployment',
    container(
      `  securityContext: {privileged: true}
  volumeMounts: [{name: v, mountPath: /v, mountPropagation: Bidirectional}]
`,
    ),
  ),
  'no-privileged',
  /mountPropagation: Bidirectional/,
);
test(
  'a program that mounts',
  waits,
  workload(
    'Deployment',
    container(`  args: [mount, -a]
  securityContext: {capabilities: {add: [SYS_ADMIN]}}
`),
  ),
  'no-sys-admin',
  /runs `mount`/,
);
const bindingPort = (user: number) =>
  workload(
    'Deployment',
    container(
      `  securityContext: {runAsUser: ${user}, allowPrivilegeEscalation: true, capabilities: {add: [NET_BIND_SERVICE]}}\n`,
    ),
  );
test(
  'an ordinary user with capabilities',
  waits,
  bindingPort(101),
  'no-privilege-escalation',
  /"NET_BIND_SERVICE"/,
);
test(
  'root has its capabilities anyway',
  waits,
  bindingPort(0),
  'no-privilege-escalation',
  undefined,
);

test('what needs root is named under every profile that would take it', t => {
  const text = workload(
    'Deployment',
    `initContainers:
- name: own
  image: a
  command: [sh, -c, "chown -R 1000 /data"]
${container('  ports: [{containerPort: 80}]\n')}`,
  );
  const {findings} = run(text, {profiles: ['restricted']});
  const evidence = (rule: string) =>
    findings.filter(each => each.rule === rule).flatMap(each => each.evidence ?? []);
  t.regex(evidence('no-root').join('; '), /container "own" runs `chown`.*port 80, below 1024/);
  t.regex(evidence('drop-all-capabilities').join('; '), /container "own" runs `chown`/);
  const waiting = findings.filter(each => each.waits).map(({rule}) => rule);
  t.deepEqual([...new Set(waiting)].sort(), ['drop-all-capabilities', 'no-root']);
});

test('who bears witness does so about a rule that there is', t => {
  for (const id of Object.keys(ruleWitnesses)) t.truthy(findRule(id), id);
});

test('each witness has a twin in the guard, but where other objects tell', t => {
  const twins: Readonly<Record<string, string | undefined>> = {...podTwins, ...containerTwins};
  for (const name of [...Object.keys(podWitnesses), ...Object.keys(containerWitnesses)]) {
    t.is(twins[name] === undefined, fromStream.includes(name), name);
  }
});

test('what stays for a decision leaves the object valid', t => {
  const {text, findings} = run(nodeExporter);
  t.true(text.startsWith(nodeExporter));
  const open = findings.filter(({status}) => status === 'flagged').map(({rule}) => rule);
  t.true(open.includes('no-privilege-escalation'));
  t.true(open.includes('no-host-port'));
});

test('privileges that go take along the propagation of mounts, which would be invalid', t => {
  const before = workload(
    'Deployment',
    container(
      `  securityContext: {privileged: true}
  volumeMounts: [{name: v, mountPath: /v, mountPropagation: Bidirectional}]
`,
    ),
  );
  t.regex(run(before, {profiles: ['baseline']}).text, /mountPropagation: HostToContainer/);
});

test('who asks for a rewrite otherwise than by the patient profile has decided', t => {
  const isFixed = (choices: PolicyChoices) =>
    run(nodeExporter, choices).findings.find(({rule}) => rule === 'no-host-network')?.status;
  t.is(isFixed({}), 'flagged');
  t.is(isFixed({profiles: ['essential', 'audit']}), 'flagged');
  t.is(isFixed({profiles: ['baseline']}), 'fixed');
  t.is(isFixed({profiles: ['essential', 'restricted']}), 'fixed');
  t.is(isFixed({rules: {'no-host-network': 'fix'}}), 'fixed');
  t.is(isFixed({undecided: 'fix'}), 'fixed');
});

test('evidence is told under every profile', t => {
  for (const profiles of [['audit'], ['baseline'], ['strict']]) {
    const {findings} = run(nodeExporter, {profiles});
    const finding = findings.find(({rule}) => rule === 'no-host-network');
    t.regex(finding?.evidence?.join('; ') ?? '', /is node software/);
    t.is(finding?.waits, undefined);
    t.is(finding?.exception, undefined);
  }
});

test('the ready exception allows that object, and nothing else', t => {
  const {findings} = run(nodeExporter);
  const exceptions = findings.flatMap(({exception}) => exception ?? []);
  t.deepEqual(exceptions[0]?.match, {kind: 'DaemonSet', namespace: 'ops', name: 'agent'});
  const again = run(nodeExporter, {exceptions});
  t.deepEqual(again.staleExceptions, []);
  t.false(again.findings.some(each => each.waits));
  t.true(
    again.findings.some(({status, rule}) => status === 'excepted' && rule === 'no-privileged'),
  );
});

test('a name that would be a pattern gets no ready exception', t => {
  const finding = run(nodeExporter.replace('name: agent', 'name: "*"')).findings.find(
    ({rule}) => rule === 'no-host-network',
  );
  t.true(finding?.waits);
  t.is(finding?.exception, undefined);
});

test('reports name the evidence and the exceptions to paste', t => {
  const report = run(nodeExporter.replace('name: agent', 'name: "a\\e\\n```<b>"'));
  const pasted = `exceptions:
  - rules: [no-host-network]
    match: {kind: "DaemonSet", namespace: "ops", name: "a\\u001b\\n\`\`\`<b>"}`;
  for (const text of [toSummary(report), formats['markdown']?.(report) ?? '']) {
    t.true(text.includes(pasted), text);
    t.false(text.includes('\u001b'));
  }
  const table = formats['table']?.(report) ?? '';
  t.regex(table, /evidence of need: a DaemonSet with `hostNetwork/);
  t.false(table.includes('\u001b'));
  t.regex(formats['json']?.(report) ?? '', /"waits": true/);
});
