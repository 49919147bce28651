import test from 'ava';
import type {GuardChoices} from '../../src/guard/guard.ts';
import type {Exception} from '../../src/policy/policy.ts';
import {toolPath} from '../tools/tools.ts';
import {testWithTools} from '../tools/with-tools.ts';
import {guardObjects, rulesIn} from './guards.ts';
import {type AdmissionRequest, admit, type Outcome} from './oracle.ts';

/** The result of the strict profile for each request. All are checked at once, with the first. */
const asked: AdmissionRequest[] = [];
const testWithOracle = testWithTools('admission-policy-oracle');

let answers: Promise<Outcome[]> | undefined;

/** Which rules the strict profile denies or flags in a request. */
function finds(title: string, request: AdmissionRequest, expected: readonly string[]): void {
  const index = asked.push(request) - 1;
  testWithOracle(title, async t => {
    const executable = toolPath('admission-policy-oracle');
    answers ??= admit(executable, guardObjects({profiles: ['strict']}), asked);
    const outcome = (await answers)[index];
    t.is(outcome?.error, undefined);
    t.deepEqual(rulesIn(outcome?.audited ?? []), expected);
  });
}

const image = `app@sha256:${'0123456789abcdef'.repeat(4)}`;
const account = 'automountServiceAccountToken: false';
const context = (more: string) =>
  `securityContext: {allowPrivilegeEscalation: false, readOnlyRootFilesystem: true, capabilities: {drop: [ALL]}, ${more}}`;
const contained = context('runAsUser: 1000');
const podContext = 'runAsNonRoot: true, seccompProfile: {type: RuntimeDefault}';
const pod = (
  spec: string,
  container = contained,
  metadata = 'name: a',
  {securityContext = podContext} = {},
) =>
  `apiVersion: v1
kind: Pod
metadata: {${metadata}}
spec:
  ${account}
  securityContext: {${securityContext}}
${spec}  containers:
  - {name: app, image: ${image}, ${container}}
`;
const secured = (securityContext: string, spec = '') =>
  pod(spec, contained, 'name: a', {securityContext});
const annotated = (annotation: string) =>
  pod('', contained, `name: a, annotations: {${annotation}}`);
const mounting = (path: string, readOnly: boolean) =>
  pod(
    `  volumes: [{name: v, hostPath: {path: "${path}"}}]\n`,
    `${contained}, volumeMounts: [{name: v, mountPath: /v, readOnly: ${readOnly}}]`,
  );
const hostPath = (path: string, readOnly: boolean, ...rules: string[]) =>
  [mounting(path, readOnly), 'no-host-path', ...rules, 'restricted-volumes'] as const;
const service = (spec: string) =>
  `apiVersion: v1
kind: Service
metadata: {name: a}
spec: {${spec}}
`;
const role = (kind: string, rules: string) =>
  `apiVersion: rbac.authorization.k8s.io/v1
kind: ${kind}
metadata: {name: a}
rules: [${rules}]
`;
const capability = (name: string) =>
  `securityContext: {allowPrivilegeEscalation: false, readOnlyRootFilesystem: true, capabilities: {drop: [ALL], add: [${name}]}}`;

const aggregated = (selectors: string) =>
  `apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: {name: a}
aggregationRule: {clusterRoleSelectors: [${selectors}]}
`;
const byEdit = ['no-pod-exec', 'no-port-forward', 'no-secret-listing'];
const binding = (kind: string, roleKind: string, name: string, subject?: string) =>
  `apiVersion: rbac.authorization.k8s.io/v1
kind: ${kind}
metadata: {name: a}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ${roleKind}, name: ${name}}
${subject === undefined ? '' : `subjects: [{${subject}}]\n`}`;
const ingress = (spec: string, annotation = '') =>
  `apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {name: a, annotations: {${annotation}}}
spec: {${spec}}
`;
const persistentVolume = (source: string) =>
  `apiVersion: v1
kind: PersistentVolume
metadata: {name: a}
spec: {${source}}
`;

const cases: Readonly<Record<string, readonly [object: string, ...rules: string[]]>> = {
  'a harmless pod': [pod('')],
  'host network': [pod('  hostNetwork: true\n'), 'no-host-network'],
  'the host ports that host network implies': [
    pod('  hostNetwork: true\n', `${contained}, ports: [{containerPort: 80, hostPort: 80}]`),
    'no-host-network',
  ],
  'a host port of its own under host network': [
    pod('  hostNetwork: true\n', `${contained}, ports: [{containerPort: 80, hostPort: 81}]`),
    'no-host-network',
    'no-host-port',
  ],
  'host network of a process of the node': [
    secured(
      `${podContext}, windowsOptions: {hostProcess: true}`,
      '  hostNetwork: true\n  os: {name: windows}\n',
    ),
    'no-host-network',
    'no-host-process',
  ],
  'host PID and IPC': [pod('  hostPID: true\n  hostIPC: true\n'), 'no-host-ipc', 'no-host-pid'],
  'processes that are shared': [pod('  shareProcessNamespace: true\n'), 'no-shared-processes'],
  'a host port': [
    pod('', `${contained}, ports: [{containerPort: 80}, {containerPort: 80, hostPort: 80}]`),
    'no-host-port',
  ],
  'a host address': [
    pod('', `${contained}, ports: [{containerPort: 80, hostIP: 127.0.0.1}]`),
    'no-host-port',
  ],
  'a container port': [pod('', `${contained}, ports: [{containerPort: 80}]`)],
  'a host port of an init container': [
    pod(
      `  initContainers: [{name: i, image: ${image}, ${contained}, ports: [{containerPort: 1, hostPort: 1}]}]\n`,
    ),
    'no-host-port',
  ],
  privileged: [pod('', context('privileged: true')), 'no-privileged'],
  'privileged, with what needs it': [
    pod(
      '',
      'securityContext: {privileged: true, readOnlyRootFilesystem: true, capabilities: {drop: [ALL]}}',
    ),
    'no-privilege-escalation',
    'no-privileged',
  ],
  'privilege escalation': [
    pod('', 'securityContext: {readOnlyRootFilesystem: true, capabilities: {drop: [ALL]}}'),
    'no-privilege-escalation',
  ],
  'what Windows does not have': [
    pod('  os: {name: windows}\n', 'workingDir: /', 'name: a', {
      securityContext: 'runAsNonRoot: true',
    }),
  ],
  'capabilities that are not dropped': [
    pod('', 'securityContext: {allowPrivilegeEscalation: false, readOnlyRootFilesystem: true}'),
    'drop-all-capabilities',
  ],
  'root, since nothing keeps it away': [
    secured('seccompProfile: {type: RuntimeDefault}'),
    'no-root',
  ],
  'root by a container, against its pod': [pod('', context('runAsNonRoot: false')), 'no-root'],
  'no root by a container, against its pod': [
    pod('', context('runAsNonRoot: true'), 'name: a', {
      securityContext: 'runAsNonRoot: false, seccompProfile: {type: RuntimeDefault}',
    }),
    'no-root',
  ],
  'no root by a container alone': [
    pod('', context('runAsNonRoot: true'), 'name: a', {
      securityContext: 'seccompProfile: {type: RuntimeDefault}',
    }),
  ],
  'root in a user namespace': [
    secured(
      'runAsNonRoot: false, runAsUser: 0, seccompProfile: {type: RuntimeDefault}',
      '  hostUsers: false\n',
    ),
  ],
  'the user 0 of a pod': [secured(`${podContext}, runAsUser: 0`), 'no-root-user'],
  'the user 0 of a container': [pod('', context('runAsUser: 0')), 'no-root-user'],
  'the group 0 of a pod': [secured(`${podContext}, runAsGroup: 0`), 'no-root-group'],
  'the group 0 of a container': [pod('', context('runAsGroup: 0')), 'no-root-group'],
  'the group 0 of volumes': [secured(`${podContext}, fsGroup: 0`), 'no-root-group'],
  'the group 0 beside another': [
    secured(`${podContext}, supplementalGroups: [1, 0]`),
    'no-root-group',
  ],
  'other groups': [secured(`${podContext}, runAsGroup: 1, fsGroup: 1, supplementalGroups: [1]`)],
  'no seccomp profile': [secured('runAsNonRoot: true'), 'require-seccomp'],
  'a seccomp profile of a container': [
    pod('', context('seccompProfile: {type: Localhost, localhostProfile: a.json}'), 'name: a', {
      securityContext: 'runAsNonRoot: true',
    }),
  ],
  'a seccomp profile of one container of two': [
    pod(
      `  initContainers: [{name: i, image: ${image}, ${context('seccompProfile: {type: RuntimeDefault}')}}]\n`,
      contained,
      'name: a',
      {securityContext: 'runAsNonRoot: true'},
    ),
    'require-seccomp',
  ],
  'no seccomp in a pod': [
    secured('runAsNonRoot: true, seccompProfile: {type: Unconfined}'),
    'no-unconfined-seccomp',
  ],
  'no seccomp in a container': [
    pod('', context('seccompProfile: {type: Unconfined}')),
    'no-unconfined-seccomp',
  ],
  'no seccomp by an annotation, which is read no more': [
    annotated('seccomp.security.alpha.kubernetes.io/pod: unconfined'),
  ],
  'no AppArmor in a pod': [
    secured(`${podContext}, appArmorProfile: {type: Unconfined}`),
    'no-unconfined-apparmor',
  ],
  'no AppArmor in a container': [
    pod('', context('appArmorProfile: {type: Unconfined}')),
    'no-unconfined-apparmor',
  ],
  'no AppArmor by an annotation': [
    annotated('container.apparmor.security.beta.kubernetes.io/app: unconfined'),
    'no-unconfined-apparmor',
  ],
  'AppArmor by an annotation': [
    annotated('container.apparmor.security.beta.kubernetes.io/app: localhost/mine'),
  ],
  'a level of SELinux': [secured(`${podContext}, seLinuxOptions: {level: "s0:c1,c2"}`)],
  'a type of SELinux': [
    secured(`${podContext}, seLinuxOptions: {type: spc_t}`),
    'no-custom-selinux',
  ],
  'a user of SELinux': [
    pod('', context('seLinuxOptions: {type: container_engine_t, user: root}')),
    'no-custom-selinux',
  ],
  'an uncovered /proc': [pod('', context('procMount: Unmasked')), 'no-unmasked-proc'],
  'an uncovered /proc in a user namespace': [
    pod('  hostUsers: false\n', context('procMount: Unmasked')),
    'no-unmasked-proc-in-user-namespace',
  ],
  'a sysctl of the node': [
    secured(`${podContext}, sysctls: [{name: kernel.msgmax, value: "1"}]`),
    'no-unsafe-sysctls',
  ],
  'a sysctl of the pod': [
    secured(`${podContext}, sysctls: [{name: net.ipv4.tcp_rmem, value: "1"}]`),
  ],
  'a process of the node': [
    pod('', context('windowsOptions: {hostProcess: true}')),
    'no-host-process',
  ],
  'a probe of another host': [
    pod('', `${contained}, livenessProbe: {httpGet: {port: 80, host: 127.0.0.1}}`),
    'no-host-probes',
  ],
  'a handler that calls another host': [
    pod('', `${contained}, lifecycle: {preStop: {tcpSocket: {port: 80, host: example.com}}}`),
    'no-host-probes',
  ],
  'a probe of the pod': [
    pod('', `${contained}, startupProbe: {httpGet: {port: 80}}, readinessProbe: {exec: {}}`),
  ],
  'a share by its address': [
    pod('  volumes: [{name: v, nfs: {server: a, path: /}}]\n'),
    'restricted-volumes',
  ],
  'volumes of the cluster': [
    pod(
      `  volumes: [{name: a, emptyDir: {}}, {name: b, image: {reference: ${image}}}, {name: c, csi: {driver: d}}, {name: d}]\n`,
    ),
  ],
  SYS_ADMIN: [
    pod('', capability('SYS_ADMIN')),
    'drop-all-capabilities',
    'no-extra-capabilities',
    'no-sys-admin',
  ],
  'SYS_ADMIN in lower case': [
    pod('', capability('sys_admin')),
    'drop-all-capabilities',
    'no-extra-capabilities',
    'no-sys-admin',
  ],
  'SYS_ADMIN as CAP_': [
    pod('', capability('Cap_Sys_Admin')),
    'drop-all-capabilities',
    'no-extra-capabilities',
    'no-sys-admin',
  ],
  'SYS_ADMIN by ALL': [
    pod('', capability('all')),
    'drop-all-capabilities',
    'no-extra-capabilities',
    'no-sys-admin',
  ],
  'another capability': [
    pod('', capability('SYS_ADMINISTRATOR')),
    'drop-all-capabilities',
    'no-extra-capabilities',
  ],
  'a capability of every container': [pod('', capability('CHOWN')), 'drop-all-capabilities'],
  'a sensitive folder, read': hostPath('/etc', true, 'no-sensitive-host-path'),
  'a folder that holds one': hostPath('/var/lib', true, 'no-sensitive-host-path'),
  'a folder within one': hostPath('/etc/kubernetes/pki', false, 'no-sensitive-host-path'),
  'a folder in another spelling': hostPath('//./proc/.//', true, 'no-sensitive-host-path'),
  'a folder by a way around': hostPath(
    '/data/../etc',
    true,
    'no-runtime-socket',
    'no-sensitive-host-path',
  ),
  'a folder of the same beginning': hostPath('/etcetera', false),
  'a folder of data': hostPath('/data/etc', false),
  'a runtime socket': hostPath(
    '/var/run/docker.sock',
    true,
    'no-runtime-socket',
    'no-sensitive-host-path',
  ),
  'the folder of a runtime socket': hostPath(
    '/run/containerd',
    true,
    'no-runtime-socket',
    'no-sensitive-host-path',
  ),
  'the named pipe of a runtime on Windows': hostPath(
    String.raw`\\\\.\\pipe\\docker_engine`,
    true,
    'no-runtime-socket',
  ),
  'the root of the node': hostPath('/', true, 'no-runtime-socket', 'no-sensitive-host-path'),
  'a service of the cluster': [service('type: ClusterIP, ports: [{port: 80}]')],
  'a service without a type': [service('ports: [{port: 80}]')],
  'a load balancer': [service('type: LoadBalancer, ports: [{port: 80}]'), 'no-load-balancer'],
  'a node port': [service('type: NodePort, ports: [{port: 80}]'), 'no-node-port'],
  'external addresses': [service('externalIPs: [1.2.3.4]'), 'no-external-ips'],
  'a grant of port-forward': [
    role('Role', '{apiGroups: [""], resources: [pods, pods/portforward], verbs: [create]}'),
    'no-port-forward',
    'no-workload-writes',
  ],
  'a grant of everything': [
    role('ClusterRole', '{apiGroups: ["*"], resources: ["*"], verbs: ["*"]}'),
    'no-escalation-verbs',
    'no-pod-exec',
    'no-port-forward',
    'no-secret-listing',
    'no-wildcard-rbac',
    'no-workload-writes',
  ],
  'a grant of what RBAC does not know as a wildcard': [
    role('Role', '{apiGroups: [""], resources: [pods/*], verbs: [get]}'),
  ],
  'a grant of attach': [
    role('Role', '{apiGroups: [""], resources: [pods/attach], verbs: [create]}'),
    'no-pod-exec',
  ],
  'a look at what was executed': [
    role('Role', '{apiGroups: [""], resources: [pods/exec], verbs: [list]}'),
  ],
  'a grant to read secrets': [
    role('Role', '{apiGroups: [""], resources: [secrets], verbs: [list]}'),
    'no-secret-listing',
  ],
  'a grant to read one secret': [
    role('Role', '{apiGroups: [""], resources: [secrets], verbs: [get], resourceNames: [a]}'),
  ],
  'a grant to bind': [
    role(
      'ClusterRole',
      '{apiGroups: [rbac.authorization.k8s.io], resources: [clusterroles], verbs: [bind], resourceNames: [a]}',
    ),
    'no-escalation-verbs',
  ],
  'a grant to change a webhook of one’s own': [
    role(
      'ClusterRole',
      '{apiGroups: [admissionregistration.k8s.io], resources: [validatingwebhookconfigurations], verbs: [update], resourceNames: [a]}',
    ),
  ],
  'a grant to write mutating webhooks': [
    role(
      'ClusterRole',
      '{apiGroups: [admissionregistration.k8s.io], resources: [mutatingwebhookconfigurations], verbs: [patch], resourceNames: [a]}',
    ),
    'no-mutating-admission',
  ],
  'a grant of everything in the group of webhooks': [
    role(
      'ClusterRole',
      '{apiGroups: [admissionregistration.k8s.io], resources: ["*"], verbs: [create]}',
    ),
    'no-escalation-verbs',
    'no-mutating-admission',
    'no-wildcard-rbac',
  ],
  'a look at mutating webhooks': [
    role(
      'ClusterRole',
      '{apiGroups: [admissionregistration.k8s.io], resources: [mutatingwebhookconfigurations], verbs: [get, delete], resourceNames: [a]}',
    ),
  ],
  'a grant of tokens by all subresources of that name': [
    role('ClusterRole', '{apiGroups: [""], resources: ["*/token"], verbs: [create]}'),
    'no-escalation-verbs',
    'no-wildcard-rbac',
  ],
  'a grant to act as others, by an extra': [
    role(
      'ClusterRole',
      '{apiGroups: [authentication.k8s.io], resources: [userextras/scopes], verbs: [impersonate]}',
    ),
    'no-escalation-verbs',
  ],
  'a role that aggregates edit': [
    aggregated('{matchLabels: {rbac.authorization.k8s.io/aggregate-to-edit: "true"}}'),
    ...byEdit,
  ],
  'a role that aggregates edit, among others': [
    aggregated(
      '{matchLabels: {a: b}}, {matchExpressions: [{key: kubernetes.io/bootstrapping, operator: In, values: [rbac-defaults]}, {key: a, operator: DoesNotExist}]}',
    ),
    ...byEdit,
    'no-wildcard-rbac',
  ],
  'a role that aggregates what has a label': [
    aggregated(
      '{matchExpressions: [{key: rbac.authorization.k8s.io/aggregate-to-admin, operator: Exists}]}',
    ),
    ...byEdit,
  ],
  'a role that aggregates all': [aggregated('{}'), ...byEdit, 'no-wildcard-rbac'],
  'a role that aggregates all built-in roles': [
    aggregated('{matchLabels: {kubernetes.io/bootstrapping: rbac-defaults}}'),
    ...byEdit,
    'no-wildcard-rbac',
  ],
  'a role that aggregates others': [
    aggregated(
      '{matchLabels: {example.com/aggregate-to-edit: "true"}}, {matchExpressions: [{key: kubernetes.io/bootstrapping, operator: NotIn, values: [rbac-defaults]}]}',
    ),
  ],
  'an administrator of the cluster': [
    binding('ClusterRoleBinding', 'ClusterRole', 'cluster-admin', 'kind: Group, name: sre'),
    'no-cluster-admin',
  ],
  'a role that is called so': [
    binding('RoleBinding', 'Role', 'cluster-admin', 'kind: Group, name: sre'),
  ],
  'rights for everybody': [
    binding('RoleBinding', 'ClusterRole', 'view', 'kind: User, name: "system:anonymous"'),
    'no-cluster-admin',
  ],
  'rights for all pods': [
    binding('RoleBinding', 'Role', 'a', 'kind: ServiceAccount, name: default'),
    'no-default-service-account',
  ],
  'the role of a controller for a pod': [
    binding(
      'ClusterRoleBinding',
      'ClusterRole',
      'system:controller:job-controller',
      'kind: ServiceAccount, name: job-controller, namespace: shop',
    ),
    'no-cluster-admin',
  ],
  'the role of a controller for it': [
    binding(
      'ClusterRoleBinding',
      'ClusterRole',
      'system:controller:job-controller',
      'kind: ServiceAccount, name: job-controller, namespace: kube-system',
    ),
  ],
  'the role of a controller for it as a user': [
    binding(
      'ClusterRoleBinding',
      'ClusterRole',
      'system:controller:job-controller',
      'kind: User, name: "system:serviceaccount:kube-system:job-controller"',
    ),
  ],
  'an editor that is a pod, as a user': [
    binding('RoleBinding', 'ClusterRole', 'edit', 'kind: User, name: "system:serviceaccount:a:b"'),
    'no-cluster-admin',
  ],
  'an editor that is a person': [
    binding('RoleBinding', 'ClusterRole', 'edit', 'kind: User, name: jane'),
  ],
  'a right on ClusterRoles in a namespace': [
    binding(
      'RoleBinding',
      'ClusterRole',
      'system:controller:clusterrole-aggregation-controller',
      'kind: ServiceAccount, name: b, namespace: a',
    ),
  ],
  'rights for nobody': [binding('RoleBinding', 'Role', 'a')],
  'an Ingress': [
    ingress('rules: [{host: a.example.com}], tls: [{hosts: ["*.example.com"]}]'),
    'no-public-ingress',
  ],
  'an Ingress for all hosts below one': [
    ingress('rules: [{host: "*.example.com"}], tls: [{hosts: ["*.example.com"]}]'),
    'no-public-ingress',
    'require-ingress-host',
  ],
  'an Ingress for all hosts': [
    ingress('tls: [{secretName: a}], defaultBackend: {service: {name: a, port: {number: 80}}}'),
    'no-public-ingress',
    'require-ingress-host',
  ],
  'a name for the node': [
    service('type: ExternalName, externalName: LOCALHOST'),
    'no-internal-external-name',
  ],
  'a name for a Service elsewhere': [
    service('type: ExternalName, externalName: a.b.svc.cluster.local.'),
    'no-internal-external-name',
  ],
  'a name for a host outside': [service('type: ExternalName, externalName: localhost.example.com')],
  'a Service for SSH': [service('ports: [{port: 2222, targetPort: 22}]'), 'no-admin-ports'],
  'a Service for HTTP': [service('ports: [{port: 80, targetPort: http}]')],
  'a pod for the control plane': [
    pod('  tolerations: [{key: node-role.kubernetes.io/control-plane, operator: Exists}]\n'),
    'no-control-plane-placement',
  ],
  'a pod on the control plane': [
    pod('  nodeSelector: {node-role.kubernetes.io/master: ""}\n'),
    'no-control-plane-placement',
  ],
  'a pod that tolerates evictions': [
    pod('  tolerations: [{operator: Exists, effect: NoExecute}]\n'),
  ],
  'a sysctl in the value of another': [
    secured(`${podContext}, sysctls: [{name: kernel.shm_rmid_forced, value: "1+a"}]`),
    'no-unsafe-sysctls',
  ],
  'an Ingress in plain text': [
    ingress('rules: [{host: example.com}], tls: [{hosts: ["*.example.com"]}]'),
    'ingress-requires-tls',
    'no-public-ingress',
  ],
  'an Ingress whose certificate is the controller’s': [
    ingress('rules: [{host: example.com}], tls: [{secretName: a}]'),
    'no-public-ingress',
  ],
  'an Ingress that configures nginx': [
    ingress(
      'rules: [{http: {paths: []}}], tls: [{hosts: [a]}]',
      'nginx.ingress.kubernetes.io/server-snippet: a',
    ),
    'no-ingress-snippets',
    'no-public-ingress',
    'require-ingress-host',
  ],
  'a PersistentVolume of a sensitive folder': [
    persistentVolume('hostPath: {path: /etc/kubernetes}'),
    'no-sensitive-host-path',
  ],
  'a PersistentVolume of the programs of a Windows node': [
    persistentVolume("local: {path: 'C:\\Program Files\\a'}"),
    'no-sensitive-host-path',
  ],
  'a PersistentVolume of a disk': [persistentVolume('local: {path: /mnt/disk1}')],
  'an image by its tag': [pod('', contained).replace(image, 'app:1.0@1'), 'pin-images'],
  'an image in a volume by its tag': [
    pod('  volumes: [{name: b, image: {reference: c}}]\n'),
    'pin-images',
  ],
  'the account of all pods': [
    pod('', contained).replace(account, 'restartPolicy: Always'),
    'no-default-service-account',
  ],
  'a file system that is written to': [
    pod('', contained).replace('readOnlyRootFilesystem: true', 'readOnlyRootFilesystem: false'),
    'read-only-root',
  ],
  'a grant in another group': [
    role('Role', '{apiGroups: [apps], resources: [pods/portforward], verbs: [create]}'),
  ],
  'a role without rules': [
    `apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata: {name: a}
`,
  ],
  'a grant of URLs': [role('ClusterRole', '{nonResourceURLs: [/metrics], verbs: [get]}')],
};
for (const [title, [object, ...rules]] of Object.entries(cases)) {
  finds(`manifest: ${title}`, {object}, rules);
}

const ephemeral = (spec: string, context: string) =>
  pod(`${spec}  ephemeralContainers: [{name: debugger, image: ${image}, ${context}}]\n`);
finds(
  'an ephemeral container is asked, and not the pod that it joins',
  {
    object: ephemeral('  hostNetwork: true\n', context('privileged: true')),
    old: pod('  hostNetwork: true\n'),
    subresource: 'ephemeralcontainers',
  },
  ['no-privileged'],
);
finds(
  'an update that leaves the pod spec alone is no news',
  {
    object: pod('  hostNetwork: true\n', contained, 'name: a, labels: {b: c}'),
    old: pod('  hostNetwork: true\n'),
  },
  [],
);
finds(
  'an update that changes the pod spec is asked in whole',
  {object: pod('  hostNetwork: true\n'), old: pod('')},
  ['no-host-network'],
);
const appArmor = (profile: string, more = '') =>
  pod(
    '  hostNetwork: true\n',
    contained,
    `name: a, annotations: {${more}container.apparmor.security.beta.kubernetes.io/app: ${profile}}`,
  );
finds(
  'an update that changes other annotations is no news',
  {object: appArmor('unconfined', 'restarted: now, '), old: appArmor('unconfined')},
  [],
);
finds(
  'an update that changes the annotation of a profile is asked in whole',
  {object: appArmor('unconfined'), old: appArmor('runtime/default')},
  ['no-host-network', 'no-unconfined-apparmor'],
);
finds(
  'the cluster keeps its own roles',
  {
    object: role('ClusterRole', '{apiGroups: [""], resources: [pods/portforward], verbs: ["*"]}'),
    user: 'system:serviceaccount:kube-system:clusterrole-aggregation-controller',
  },
  [],
);

/** Whether the rules no-host-network and no-privileged apply to a request, under exceptions. */
const allows = test.macro(
  async (t, match: Exception['match'], request: AdmissionRequest, expected: boolean) => {
    const executable = toolPath('admission-policy-oracle');
    const rules = ['no-host-network', 'no-privileged'];
    const exceptions = [{rules, match, reason: 'needed'}];
    const objects = guardObjects({profiles: ['baseline'], exceptions});
    const namespaces = {monitoring: {}};
    const [outcome] = await admit(executable, objects, [request], namespaces);
    t.is(outcome?.error, undefined);
    t.is(outcome?.denied === '', expected, outcome?.denied);
  },
);

const onTheNode = (metadata: string) => pod('  hostNetwork: true\n', 'workingDir: /', metadata);
const owned = (kind: string, name: string, controller = true) =>
  `name: p, ownerReferences: [{apiVersion: v1, kind: ${kind}, name: ${name}, uid: u, controller: ${controller}}]`;
const by = (controller: string) => `system:serviceaccount:kube-system:${controller}-controller`;
const workload = (kind: string, name: string) =>
  `apiVersion: apps/v1
kind: ${kind}
metadata: {name: ${name}}
spec:
  selector: {}
  template:
    spec: {hostNetwork: true, containers: [{name: app, image: app}]}
`;

const agent = {kind: 'DaemonSet', name: 'agent-*'};
testWithOracle('the object', allows, agent, {object: workload('DaemonSet', 'agent-1')}, true);
testWithOracle('another name', allows, agent, {object: workload('DaemonSet', 'web')}, false);
testWithOracle('another kind', allows, agent, {object: workload('Deployment', 'agent-1')}, false);
testWithOracle(
  'a pod that the controller makes for it',
  allows,
  agent,
  {object: onTheNode(owned('DaemonSet', 'agent-1')), user: by('daemon-set')},
  true,
);
testWithOracle(
  'a pod whose owner somebody else wrote',
  allows,
  agent,
  {object: onTheNode(owned('DaemonSet', 'agent-1'))},
  false,
);
testWithOracle(
  'a pod of which it is no controller',
  allows,
  agent,
  {object: onTheNode(owned('DaemonSet', 'agent-1', false)), user: by('daemon-set')},
  false,
);
const web = {kind: 'Deployment', name: 'web'};
testWithOracle(
  'a pod of a deployment, by its replica set',
  allows,
  web,
  {object: onTheNode(owned('ReplicaSet', 'web-6d4cf56db6')), user: by('replicaset')},
  true,
);
testWithOracle(
  'a pod of another deployment',
  allows,
  web,
  {object: onTheNode(owned('ReplicaSet', 'web-api-6d4cf56db6')), user: by('replicaset')},
  false,
);
testWithOracle(
  'a pod of a cron job, by its job',
  allows,
  {kind: 'CronJob', name: 'backup'},
  {object: onTheNode(owned('Job', 'backup-29384756')), user: by('job')},
  true,
);
const spaced = {namespace: 'mon*'};
testWithOracle(
  'a namespace',
  allows,
  spaced,
  {object: onTheNode('name: a'), namespace: 'monitoring'},
  true,
);
testWithOracle('another namespace', allows, spaced, {object: onTheNode('name: a')}, false);
const privileged = (name: string) =>
  pod(`  initContainers: [{name: ${name}, image: i, securityContext: {privileged: true}}]\n`);
const sidecar = {container: 'side*'};
testWithOracle('a container', allows, sidecar, {object: privileged('sidecar')}, true);
testWithOracle('another container', allows, sidecar, {object: privileged('app2')}, false);
testWithOracle(
  'a container is not its pod',
  allows,
  sidecar,
  {object: onTheNode('name: a')},
  false,
);
testWithOracle('a dot is a dot', allows, {name: 'a.*'}, {object: onTheNode('name: abc')}, false);
testWithOracle(
  'a generated name',
  allows,
  {name: 'a-*'},
  {object: onTheNode('generateName: a-')},
  true,
);

/** Whether a request is denied, by guards of any choice. */
const denies = test.macro(
  async (
    t,
    choices: Partial<GuardChoices>,
    request: AdmissionRequest,
    expected: RegExp | undefined,
  ) => {
    const executable = toolPath('admission-policy-oracle');
    const namespaces = {dev: {}, sandbox: {guard: 'off'}, 'kube-system': {}};
    const objects = guardObjects({}, choices);
    const [outcome] = await admit(executable, objects, [request], namespaces);
    t.is(outcome?.error, undefined);
    if (expected === undefined) t.is(outcome?.denied, '');
    else t.regex(outcome?.denied ?? '', expected);
  },
);

const forward = {connect: 'portforward'} as const;
const all = {connections: ['port-forward', 'exec', 'attach', 'proxy']} as const;
const excluded = {
  excludedNamespaces: ['dev'],
  excludedLabels: [['guard', 'off']],
  excludedGroups: ['sre', 'oidc:admins'],
} as const;
const unsafe = {object: onTheNode('name: a')};
testWithOracle('port-forward', denies, {}, forward, /use the Service or Ingress of the workload/);
testWithOracle('exec, where it is not asked for', denies, {}, {connect: 'exec'}, undefined);
testWithOracle('exec', denies, all, {connect: 'exec'}, /kubectl logs/);
testWithOracle('attach', denies, all, {connect: 'attach'}, /kubectl logs/);
testWithOracle('a proxy to a pod', denies, all, {connect: 'proxy'}, /the API server proxy/);
testWithOracle(
  'a proxy to a node',
  denies,
  all,
  {connect: 'proxy', resource: 'nodes'},
  /the API server proxy/,
);
testWithOracle(
  'advice of one’s own',
  denies,
  {instead: 'ask #sre'},
  forward,
  /not allowed here: ask #sre$/,
);
testWithOracle(
  'the message names who may',
  denies,
  excluded,
  forward,
  /\(allowed in the namespaces dev and to the groups sre, oidc:admins\)$/,
);
testWithOracle(
  'a namespace of its own',
  denies,
  excluded,
  {...forward, namespace: 'dev'},
  undefined,
);
testWithOracle(
  'a labelled namespace',
  denies,
  excluded,
  {...forward, namespace: 'sandbox'},
  undefined,
);
testWithOracle('a group', denies, excluded, {...forward, groups: ['a', 'sre']}, undefined);
testWithOracle('no group of those', denies, excluded, {...forward, groups: ['sre2']}, /allowed in/);
testWithOracle(
  'port-forward in kube-system',
  denies,
  {},
  {...forward, namespace: 'kube-system'},
  /bypasses Services/,
);
testWithOracle(
  'a manifest',
  denies,
  {},
  unsafe,
  /'kube-harden-pods' denied request: no-host-network/,
);
testWithOracle('a manifest of a group', denies, excluded, {...unsafe, groups: ['sre']}, undefined);
testWithOracle(
  'a manifest of a namespace',
  denies,
  excluded,
  {...unsafe, namespace: 'dev'},
  undefined,
);
testWithOracle('a system pod', denies, {}, {...unsafe, namespace: 'kube-system'}, undefined);
testWithOracle(
  'a system pod that is asked for',
  denies,
  {systemNamespaces: []},
  {object: privileged('app'), namespace: 'kube-system'},
  /no-privileged/,
);
testWithOracle('a manifest under Warn', denies, {action: 'Warn'}, unsafe, undefined);

const agentOfNode = (kind: string, name: string, more = 'hostNetwork: true') =>
  `apiVersion: apps/v1
kind: ${kind}
metadata: {name: ${name}}
spec: {selector: {}, template: {${agentPod(more)}}}
`;
const agentPod = (more: string) =>
  `spec: {${more}, volumes: [{name: v, hostPath: {path: /proc}}], containers: [{name: app, image: app, securityContext: {privileged: true, allowPrivilegeEscalation: true, capabilities: {add: [SYS_ADMIN]}, seLinuxOptions: {type: spc_t}}, volumeMounts: [{name: v, mountPath: /v}]}]}`;
const ofAgent = `apiVersion: v1
kind: Pod
metadata: {${owned('DaemonSet', 'agent')}}
${agentPod('hostNetwork: true')}
`;
const inUse = [
  'no-custom-selinux',
  'no-host-network',
  'no-privileged',
  'no-sensitive-host-path',
  'no-sys-admin',
];
/** What is flagged in any case. */
const known = ['no-privilege-escalation', 'no-sensitive-host-path', 'root-with-host-path'];
const commanded = (command: string, more = 'privileged: true') =>
  pod('', `${context(more)}, command: [sh, -c, ${JSON.stringify(command)}]`);
const fileCapabilities = (user: string, securityContext = podContext) =>
  pod(
    '',
    `securityContext: {allowPrivilegeEscalation: true, ${user}, capabilities: {add: [CHOWN]}}`,
    'name: a',
    {securityContext},
  );

/** For each request, the rules by which the profile `essential` denies it, and warns about it. */
const decisions: readonly (readonly [
  title: string,
  request: AdmissionRequest,
  denied: readonly string[],
  warned: readonly string[],
])[] = [
  [
    'an agent of the node',
    {object: agentOfNode('DaemonSet', 'agent')},
    [],
    [...new Set([...inUse, ...known])].sort(),
  ],
  [
    'an agent that shares nothing',
    {object: agentOfNode('DaemonSet', 'agent', 'hostPID: false')},
    ['no-custom-selinux', 'no-privileged', 'no-sensitive-host-path', 'no-sys-admin'],
    known,
  ],
  ['a deployment like an agent', {object: agentOfNode('Deployment', 'agent')}, inUse, known],
  [
    'a pod of the agent',
    {object: ofAgent, user: by('daemon-set')},
    [],
    [...new Set([...inUse, ...known])].sort(),
  ],
  ['a pod that names the agent', {object: ofAgent}, inUse, known],
  [
    'a program of the node',
    {object: commanded('set -e\n/sbin/sysctl -w a=b')},
    [],
    ['no-privileged'],
  ],
  [
    'a word like that program',
    {object: commanded('sysctl.sh; sysctl/x xsysctl sysctl-a')},
    ['no-privileged'],
    [],
  ],
  [
    'a program that mounts',
    {object: commanded('mount /a', 'capabilities: {add: [SYS_ADMIN]}')},
    [],
    ['no-sys-admin'],
  ],
  [
    'mounts that propagate',
    {
      object: pod(
        '',
        `${context('privileged: true')}, volumeMounts: [{name: v, mountPath: /v, mountPropagation: Bidirectional}]`,
      ),
    },
    [],
    ['no-privileged'],
  ],
  [
    'a probe on loopback',
    {
      object: pod(
        '  hostNetwork: true\n',
        `${contained}, livenessProbe: {httpGet: {port: 80, host: 127.0.0.1}}`,
      ),
    },
    [],
    ['no-host-network'],
  ],
  [
    'a probe elsewhere',
    {
      object: pod(
        '  hostNetwork: true\n',
        `${contained}, livenessProbe: {httpGet: {port: 80, host: example.com}}`,
      ),
    },
    ['no-host-network'],
    [],
  ],
  [
    'a capability of a file',
    {object: fileCapabilities('runAsUser: 1000')},
    [],
    ['no-privilege-escalation'],
  ],
  [
    'a capability of a file, for no root',
    {object: fileCapabilities('runAsGroup: 1')},
    [],
    ['no-privilege-escalation'],
  ],
  [
    'a capability of root',
    {object: fileCapabilities('runAsUser: 0')},
    ['no-privilege-escalation'],
    [],
  ],
  [
    "a capability beside escalation, for the image's own user",
    {object: fileCapabilities('runAsGroup: 1', '')},
    [],
    ['no-privilege-escalation'],
  ],
  [
    'a host port, of which other objects tell',
    {object: pod('', `${contained}, ports: [{containerPort: 80, hostPort: 80}]`)},
    [],
    ['no-host-port'],
  ],
  [
    'an ephemeral container, which no render makes',
    {
      object: ephemeral('', `${context('privileged: true')}, command: [nsenter]`),
      old: pod(''),
      subresource: 'ephemeralcontainers',
    },
    ['no-privileged'],
    [],
  ],
];

testWithOracle('what render lets wait is warned about, not denied', async t => {
  const executable = toolPath('admission-policy-oracle');
  const requests = decisions.map(([, request]) => request);
  const outcomes = await admit(executable, guardObjects({}), requests);
  for (const [index, [title, , denied, warned]] of decisions.entries()) {
    const {error, denied: denial = '', audited = [], warnings = []} = outcomes[index] ?? {};
    const isWarning = (text: string) =>
      warnings.some(warning => warning.includes(text.replace(/^.*?: /, '')));
    t.is(error, undefined, title);
    t.is(denial === '', denied.length === 0, title);
    t.deepEqual(rulesIn(audited.filter(text => !isWarning(text))), denied, title);
    t.deepEqual(rulesIn(warnings), warned, title);
  }
});

testWithOracle(
  'a Service that shows who its clients are is warned about, a bare one is denied',
  async t => {
    const executable = toolPath('admission-policy-oracle');
    const meant = [
      service('type: LoadBalancer, ports: [{port: 80}], loadBalancerSourceRanges: [10.0.0.0/8]'),
      service('type: LoadBalancer, ports: [{port: 80}], loadBalancerIP: 203.0.113.9'),
      service('type: LoadBalancer, ports: [{port: 80}], loadBalancerClass: example.com/own'),
      service('type: LoadBalancer, ports: [{port: 80}], externalTrafficPolicy: Local'),
      service('type: LoadBalancer, ports: [{port: 80}]').replace(
        'name: a',
        'name: a, annotations: {service.kubernetes.io/ibm-load-balancer-cloud-provider-ip-type: public}',
      ),
      service('type: NodePort, ports: [{port: 80}], externalTrafficPolicy: Local'),
    ];
    const bare = [
      service('type: LoadBalancer, ports: [{port: 80}], externalTrafficPolicy: Cluster'),
      service('type: LoadBalancer, ports: [{port: 80}]').replace(
        'name: a',
        'name: a, annotations: {example.com/service.kubernetes.io/ibm: public}',
      ),
      service('type: NodePort, ports: [{port: 80}]'),
    ];
    const policies = guardObjects({profiles: ['strict']});
    const outcomes = await admit(
      executable,
      policies,
      [...meant, ...bare].map(object => ({object})),
    );
    for (const [index, {error, denied, warnings}] of outcomes.entries()) {
      const isMeant = index < meant.length;
      t.is(error, undefined);
      t.is(denied === '', isMeant, `${index}: ${denied}`);
      t.is(
        rulesIn(warnings).some(rule => rule.startsWith('no-')),
        isMeant,
        `${index}`,
      );
    }
  },
);

testWithOracle('a decision by the policy file ends the waiting', async t => {
  const executable = toolPath('admission-policy-oracle');
  const agent = {object: agentOfNode('DaemonSet', 'agent')};
  for (const choices of [
    {undecided: 'fix'},
    {profiles: ['essential', 'baseline']},
    {rules: {'no-privileged': 'fix'}},
  ] as const) {
    const [outcome] = await admit(executable, guardObjects(choices), [agent]);
    t.regex(outcome?.denied ?? '', /denied request: no-/, JSON.stringify(choices));
  }
});

testWithOracle('Warn warns, Audit only writes to the log', async t => {
  const executable = toolPath('admission-policy-oracle');
  const warn = guardObjects({}, {action: 'Warn'});
  const [warned] = await admit(executable, warn, [unsafe, forward]);
  t.true(warned?.warnings.some(warning => warning.includes('no-host-network')));
  const audit = guardObjects({}, {action: 'Audit', flagAction: 'Audit'});
  for (const {audited, ...rest} of await admit(executable, audit, [unsafe, forward])) {
    t.deepEqual(rest, {denied: '', warnings: []});
    t.true(audited.length > 0);
  }
});

testWithOracle('the largest pods stay within the cost that the API server allows', async t => {
  const executable = toolPath('admission-policy-oracle');
  const names = Array.from({length: 250}, (_, index) => `n${index}`);
  const volumes = names.map(name => `{name: ${name}, hostPath: {path: /data/a/b/c/${name}}}`);
  const annotations = names.map(
    name => `container.apparmor.security.beta.kubernetes.io/${name}: localhost/a`,
  );
  const probe = '{httpGet: {port: 80, path: /}}';
  const ports = names.slice(0, 20).map((_, index) => `{containerPort: ${index + 1}}`);
  const mounts = names.slice(0, 20).map(name => `{name: ${name}, mountPath: /${name}}`);
  const containers = names.map(
    name =>
      `{name: ${name}, image: a, ${context('runAsNonRoot: true, seccompProfile: {type: RuntimeDefault}')}, ports: [${ports}], volumeMounts: [${mounts}], livenessProbe: ${probe}, readinessProbe: ${probe}}`,
  );
  const object = `apiVersion: v1
kind: Pod
metadata: {name: a, annotations: {${annotations}}}
spec:
  volumes: [${volumes}]
  containers: [${containers}]
`;
  const [outcome] = await admit(executable, guardObjects({profiles: ['strict']}), [{object}]);
  t.deepEqual(rulesIn(outcome?.audited ?? []), [
    'no-default-service-account',
    'no-host-path',
    'pin-images',
    'restricted-volumes',
  ]);
});

testWithOracle('evidence is read in scripts of 100 kB, and in 250 containers', async t => {
  const executable = toolPath('admission-policy-oracle');
  const script = (length: number) => `${'echo hello; '.repeat(length / 12)}sysctl -w a=b`;
  const containers = Array.from({length: 250}, (_, index) =>
    JSON.stringify({
      name: `n${index}`,
      image: 'a',
      command: ['sh', '-c', script(360)],
      securityContext: {privileged: true},
    }),
  );
  const many = `apiVersion: v1
kind: Pod
metadata: {name: a}
spec: {containers: [${containers}]}
`;
  for (const object of [commanded(script(1e5)), many]) {
    const [outcome] = await admit(executable, guardObjects({}), [{object}]);
    t.is(outcome?.denied, '');
    t.true(rulesIn(outcome?.warnings ?? []).includes('no-privileged'));
  }
});
