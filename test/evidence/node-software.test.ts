import test from 'ava';
import {resolvePolicy} from '../../src/config/resolve.ts';
import {harden} from '../../src/harden.ts';

const essential = resolvePolicy({annotate: false});

/**
 * A Deployment, or another `kind`, from which only `SYS_ADMIN` of the container "app" would be
 * taken.
 */
const workload = (
  container: string,
  pod = '',
  kind = 'Deployment',
  more = '',
) => `apiVersion: apps/v1
kind: ${kind}
metadata: {name: web, namespace: shop}
spec:
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      ${pod}
      containers:
        - name: app
          image: example.com/app:1.0
          ${container}
        - {name: asks, image: "example.com/a:1", securityContext: {capabilities: {add: [SYS_ADMIN]}}}
${more}`;

const outcomeOf = (text: string) => {
  const found = harden(text, 'in', essential).findings.find(({rule}) => rule === 'no-sys-admin');
  return {status: found?.waits ? 'waits' : found?.status, evidence: found?.evidence?.join('; ')};
};

const waits = test.macro({
  exec(t, text: string, evidence: RegExp) {
    const outcome = outcomeOf(text);
    t.is(outcome.status, 'waits');
    t.regex(outcome.evidence ?? '', evidence);
  },
  title: (given = '') => `waits: ${given}`,
});

const goes = test.macro({
  exec(t, text: string) {
    t.deepEqual(outcomeOf(text), {status: 'fixed', evidence: undefined});
  },
  title: (given = '') => `goes: ${given}`,
});

const volume = (path: string, type?: string) =>
  `volumes: [{name: v, hostPath: {path: ${path}${type === undefined ? '' : `, type: ${type}`}}}]`;
const mount = (more = '') => `volumeMounts: [{name: v, mountPath: /v${more}}]`;

test('nothing that speaks for it', goes, workload(''));
test('a host port of a Deployment', goes, workload('ports: [{containerPort: 80, hostPort: 80}]'));

// The pod
test(
  'in the network of the node with NET_ADMIN',
  waits,
  workload('securityContext: {capabilities: {add: [net_admin]}}', 'hostNetwork: true'),
  /"net_admin" together with `hostNetwork: true`/,
);
test(
  'in the network of the node with CHOWN',
  goes,
  workload('securityContext: {capabilities: {add: [CHOWN]}}', 'hostNetwork: true'),
);
test('NET_ADMIN alone', goes, workload('securityContext: {capabilities: {add: [NET_ADMIN]}}'));
test(
  'a class for critical pods',
  waits,
  workload('', 'priorityClassName: system-node-critical'),
  /system-node-critical/,
);
test('a class of its own', goes, workload('', 'priorityClassName: shop-critical'));
test(
  'every taint tolerated',
  waits,
  workload('', 'tolerations: [{operator: Exists, effect: NoSchedule}]'),
  /every taint/,
);
test(
  'nodes that are not ready',
  waits,
  workload('', 'tolerations: [{key: node.kubernetes.io/not-ready, operator: Exists}]'),
  /not-ready/,
);
test(
  'patience with nodes that are not ready',
  goes,
  workload(
    '',
    'tolerations: [{key: node.kubernetes.io/not-ready, operator: Exists, effect: NoExecute, tolerationSeconds: 60}]',
  ),
);
test(
  'a pool of nodes',
  goes,
  workload('', 'tolerations: [{key: pool, operator: Equal, value: shop}]'),
);

const service = (targetPort: string) => `---
apiVersion: v1
kind: Service
metadata: {name: web, namespace: shop}
spec: {selector: {app: web}, ports: [{port: 80, targetPort: ${targetPort}}]}
`;
const onNode = 'ports: [{containerPort: 8080, hostPort: 80, name: http}]';
test(
  'a host port of a DaemonSet to which no Service leads',
  waits,
  workload(onNode, '', 'DaemonSet'),
  /host port 80 of its node: no Service leads to it/,
);
test(
  'one to which only another port’s Service leads',
  waits,
  workload(onNode, '', 'DaemonSet', service('9090')),
  /host port 80/,
);
test(
  'one to which a Service leads by number',
  goes,
  workload(onNode, '', 'DaemonSet', service('8080')),
);
test(
  'one to which a Service leads by name',
  goes,
  workload(onNode, '', 'DaemonSet', service('http')),
);

// The container
test(
  'ALL dropped and one capability added',
  waits,
  workload('securityContext: {capabilities: {drop: [ALL], add: [NET_ADMIN]}}'),
  /drops ALL capabilities and adds "NET_ADMIN" explicitly/,
);
test(
  'ALL dropped and a default one added',
  goes,
  workload('securityContext: {capabilities: {drop: [ALL], add: [NET_BIND_SERVICE]}}'),
);
for (const image of [
  'docker:27-dind',
  'docker.io/library/docker:27.3-dind',
  'moby/buildkit:v0.20',
  'ghcr.io/a/wireguard@sha256:1',
  'kindest/node:v1.36',
]) {
  test(
    `the image ${image}`,
    waits,
    workload('').replace('example.com/app:1.0', image),
    /the image/,
  );
}
for (const image of ['docker:27-cli', 'example.com/dinder:1', 'example.com/buildkit-ui:1']) {
  test(`the image ${image}`, goes, workload('').replace('example.com/app:1.0', image));
}
for (const [command, program] of [
  ['[sh, -c, "set -e\\nsysctl -w a=b"]', 'sysctl'],
  ['[sh, -c, "test -e /x && /sbin/modprobe ip_vs"]', 'modprobe'],
  ['[sh, -c, "if true; then exec iptables -L; fi"]', 'iptables'],
  ['[bash, -c, "(nft list ruleset)"]', 'nft'],
  ['[sh, -c, "ip -4 addr show"]', 'ip -4 addr'],
  ['[ip, route, get, "1.1.1.1"]', 'ip'],
  ['[nsenter, -t, "1", -m, --, ls]', 'nsenter'],
  ['[tini, --, dockerd-entrypoint.sh]', 'dockerd-entrypoint.sh'],
] as const) {
  const hasProgram = new RegExp(`runs \`${program}`);
  test(`the command ${command}`, waits, workload(`command: ${command}`), hasProgram);
}
test(
  'a setting of the kernel that is written',
  waits,
  workload('command: [sh, -c, "echo never > /sys/kernel/mm/x"]'),
  /writes to `\/sys\/`/,
);
test(
  'one that `tee` writes',
  waits,
  workload('args: ["echo 1 | tee /proc/sys/net/ipv4/ip_forward"]'),
  /writes to `\/proc\/sys\/`/,
);
for (const command of [
  '[sh, -c, "ulimit -l unlimited && exec app"]',
  '[sh, -c, "# sysctl is set elsewhere\\nexec app"]',
  '[app, --ip, "10.0.0.1", --mount-path=/x]',
  '[sh, -c, "echo remount done"]',
  '[sh, -c, "cat /proc/sys/vm/max_map_count"]',
  '[app, "--tc=1", "no-mount"]',
]) {
  test(`the command ${command}`, goes, workload(`command: ${command}`));
}
test(
  'mounts shared with the node',
  waits,
  workload(mount(', readOnly: true, mountPropagation: HostToContainer'), volume('/data')),
  /mountPropagation: HostToContainer/,
);
test('a device', waits, workload(mount(), volume('/dev/net/tun')), /the device "\/dev\/net\/tun"/);
test(
  'a device by its type',
  waits,
  workload(mount(), volume('/data/disk', 'BlockDevice')),
  /`BlockDevice`/,
);
test('shared memory', goes, workload(mount(', readOnly: true'), volume('/dev/shm')));
test(
  'a privileged container with the folder of devices',
  waits,
  workload(
    `${mount(', readOnly: true')}\n          securityContext: {privileged: true}`,
    volume('/dev'),
  ),
  /devices of its node/,
);
test('the folder of devices alone', goes, workload(mount(', readOnly: true'), volume('/dev')));
test(
  'a sensitive folder that is made',
  waits,
  workload(mount(), volume('/var/log/app', 'DirectoryOrCreate')),
  /`DirectoryOrCreate`, to write there/,
);
test(
  'one that is only read',
  goes,
  workload(mount(', readOnly: true'), volume('/var/log/app', 'DirectoryOrCreate')),
);
test(
  'a folder that is not sensitive',
  goes,
  workload(mount(), volume('/data', 'DirectoryOrCreate')),
);
test('a folder of plugins', waits, workload(mount(), volume('/opt/cni/bin')), /puts plugins/);
test(
  'a folder for sockets',
  waits,
  workload(mount(), volume('/var/run/agent')),
  /put their sockets/,
);
test('the folder of a runtime', goes, workload(mount(), volume('/run/containerd')));
test(
  'one of two mounts made read-only',
  waits,
  workload(
    'volumeMounts: [{name: v, mountPath: /a}, {name: w, mountPath: /b, readOnly: true}]',
    'volumes: [{name: v, hostPath: {path: /var/log}}, {name: w, hostPath: {path: /etc}}]',
  ),
  /explicitly with `readOnly: true`/,
);

// Files below a mount
const logs = volume('/var/log');
const at = (text: string) => `${mount()}\n          args: [${JSON.stringify(text)}]`;
for (const text of [
  '--db=/v/x/positions',
  '--pid-file /v/app',
  '--endpoint=unix:///v/app.sock',
  'storage.path: /v/a',
]) {
  test(`the argument ${text}`, waits, workload(at(text), logs), /keeps "\/v\//);
}
for (const text of [
  '--read=/v/containers/*.log',
  '--read=/v/syslog',
  '--db=/other/v/x.db',
  '--db=/v',
]) {
  test(`the argument ${text}`, goes, workload(at(text), logs));
}
test(
  'a file that the environment names',
  waits,
  workload(`${mount()}\n          env: [{name: STATE_FILE, value: /v/s}]`, logs),
  /its environment names/,
);

// Other objects
const configMap = (data: string) => `---
apiVersion: v1
kind: ConfigMap
metadata: {name: conf, namespace: shop}
data: ${data}
`;
const withConfig = 'volumes: [{name: v, projected: {sources: [{configMap: {name: conf}}]}}]';
test(
  'a script of a ConfigMap',
  waits,
  workload(mount(), withConfig, 'Deployment', configMap('{run: "#!/bin/sh\\nmount -a\\n"}')),
  /"run" of the ConfigMap "conf", which is mounted in container "app", runs `mount`/,
);
test(
  'a text of a ConfigMap that is no script',
  goes,
  workload(mount(), withConfig, 'Deployment', configMap('{readme: "mount -a"}')),
);
test(
  'a script of a ConfigMap that is not mounted',
  goes,
  workload('', '', 'Deployment', configMap('{run.sh: "mount -a"}')),
);
test(
  'a script of another namespace’s ConfigMap',
  goes,
  workload(
    mount(),
    withConfig,
    'Deployment',
    configMap('{run.sh: "mount -a"}').replace('shop', 'other'),
  ),
);

const apiService = `---
apiVersion: apiregistration.k8s.io/v1
kind: APIService
metadata: {name: v1.metrics.example.com}
spec: {service: {name: web, namespace: shop}, group: metrics.example.com, version: v1}
`;
test(
  'the API server calls a pod in the network of its node',
  waits,
  workload('', 'hostNetwork: true', 'Deployment', service('443') + apiService),
  /APIService "v1.metrics.example.com"/,
);
test(
  'it calls a pod in its own network',
  goes,
  workload('', '', 'Deployment', service('443') + apiService),
);
const ingressClass = (labels: string) => `---
apiVersion: networking.k8s.io/v1
kind: IngressClass
metadata: {name: edge, labels: {${labels}}}
spec: {controller: example.com/edge}
`;
test(
  'the controller of an IngressClass on a host port',
  waits,
  workload(
    'ports: [{containerPort: 80, hostPort: 80}]\n          args: [--controller=example.com/edge]',
    '',
    'Deployment',
    ingressClass(''),
  ),
  /controller of the IngressClass "edge"/,
);
test(
  'another pod beside an IngressClass',
  goes,
  workload(
    'ports: [{containerPort: 80, hostPort: 80}]',
    '',
    'Deployment',
    ingressClass('app.kubernetes.io/name: edge'),
  ),
);

// The weakest
const blockStyle = (comment: string) =>
  workload('').replace(
    / {8}- \{name: asks.*/,
    `        - name: asks
          image: example.com/a:1
          securityContext:
            capabilities:
              add:
                - SYS_ADMIN # ${comment}`,
  );
test(
  'a comment that says why',
  waits,
  blockStyle('required for setns'),
  /a comment at the field gives a reason: "required for setns"/,
);
test('a comment that says that it is not', goes, blockStyle('not needed, remove'));
test(
  'a comment above the container',
  goes,
  blockStyle('').replace(
    '        - name: asks',
    '        # needed for everything\n        - name: asks',
  ),
);
test(
  'a comment above the mapping that the field opens',
  waits,
  blockStyle('').replace(
    '              add:',
    '              # needed to mount\n              add:',
  ),
  /"needed to mount"/,
);
