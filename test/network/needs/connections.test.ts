/** Each source of a connection, checked with the independent evaluator. */
import test from 'ava';
import type {PolicyChoices} from '../../../src/config/resolve.ts';
import {resolvePolicy} from '../../../src/config/resolve.ts';
import {harden} from '../../../src/harden.ts';
import type {DeclaredPeer, PolicyPort} from '../../../src/policy/network-policy.ts';
import {Cluster} from '../evaluator.ts';

const server = (namespace = '') => `---
apiVersion: v1
kind: Pod
metadata: {name: server, ${namespace}labels: {app: server}}
spec:
  containers:
    - {name: a, image: a, ports: [{name: http, containerPort: 8080}, {name: metrics, containerPort: 9090}]}
`;

const client = (spec: string, namespace = '') => `---
apiVersion: v1
kind: Pod
metadata: {name: client, ${namespace}labels: {app: client}}
spec: ${spec}
`;

const service = (more = '', namespace = '') => `---
apiVersion: v1
kind: Service
metadata: {name: server, ${namespace}labels: {app: server}}
spec:
  ${more}
  selector: {app: server}
  ports:
    - {name: web, port: 80, targetPort: http}
    - {name: metrics, port: 9090, targetPort: 9090}
`;

const neighbours = `---
kind: Pod
metadata: {name: other, namespace: shop, labels: {app: other}}
spec: {containers: [{}]}
---
kind: Pod
metadata: {name: controller, namespace: ingress, labels: {app.kubernetes.io/name: traefik}}
spec: {containers: [{}]}
---
kind: Pod
metadata: {name: prometheus, namespace: monitoring, labels: {app.kubernetes.io/name: prometheus}}
spec: {containers: [{}]}
`;

const ends = [
  'client',
  'other',
  'controller',
  'prometheus',
  '10.0.0.1',
  '203.0.113.7',
  '2001:db8::7',
];

/** Who reaches the server on which port: `client:8080`. */
const admits = test.macro(
  (t, stream: string, expected: readonly string[], choices: PolicyChoices = {}) => {
    const networkPolicy = {
      ingress: 'least',
      egress: 'least',
      unnamed: 'deny',
      ...choices.networkPolicy,
    } as const;
    const policy = resolvePolicy({...choices, networkPolicy});
    const {text} = harden(stream, 'in', policy);
    t.is(harden(text, 'in', policy).text, text);
    const cluster = new Cluster(text + neighbours, 'shop');
    const to = cluster.pod('server');
    const found = ends.flatMap(name => {
      const isAddress = /[.:]/.test(name);
      if (!isAddress && !cluster.pods.some(pod => pod.name === name)) return [];
      const from = isAddress ? name : cluster.pod(name);
      return [8080, 9090, 1]
        .filter(port => cluster.admits(from, to, port))
        .map(port => `${name} ${port}`);
    });
    t.deepEqual(found, expected);
  },
);

const plain = server() + service();
const asked = (containers: string) => plain + client(`{containers: [${containers}]}`);
const both = ['client 8080', 'client 9090'];

test('nothing is shown, nothing is admitted', admits, asked('{name: a}'), []);
test('args', admits, asked('{name: a, args: [http://server/]}'), both);
test('command', admits, asked('{name: a, command: [curl, "server:80"]}'), ['client 8080']);
test('env', admits, asked('{name: a, env: [{name: X, value: server}]}'), both);
test(
  'env, with the port beside it',
  admits,
  asked('{name: a, env: [{name: S_HOST, value: server}, {name: S_PORT, value: "80"}]}'),
  ['client 8080'],
);
test(
  'init containers ask as well',
  admits,
  plain + client('{initContainers: [{name: a, args: ["server:9090"]}], containers: []}'),
  ['client 9090'],
);
test('a port that the Service has not', admits, asked('{name: a, args: ["server:7"]}'), []);
test(
  'another’s namespace',
  admits,
  asked('{name: a, args: [server.far.svc]}').replaceAll(
    'name: server, labels',
    'name: server, namespace: shop, labels',
  ),
  [],
);

const config = (kind: string, data: string) => `---
apiVersion: v1
kind: ${kind}
metadata: {name: conf}
${data}
`;
const map = config('ConfigMap', 'data: {a: "url: http://server:80/", b: nothing}');
test(
  'a ConfigMap that is imported',
  admits,
  map + asked('{name: a, envFrom: [{configMapRef: {name: conf}}]}'),
  ['client 8080'],
);
test(
  'one key of a ConfigMap',
  admits,
  map + asked('{name: a, env: [{name: X, valueFrom: {configMapKeyRef: {name: conf, key: a}}}]}'),
  ['client 8080'],
);
test(
  'another key of a ConfigMap',
  admits,
  map + asked('{name: a, env: [{name: X, valueFrom: {configMapKeyRef: {name: conf, key: b}}}]}'),
  [],
);
test(
  'a ConfigMap that is mounted',
  admits,
  map + plain + client('{volumes: [{name: v, configMap: {name: conf}}], containers: []}'),
  ['client 8080'],
);
test(
  'a ConfigMap that is projected',
  admits,
  map +
    plain +
    client(
      '{volumes: [{name: v, projected: {sources: [{configMap: {name: conf}}]}}], containers: []}',
    ),
  ['client 8080'],
);
test('a ConfigMap that nobody reads', admits, map + asked('{name: a}'), []);
test(
  'a Secret in plain text',
  admits,
  config('Secret', 'stringData: {a: "server:80"}') +
    asked('{name: a, envFrom: [{secretRef: {name: conf}}]}'),
  ['client 8080'],
);
test(
  'a Secret in base64',
  admits,
  config('Secret', `data: {a: ${Buffer.from('server:80').toString('base64')}}`) +
    plain +
    client('{volumes: [{name: v, secret: {secretName: conf}}], containers: []}'),
  ['client 8080'],
);

const ingress = (backend: string, version = 'networking.k8s.io/v1') => `---
apiVersion: ${version}
kind: Ingress
metadata: {name: i}
spec: {rules: [{http: {paths: [{backend: ${backend}}]}}]}
`;
test(
  'an Ingress, by the port’s name',
  admits,
  plain + ingress('{service: {name: server, port: {name: web}}}'),
  ['controller 8080'],
);
test(
  'an Ingress of the old spelling, by the port’s number',
  admits,
  plain + ingress('{serviceName: server, servicePort: 80}', 'extensions/v1beta1'),
  ['controller 8080'],
);
test(
  'an HTTPRoute',
  admits,
  `${plain}---
apiVersion: gateway.networking.k8s.io/v1
kind: HTTPRoute
metadata: {name: r}
spec: {rules: [{backendRefs: [{name: server, port: 80}]}]}
`,
  ['controller 8080'],
);
test(
  'a ServiceMonitor',
  admits,
  `${plain}---
apiVersion: monitoring.coreos.com/v1
kind: ServiceMonitor
metadata: {name: m}
spec: {selector: {matchLabels: {app: server}}, endpoints: [{port: metrics}]}
`,
  ['prometheus 9090'],
);
test(
  'a PodMonitor',
  admits,
  `${plain}---
apiVersion: monitoring.coreos.com/v1
kind: PodMonitor
metadata: {name: m}
spec: {selector: {matchLabels: {app: server}}, podMetricsEndpoints: [{port: metrics}]}
`,
  ['prometheus 9090'],
);

const webhook = (kind: string, body: string, group: string) =>
  `---
apiVersion: ${group}
kind: ${kind}
metadata: {name: w}
${body}
`;
const called = '{service: {name: server, namespace: shop, port: 80}}';
test(
  'a webhook, from the private addresses where API servers are',
  admits,
  plain +
    webhook(
      'ValidatingWebhookConfiguration',
      `webhooks: [{clientConfig: ${called}}]`,
      'admissionregistration.k8s.io/v1',
    ),
  ['10.0.0.1 8080'],
);
test(
  'a webhook whose API server the policy names',
  admits,
  plain +
    webhook(
      'MutatingWebhookConfiguration',
      `webhooks: [{clientConfig: ${called}}]`,
      'admissionregistration.k8s.io/v1',
    ),
  [],
  {networkPolicy: {apiServer: [{cidrs: ['192.0.2.1/32']}]}},
);
test(
  'an aggregated API',
  admits,
  plain +
    webhook(
      'APIService',
      'spec: {service: {name: server, namespace: shop, port: 80}}',
      'apiregistration.k8s.io/v1',
    ),
  ['10.0.0.1 8080'],
);

const exposed = {exposed: [{match: {name: 'server'}, reason: 'on purpose'}]};
const anywhere = (port: number) => ends.slice(4).map(name => `${name} ${port}`);
const balanced =
  server() +
  service('type: LoadBalancer').replace(
    '    - {name: metrics, port: 9090, targetPort: 9090}\n',
    '',
  );
test('a LoadBalancer that is not declared', admits, balanced, []);
test('a LoadBalancer that is exposed on purpose', admits, balanced, anywhere(8080), exposed);
test(
  'one that was, until it expired',
  (t, stream: string) => {
    const policy = resolvePolicy({
      networkPolicy: {ingress: 'least', unnamed: 'deny'},
      exposed: [{match: {name: 'server'}, reason: 'once', expires: '2020-01-01'}],
    });
    t.notRegex(harden(stream, 'in', policy, '2026-01-01').text, /0\.0\.0\.0/);
    t.regex(harden(stream, 'in', policy, '2019-01-01').text, /0\.0\.0\.0/);
  },
  balanced,
);
test(
  'a LoadBalancer that names its clients',
  admits,
  balanced.replace(
    'type: LoadBalancer',
    'type: LoadBalancer\n  loadBalancerSourceRanges: [203.0.113.0/24]',
  ),
  ['203.0.113.7 8080'],
  exposed,
);

const declare = (from: DeclaredPeer, ports: readonly PolicyPort[]): PolicyChoices => ({
  networkPolicy: {connections: [{from, to: {workload: {name: 'ser*'}}, reason: 'so', ports}]},
});
const on80 = [{port: 'http', protocol: 'TCP'}] as const;
test(
  'declared addresses',
  admits,
  plain,
  ['203.0.113.7 8080'],
  declare({cidrs: ['203.0.113.0/24']}, on80),
);
test(
  'declared addresses less some',
  admits,
  plain,
  [],
  declare({cidrs: ['203.0.113.0/24'], except: ['203.0.113.7/32']}, on80),
);
test(
  'declared pods of a namespace',
  admits,
  plain,
  ['prometheus 8080'],
  declare({namespaces: ['monitoring']}, on80),
);
test(
  'declared pods of the workload’s namespace, on a range of ports',
  admits,
  plain,
  ['other 9090'],
  declare({pods: {matchLabels: {app: 'other'}}}, [{port: 9000, endPort: 9100, protocol: 'TCP'}]),
);
test(
  'a declared workload, which deny admits too',
  admits,
  asked('{name: a}'),
  ['client 8080', 'client 9090', 'client 1'],
  {
    networkPolicy: {
      ingress: 'deny',
      egress: 'deny',
      connections: [
        {
          from: {workload: {name: 'client'}},
          to: {workload: {name: 'server'}},
          ports: [],
          reason: 'so',
        },
      ],
    },
  },
);

test(
  'across namespaces',
  admits,
  server('namespace: shop, ') +
    service('', 'namespace: shop, ') +
    client('{containers: [{name: a, args: ["server.shop:80"]}]}', 'namespace: far, '),
  ['client 8080'],
);
test(
  'a client in the network of its node comes from a private address, which nobody knows',
  admits,
  plain + client('{hostNetwork: true, containers: [{name: a, args: [server]}]}'),
  ['10.0.0.1 8080', '10.0.0.1 9090'],
  {rules: {'no-host-network': 'flag'}},
);

test('replicas of a StatefulSet reach each other by its headless Service, and nobody else', t => {
  const stream = `apiVersion: apps/v1
kind: StatefulSet
metadata: {name: db}
spec:
  serviceName: db
  selector: {matchLabels: {app: db}}
  template:
    metadata: {labels: {app: db}}
    spec: {containers: [{name: a, image: a, ports: [{containerPort: 7000}, {containerPort: 7001}]}]}
---
apiVersion: v1
kind: Service
metadata: {name: db}
spec: {clusterIP: None, selector: {app: db}, ports: [{port: 7000}]}
`;
  const policy = resolvePolicy({
    networkPolicy: {ingress: 'least', egress: 'least', unnamed: 'deny'},
  });
  const cluster = new Cluster(harden(stream, 'in', policy).text + neighbours, 'shop');
  const db = cluster.pod('db');
  t.true(cluster.admits(db, db, 7000));
  t.true(cluster.admits(db, db, 1), 'a port that nobody declares');
  t.false(cluster.admits(cluster.pod('other'), db, 7000));
});

test('a namespace is denied where that is asked for, once', t => {
  const policy = resolvePolicy({networkPolicy: {namespaceDeny: true, egress: 'least'}});
  const {text} = harden(plain, 'in', policy);
  t.is(harden(text, 'in', policy).text, text);
  t.is(text.match(/name: deny-all-namespace-kube-harden\n/g)?.length, 1);
  const cluster = new Cluster(text + neighbours, 'shop');
  t.false(cluster.admits(cluster.pod('controller'), cluster.pod('other'), 80));
  t.false(cluster.admits(cluster.pod('other'), '203.0.113.7', 80));
  t.true(cluster.admits(cluster.pod('other'), cluster.pod('server'), 8080) === false);
  t.notRegex(harden(plain, 'in', resolvePolicy()).text, /deny-all/);
});

test('a workload that the policy describes gets a policy as well', t => {
  const stream = `apiVersion: argoproj.io/v1alpha1
kind: Rollout
metadata: {name: web}
spec:
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec: {containers: [{name: a, image: a}]}
`;
  t.regex(harden(stream, 'in', resolvePolicy()).text, /name: web-rollout-kube-harden\n/);
});
