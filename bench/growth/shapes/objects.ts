import {deployment, documents, object, pod, repeat, service, workloads} from '../manifests.ts';
import type {Shape} from '../shape.ts';

const privileged = (count: number): string =>
  pod(
    `  volumes:\n${repeat(count, index => `    - {name: v${index}, hostPath: {path: /etc/${index}}}\n`)}` +
      `  containers:\n${repeat(count, index => `    - {name: c${index}, image: i, securityContext: {privileged: true}, volumeMounts: [{name: v${index}, mountPath: /m}]}\n`)}`,
  );

const block = (count: number): string =>
  pod(
    `  volumes:\n${repeat(count, index => `    - name: v${index}\n      hostPath:\n        path: /etc/${index}\n`)}` +
      `  containers:\n${repeat(count, index => `    - name: c${index}\n      image: i\n      ports:\n        - containerPort: 80\n          hostPort: ${index + 1}\n      volumeMounts:\n        - name: v${index}\n          mountPath: /m\n`)}`,
  );

const oneContainer = (lines: string): string =>
  pod(`  containers:\n    - name: c\n      image: i\n${lines}`);
const list = (count: number, item: (index: number) => string): string =>
  Array.from({length: count}, (_, index) => item(index)).join(', ');

const report = (format: string): readonly string[] => [
  'audit',
  '-',
  '--format',
  format,
  '--fail-on',
  'none',
];

/** One large object, and reports about it. */
export const objectShapes: readonly Shape[] = [
  {
    name: 'one pod with many containers, volumes and mounts',
    args: ['--profile', 'strict'],
    from: 500,
    stream: privileged,
  },
  {
    name: 'the same, all taken, on lines of its own',
    args: ['--profile', 'strict', '--undecided', 'fix'],
    from: 500,
    stream: block,
  },
  {
    name: 'the same, all taken, in flow style',
    args: ['--profile', 'strict', '--undecided', 'fix'],
    from: 500,
    stream: privileged,
  },
  {
    name: 'the same, as a function gets it',
    args: ['--profile', 'strict', '--undecided', 'fix'],
    from: 500,
    stream: count =>
      `apiVersion: config.kubernetes.io/v1\nkind: ResourceList\nitems:\n- ${block(count).trimEnd().replaceAll('\n', '\n  ')}\n`,
  },
  ...['text', 'json', 'sarif', 'markdown'].map(format => ({
    name: `the same, audited as ${format}`,
    args: [...report(format), '--profile', 'strict'],
    from: 500,
    stream: block,
  })),
  {
    name: 'decide: one pod with many findings',
    args: ['decide', '-', '--profile', 'strict'],
    from: 500,
    stream: block,
  },
  {
    name: 'a container with a name of 400 kB and many mounts',
    args: ['--profile', 'strict'],
    from: 1000,
    stream: count =>
      pod(
        `  volumes:\n${repeat(count, index => `    - {name: v${index}, hostPath: {path: /etc}}\n`)}` +
          `  containers:\n    - name: ${'a'.repeat(400_000)}\n      image: i\n      volumeMounts: [${list(count, index => `{name: v${index}, mountPath: /m${index}}`)}]\n`,
      ),
  },
  {
    name: 'one ConfigMap of many files that many pods mount',
    args: [],
    from: 1000,
    stream: count =>
      `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: m}\ndata:\n${repeat(count, index => `  k${index}.sh: ""\n`)}---\n` +
      documents(count, index =>
        deployment(
          `d${index}`,
          `app: d${index}`,
          '          volumeMounts: [{name: m, mountPath: /m}]\n',
          '      hostNetwork: true\n      volumes: [{name: m, configMap: {name: m}}]\n',
        ),
      ),
  },
  {
    name: 'one pod of containers that say nothing',
    args: ['--profile', 'strict'],
    from: 5000,
    stream: count => pod(`  containers:\n${repeat(count, () => '    - {}\n')}`),
  },
  {
    name: 'decide: one pod with many containers of which each has findings of its own',
    args: ['decide', '-', '--print', '--profile', 'strict'],
    from: 500,
    stream: count =>
      pod(`  containers:\n${repeat(count, index => `    - {name: c${index}, image: i}\n`)}`),
  },
  {
    name: 'one pod whose every container shows a need',
    args: [...report('json'), '--profile', 'strict'],
    from: 250,
    stream: count =>
      pod(
        `  containers:\n${repeat(count, index => `    - {name: c${index}, image: i, command: [nsenter, -t, "1"], securityContext: {privileged: true}}\n`)}`,
      ),
  },
  {
    name: 'one pod whose every container mounts every volume (√n × √n)',
    args: ['--profile', 'strict', '--undecided', 'fix'],
    from: 2500,
    stream: count => {
      const side = Math.floor(Math.sqrt(count));
      return pod(
        `  volumes:\n${repeat(side, index => `    - {name: v${index}, hostPath: {path: /etc/${index}}}\n`)}` +
          `  containers:\n${repeat(side, index => `    - {name: c${index}, image: i, volumeMounts: [${list(side, at => `{name: v${at}, mountPath: /m${at}}`)}]}\n`)}`,
      );
    },
  },
  {
    name: 'one container with many mounts of many volumes',
    args: ['--profile', 'strict', '--undecided', 'fix'],
    from: 1000,
    stream: count =>
      oneContainer(
        `      volumeMounts:\n${repeat(count, index => `        - {name: v${index}, mountPath: /m${index}}\n`)}`,
      ) +
      `  volumes:\n${repeat(count, index => `    - {name: v${index}, hostPath: {path: /etc/${index}}}\n`)}`,
  },
  {
    name: 'one container that mounts one volume many times, and a ConfigMap',
    args: ['--profile', 'strict', '--undecided', 'fix'],
    from: 1000,
    stream: count =>
      `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: m}\ndata:\n${repeat(count, index => `  k${index}: "/m${index}/x /m${index}/y"\n`)}---\n` +
      oneContainer(
        `      volumeMounts:\n        - {name: m, mountPath: /config}\n${repeat(count, index => `        - {name: v, mountPath: /m${index}}\n`)}`,
      ) +
      '  volumes:\n    - {name: v, hostPath: {path: /etc}}\n    - {name: m, configMap: {name: m}}\n',
  },
  {
    name: 'one script that many containers mount',
    args: [],
    from: 500,
    stream: count =>
      `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: m}\ndata:\n  run.sh: |\n    #!/bin/sh\n${repeat(count, index => `    echo ${index}\n`)}---\n` +
      pod(
        `  volumes: [{name: m, configMap: {name: m}}]\n  containers:\n${repeat(count, index => `    - {name: c${index}, image: i, securityContext: {privileged: true}, volumeMounts: [{name: m, mountPath: /m}]}\n`)}`,
      ),
  },
  {
    name: 'one script that many workloads mount',
    args: [],
    from: 500,
    stream: count =>
      `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: m}\ndata:\n  run.sh: |\n    #!/bin/sh\n${repeat(count, index => `    echo ${index}\n`)}---\n` +
      documents(count, index =>
        deployment(
          `d${index}`,
          `app: d${index}`,
          '          securityContext: {privileged: true}\n          volumeMounts: [{name: m, mountPath: /m}]\n',
          '      volumes: [{name: m, configMap: {name: m}}]\n',
        ),
      ),
  },
  {
    name: 'host ports of one pod × Services that send there',
    args: [],
    from: 1000,
    stream: count =>
      pod(
        `  containers:\n    - name: c\n      image: i\n      ports:\n${repeat(count, index => `        - {containerPort: ${index + 1}, hostPort: ${30_000 + index}}\n`)}`,
      ) +
      '---\n' +
      documents(count, index => service(`s${index}`, `app: q${index}`, '', 30_000 + index)),
  },
  {
    name: 'workloads with one host port × Services that send there',
    args: [],
    from: 1000,
    stream: count =>
      workloads(count).replaceAll('containerPort: 8080', 'containerPort: 8080, hostPort: 9090') +
      documents(count, index => service(`s${index}`, `app: q${index}`, '', 9090)),
  },
  {
    name: 'probes × host ports of one pod',
    args: [],
    from: 1000,
    stream: count =>
      pod(
        `  containers:\n${repeat(count, index => `    - {name: c${index}, image: i, ports: [{containerPort: 80, hostPort: ${index + 1}}], livenessProbe: {httpGet: {host: 10.0.0.1, port: ${index + 30_000}}}}\n`)}`,
      ),
  },
  {
    name: 'capabilities of one container',
    args: ['--profile', 'strict', '--undecided', 'fix'],
    from: 2000,
    stream: count =>
      oneContainer(
        `      securityContext:\n        capabilities:\n          add:\n${repeat(count, index => `            - CAP_${index}\n`)}`,
      ),
  },
  {
    name: 'capabilities of one container, in flow style',
    args: ['--profile', 'strict', '--undecided', 'fix'],
    from: 2000,
    stream: count =>
      oneContainer(
        `      securityContext: {capabilities: {add: [${list(count, index => `CAP_${index}`)}]}}\n`,
      ),
  },
  {
    name: 'sysctls of one pod',
    args: ['--profile', 'strict', '--undecided', 'fix'],
    from: 2000,
    stream: count =>
      oneContainer('') +
      `  securityContext:\n    sysctls:\n${repeat(count, index => `      - {name: kernel.x${index}, value: "1"}\n`)}`,
  },
  {
    name: 'ports of one LoadBalancer',
    args: ['--profile', 'strict', '--undecided', 'fix'],
    from: 2000,
    stream: count =>
      object(
        'v1',
        'Service',
        's',
        `spec:\n  type: LoadBalancer\n  externalIPs: [${list(count, index => `10.0.${index >> 8}.${index & 255}`)}]\n  ports:\n${repeat(count, index => `    - {name: p${index}, port: ${index + 1}, nodePort: ${index + 30_000}}\n`)}`,
      ),
  },
  {
    name: 'rules of one Role',
    args: ['--profile', 'strict', '--undecided', 'fix'],
    from: 2000,
    stream: count =>
      object(
        'rbac.authorization.k8s.io/v1',
        'Role',
        'r',
        `rules:\n${repeat(count, index => `  - {apiGroups: [""], resources: [pods, pods/portforward, pods/exec, x${index}], verbs: [create, get, "*"]}\n`)}`,
      ),
  },
  {
    name: 'ClusterRoles that all aggregate all of them, and are bound',
    args: ['--profile', 'strict'],
    from: 1000,
    stream: count =>
      documents(count, index =>
        [
          object(
            'rbac.authorization.k8s.io/v1',
            'ClusterRole',
            `r${index}, labels: {all: all}`,
            'rules: []\naggregationRule: {clusterRoleSelectors: [{matchLabels: {all: all}}]}',
          ),
          object(
            'rbac.authorization.k8s.io/v1',
            'ClusterRoleBinding',
            `b${index}`,
            `roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: r${index}}\nsubjects: [{kind: ServiceAccount, name: a, namespace: b}]`,
          ),
        ].join('---\n'),
      ),
  },
  {
    name: 'verbs and resources of one rule of a Role',
    args: ['--profile', 'strict', '--undecided', 'fix'],
    from: 2000,
    stream: count =>
      object(
        'rbac.authorization.k8s.io/v1',
        'Role',
        'r',
        `rules:\n  - apiGroups: [""]\n    resources: [${list(count, () => 'pods/portforward')}]\n    verbs: [${list(count, () => 'create')}]\n`,
      ),
  },
  {
    name: 'subjects of one ClusterRoleBinding',
    args: ['--profile', 'strict'],
    from: 2000,
    stream: count =>
      object(
        'rbac.authorization.k8s.io/v1',
        'ClusterRoleBinding',
        'b',
        `roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: cluster-admin}\nsubjects:\n${repeat(count, index => `  - {kind: Group, name: "system:masters", apiGroup: rbac.authorization.k8s.io, x: ${index}}\n`)}`,
      ),
  },
  {
    name: 'hosts × certificates of one Ingress',
    args: ['--profile', 'strict'],
    from: 2000,
    stream: count =>
      object(
        'networking.k8s.io/v1',
        'Ingress',
        'i',
        `spec:\n  tls:\n${repeat(count, index => `    - {hosts: [h${index}.example.com]}\n`)}  rules:\n${repeat(count, index => `    - {host: h${index}.example.org}\n`)}`,
      ),
  },
  {
    name: 'a List of many pods',
    args: [],
    from: 1000,
    stream: count =>
      `apiVersion: v1\nkind: List\nitems:\n${repeat(count, index => `- apiVersion: v1\n  kind: Pod\n  metadata: {name: p${index}, labels: {app: p}}\n  spec:\n    hostNetwork: true\n    containers: [{name: c, image: i, securityContext: {privileged: true}}]\n`)}`,
  },
  {
    name: 'a ResourceList of many pods',
    args: [],
    from: 1000,
    stream: count =>
      `apiVersion: config.kubernetes.io/v1\nkind: ResourceList\nitems:\n${repeat(count, index => `- apiVersion: v1\n  kind: Pod\n  metadata: {name: p${index}, labels: {app: p}}\n  spec:\n    hostNetwork: true\n    containers: [{name: c, image: i, securityContext: {privileged: true}}]\n`)}`,
  },
  {
    name: 'a List of many pods on one line',
    args: [],
    from: 1000,
    stream: count =>
      JSON.stringify({
        apiVersion: 'v1',
        kind: 'List',
        items: Array.from({length: count}, (_, index) => ({
          apiVersion: 'v1',
          kind: 'Pod',
          metadata: {name: `p${index}`},
          spec: {
            hostNetwork: true,
            containers: [{name: 'c', image: 'i', securityContext: {privileged: true}}],
          },
        })),
      }),
  },
  {
    name: 'workloads of one name',
    args: [],
    from: 1000,
    stream: count => documents(count, () => deployment('same', 'app: same')),
  },
  {
    name: 'exceptions × objects',
    args: [],
    policy: `exceptions:\n${repeat(2000, index => `  - {rules: [no-host-network], match: {kind: Deployment, name: "*x${index}"}, reason: r}\n`)}`,
    from: 500,
    stream: count =>
      documents(count, index =>
        deployment(`d${index}`, `app: d${index}`, '', '      hostNetwork: true\n'),
      ),
  },
  {
    name: 'exceptions, each for one object',
    args: [],
    policy: `exceptions:\n${repeat(4000, index => `  - {rules: [no-host-network], match: {kind: Deployment, name: d${index}}, reason: r}\n`)}`,
    from: 500,
    stream: count =>
      documents(count, index =>
        deployment(`d${index}`, `app: d${index}`, '', '      hostNetwork: true\n'),
      ),
  },
  {
    name: 'exposures × Services',
    args: [],
    policy: `exposed:\n${repeat(2000, index => `  - {match: {kind: Service, name: "*x${index}"}, reason: r}\n`)}`,
    from: 500,
    stream: count =>
      documents(count, index =>
        service(`s${index}`, `app: s${index}`).replace('spec: {', 'spec: {type: NodePort, '),
      ),
  },
  {
    name: 'one role with as many groups, resources and verbs, in a lock file',
    args: ['baseline', '-'],
    from: 25,
    stream: count =>
      object(
        'rbac.authorization.k8s.io/v1',
        'Role',
        'r',
        `rules: [{apiGroups: [${list(count, index => `g${index}`)}], resources: [${list(count, index => `r${index}`)}], verbs: [${list(count, index => `v${index}`)}]}]`,
      ),
  },
  {
    name: 'roles of all accounts × pods, in a lock file',
    args: ['baseline', '-'],
    from: 250,
    stream: count =>
      documents(count, index =>
        object(
          'rbac.authorization.k8s.io/v1',
          'RoleBinding',
          `b${index}`,
          `roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: r${index}}\nsubjects: [{apiGroup: rbac.authorization.k8s.io, kind: Group, name: 'system:serviceaccounts'}]`,
        ),
      ) + workloads(count),
  },
];
