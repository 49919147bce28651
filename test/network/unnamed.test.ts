/** Services that nothing in the stream names, with `least`: what stays open, and what is told. */
import test from 'ava';
import {parse} from 'yaml';
import {withEntries} from '../../src/config/add-entries.ts';
import {parsePolicy} from '../../src/config/parse.ts';
import {type PolicyChoices, resolvePolicy} from '../../src/config/resolve.ts';
import {decisionsOn} from '../../src/decisions.ts';
import {harden} from '../../src/harden.ts';
import {valueAt} from '../../src/json.ts';
import {toSummary} from '../../src/report/text.ts';
import {readStream} from '../../src/stream/manifest-stream.ts';
import {Cluster} from './evaluator.ts';

const workload = (name: string, container = '', labels = '', kind = 'Deployment') => `---
apiVersion: apps/v1
kind: ${kind}
metadata: {name: ${name}}
spec:
  selector: {matchLabels: {app: ${name}}}
  template:
    metadata: {labels: {app: ${name}${labels}}}
    spec: {containers: [{name: a, image: a${container}}]}
`;
const service = (name: string, more = '', app = name) => `---
apiVersion: v1
kind: Service
metadata: {name: ${name}}
spec: {selector: {app: ${app}}, ports: [{name: api, port: 80, targetPort: 8080}]${more}}
`;
const args = (text: string) => `, args: ["${text}"]`;
const shop = workload('web') + workload('cart') + service('cart');
const stranger = `---
kind: Pod
metadata: {name: stranger, namespace: shop, labels: {app: stranger}}
spec: {containers: [{}]}
`;

type Settings = NonNullable<PolicyChoices['networkPolicy']>;
const least = (more: Settings = {}) =>
  resolvePolicy({networkPolicy: {ingress: 'least', egress: 'least', ...more}});

const isOfNetwork = ({rule}: {readonly rule: string}) => rule === 'require-network-policy';

/** What is told, as `Service/cart: …` up to the colon. */
const toldOf = (stream: string, more: Settings = {}) =>
  harden(stream, 'in', least(more))
    .notes.filter(isOfNetwork)
    .map(({resource, message}) => `${resource.kind}/${resource.name}: ${message.split(':')[0]}`);

const unnamed = (name: string) =>
  `Service/${name}: nothing in the stream names the Service, routes to it or scrapes it, so its clients probably know its name from their images`;
const silent = (name: string) =>
  `Deployment/${name}: the pods seem to be the front of the application, and nothing in the stream shows whom these call, so the names are probably in their image`;

const tells = test.macro((t, stream: string, expected: readonly string[], more: Settings = {}) => {
  t.deepEqual(toldOf(stream, more), expected);
});

test('nothing names a Service', tells, shop, [unnamed('cart')]);
test('the same if nothing is opened', tells, shop, [unnamed('cart')], {unnamed: 'deny'});
test('the same if only egress is closed', tells, shop, [unnamed('cart')], {ingress: 'workloads'});
for (const rung of ['release', 'workloads'] as const) {
  test(`not at the level ${rung}`, tells, shop, [], {ingress: rung, egress: 'open'});
}
test('a workload names it', tells, shop + workload('x', args('http://cart')), []);
test(
  'only the workload itself names it',
  tells,
  workload('cart', args('http://cart')) + service('cart'),
  [unnamed('cart')],
);
test(
  'another Service of the same ports is named',
  tells,
  shop + service('cart-2', '', 'cart') + workload('x', args('http://cart-2')),
  [],
);
test('two Services of the same ports are told once', tells, shop + service('cart-2', '', 'cart'), [
  unnamed('cart'),
]);
test('a load balancer has its clients outside', t => {
  t.false(
    toldOf(shop.replace('targetPort: 8080}]', 'targetPort: 8080}], type: LoadBalancer')).some(
      each => each.startsWith(unnamed('cart')),
    ),
  );
});
test(
  'an Ingress leads to it',
  tells,
  `${shop}---
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {name: x}
spec: {defaultBackend: {service: {name: cart, port: {number: 80}}}}
`,
  [],
);
const monitor = (port: string) => `---
apiVersion: monitoring.coreos.com/v1
kind: ServiceMonitor
metadata: {name: x}
spec: {selector: {matchLabels: {a: b}}, endpoints: [{port: ${port}}]}
`;
const labelled = shop.replace(
  'metadata: {name: cart}\nspec: {selector: {app: cart}, ports',
  'metadata: {name: cart, labels: {a: b}}\nspec: {selector: {app: cart}, ports',
);
test('a monitor scrapes it', tells, labelled + monitor('api'), []);
const annotated = (text: string) =>
  text.replace(
    'metadata: {name: cart}\nspec: {selector: {app: cart}, ports',
    'metadata: {name: cart, annotations: {prometheus.io/scrape: "true"}}\nspec: {selector: {app: cart}, ports',
  );
test('an annotation selects every port for scraping', tells, annotated(shop), [unnamed('cart')]);
test(
  'an annotation selects a port of metrics',
  tells,
  annotated(shop).replace('name: api', 'name: metrics'),
  [],
);
test('a declaration names it', tells, shop, [], {
  connections: [
    {from: {workload: {name: 'web'}}, to: {workload: {name: 'cart'}}, ports: [], reason: 'a'},
  ],
});

/** Who reaches the cart: the web pod, and one of another release. */
const reached = (text: string): readonly boolean[] => {
  const cluster = new Cluster(text + stranger, 'shop');
  return ['web', 'stranger'].map(name =>
    cluster.admits(cluster.pod(name), cluster.pod('cart'), 8080),
  );
};

test('it stays open to the release, and the policy says so', t => {
  const {text} = harden(shop, 'in', least());
  t.deepEqual(reached(text), [true, false]);
  t.is(harden(text, 'in', least()).text, text, 'hardening twice is hardening once');
  const {resources} = readStream(text, 'in');
  const marks = resources.map(({value}) =>
    valueAt(value, ['metadata', 'annotations', 'kube-harden.io/open-to-release']),
  );
  t.deepEqual(
    marks.filter(each => each !== undefined),
    ['8080'],
  );
});

test('`unnamed: deny` closes it', t => {
  const {text} = harden(shop, 'in', least({unnamed: 'deny'}));
  t.deepEqual(reached(text), [false, false]);
  t.notRegex(text, /open-to-release/);
});

test('the declaration is told, and decide writes it', t => {
  for (const choice of ['release', 'deny'] as const) {
    const policy = least({unnamed: choice});
    const report = {...harden(shop, 'in', policy), policy};
    t.regex(
      toSummary(report),
      /^note: Service\/cart: .*: \{from: \{workload: \{name: "\*"\}\}, to: \{workload: \{kind: "Deployment", name: "cart"\}\}, reason: .*, ports: \[8080\]\}$/m,
    );
    const {allowances, left} = decisionsOn([readStream(shop, 'in')], policy, '2030-01-01');
    t.deepEqual(left, []);
    const pasted = parsePolicy(parse(withEntries('', allowances) ?? ''), 'p', () => undefined);
    const decided = least({unnamed: choice, ...pasted.networkPolicy});
    const {text, notes} = harden(shop, 'in', decided);
    t.deepEqual(notes.filter(isOfNetwork), []);
    t.deepEqual(reached(text), [true, false]);
  }
});

const door = (name: string) =>
  workload(name) +
  service(name, ', type: NodePort') +
  workload('cart') +
  service('cart') +
  workload('x', args('http://cart'));
test('nothing shows whom the front calls', t => {
  t.true(toldOf(door('front')).some(each => each === silent('front')));
  const {text} = harden(door('front'), 'in', least());
  const cluster = new Cluster(text, 'shop');
  t.true(cluster.admits(cluster.pod('front'), cluster.pod('cart'), 8080));
  const {text: closed} = harden(door('front'), 'in', least({unnamed: 'deny'}));
  const other = new Cluster(closed, 'shop');
  t.false(other.admits(other.pod('front'), other.pod('cart'), 8080));
});
test('the front names one', t => {
  const stream = door('front').replace(
    'name: a, image: a}',
    'name: a, image: a, args: ["cart:80"]}',
  );
  t.false(toldOf(stream).includes(silent('front')));
});
test('there is nobody to call', t => {
  t.deepEqual(
    toldOf(workload('front') + service('front', ', type: NodePort')).filter(
      each => each === silent('front'),
    ),
    [],
  );
});

const many = (count: number) =>
  Array.from(
    {length: count},
    (_, at) => workload(`w${at}`, ', envFrom: [{configMapRef: {name: all}}]') + service(`w${at}`),
  ).join('');
const all = (count: number) =>
  `---\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: all}\ndata: {${Array.from({length: count}, (_, at) => `A${at}_URL: "http://w${at}"`).join(', ')}}\n`;
test('one configuration that names everything', tells, many(6) + all(6), [
  'ConfigMap/all: 6 workloads name the same 6 Services, from this configuration or copies of it',
]);
test('a configuration of a few', tells, many(3) + all(3), []);

test('a registry by which workloads find each other', t => {
  const registered = ['a', 'b']
    .map(name => workload(name, args('http://eureka')) + service(name))
    .join('');
  t.true(
    toldOf(registered + workload('eureka') + service('eureka')).includes(
      'Deployment/eureka: the pods seem to be a registry, by which their clients (a, b) find each other at run time',
    ),
  );
});

const registered = (name: string, registry: string) =>
  `Deployment/${name}: the pods register with "${registry}", where their clients find them, and no Service leads to them`;
const found = `, ports: [{containerPort: 8080}]`;
const withoutServices = (settings: string) =>
  ['a', 'b'].map(name => workload(name, `${settings}${found}`)).join('') + workload('worker');
const eureka = workload('eureka', ', ports: [{containerPort: 8761}]') + service('eureka');
test(
  'workloads that are found in a registry, and have no Service',
  tells,
  withoutServices(args('http://eureka')) + eureka,
  [
    registered('a', 'eureka'),
    registered('b', 'eureka'),
    'Deployment/eureka: the pods seem to be a registry, by which their clients (a, b) find each other at run time',
  ],
);
test(
  'workloads that are found in a registry of another release',
  tells,
  withoutServices(', env: [{name: SPRING_CLOUD_CONSUL_HOST, value: consul.infra.svc}]'),
  [registered('a', 'consul'), registered('b', 'consul')],
  {egress: 'open'},
);
const config = (data: string) => `---
apiVersion: v1
kind: ConfigMap
metadata: {name: settings}
data: ${data}
`;
const mounts = (more = '') => `, envFrom: [{configMapRef: {name: settings}}]${found}${more}`;
for (const [name, data] of [
  ['a key', '{SPRING_CLOUD_CONSUL_HOST: consul.infra.svc}'],
  ['properties', '{app.properties: "spring.cloud.consul.host=consul.infra.svc"}'],
  ['YAML', '{app.yaml: "spring:\\n  cloud:\\n    consul:\\n      host: consul.infra.svc"}'],
] as const) {
  test(
    `a ConfigMap names a registry of another release: ${name}`,
    tells,
    workload('a', mounts()) + workload('worker') + config(data),
    [registered('a', 'consul')],
    {egress: 'open'},
  );
}
test(
  'a ConfigMap names something else',
  tells,
  workload('a', mounts()) + config('{a: "url: consul_sd_configs", b: "# eureka", c: "x"}'),
  [],
  {egress: 'open'},
);
const withKey = `, ports: [{containerPort: 8080}], env: [{name: CONSUL_HTTP_ADDR, valueFrom: {secretKeyRef: {name: elsewhere, key: url}}}]`;
test(
  'the value of a variable for a registry is outside the stream',
  tells,
  workload('a', withKey),
  [registered('a', 'consul')],
  {egress: 'open'},
);
const consul = ', env: [{name: CONSUL_HTTP_ADDR, value: x}]';
const portless =
  'Deployment/a: the pods register with "consul", and neither a container nor a Service shows their ports, so nothing is open to clients that find them there';
test('what is found in a registry declares no port', tells, workload('a', consul), [portless], {
  egress: 'open',
});
test('the same with declared clients', tells, workload('a', consul) + workload('b'), [], {
  egress: 'open',
  connections: [
    {
      from: {workload: {name: 'b'}},
      to: {workload: {name: 'a'}},
      ports: [{port: 1, protocol: 'TCP'}],
      reason: 'x',
    },
  ],
});

test('egress is open only to what nothing names', t => {
  const {text} = harden(shop + workload('other'), 'in', least());
  const [policy] = text
    .split(/^---$/m)
    .map(each => parse(each))
    .filter(each => each?.metadata?.name === 'web-deployment-kube-harden');
  const [, ...peers] = valueAt(policy, ['spec', 'egress']) as readonly unknown[];
  t.deepEqual(peers, [
    {
      to: [{podSelector: {matchLabels: {app: 'cart'}}}],
      ports: [{port: 8080, protocol: 'TCP'}],
    },
  ]);
});

for (const [choice, isOpen] of [
  ['release', true],
  ['deny', false],
] as const) {
  test(`what is found in a registry is open to the release with ${choice}: ${isOpen}`, t => {
    const stream = withoutServices(', args: ["-Deureka.client.serviceUrl=http://e.infra"]');
    const {text, notes} = harden(stream, 'in', least({unnamed: choice, egress: 'open'}));
    const cluster = new Cluster(text + stranger, 'shop');
    const pod = (name: string) => {
      const own = cluster.pods.find(each => each.name === name);
      if (own === undefined) throw new Error(`no pod ${name}`);
      return own;
    };
    t.is(cluster.admits(pod('worker'), pod('a'), 8080, 'TCP'), isOpen);
    t.false(cluster.admits(pod('worker'), pod('a'), 9090, 'TCP'));
    t.false(cluster.admits(pod('stranger'), pod('a'), 8080, 'TCP'));
    const [declaration] = notes.flatMap(({connections = []}) => connections);
    t.deepEqual(declaration?.to, {workload: {kind: 'Deployment', name: 'a'}});
  });
}
for (const image of [
  'registry:2',
  'goharbor/registry-photon:v2',
  'confluentinc/cp-schema-registry:7',
]) {
  test(`a registry of something else is none: ${image}`, t => {
    const stream = `${['a', 'b'].map(name => workload(name, args('http://x-registry')) + service(name)).join('')}${workload('x-registry').replace('image: a', `image: "${image}"`)}${service('x-registry')}`;
    t.deepEqual(
      toldOf(stream).filter(each => each.includes('seem to be a registry')),
      [],
    );
  });
}

test('a Service that only NO_PROXY names is unnamed, and the note says why', t => {
  const stream =
    workload('web', ', env: [{name: NO_PROXY, value: "cart.shop.svc,127.0.0.1"}]') +
    workload('cart') +
    service('cart');
  t.is(toldOf(stream).length, 1);
  const [note] = harden(stream, 'in', least()).notes.filter(isOfNetwork);
  t.regex(
    note?.message ?? '',
    /^nothing in the stream names the Service \(hosts that bypass a proxy, such as those in NO_PROXY, are no evidence of calls\)/,
  );
});

test(
  'a configuration that names a few Services to many, but not those to themselves',
  tells,
  `${['a', 'b', 'c', 'd'].map(name => workload(name, ', envFrom: [{configMapRef: {name: all}}]')).join('')}${['w0', 'w1', 'w2'].map(name => workload(name) + service(name)).join('')}${all(3)}`,
  ['ConfigMap/all: 4 workloads name the same 3 Services, from this configuration or copies of it'],
);

const hook = (labels: string) => `---
apiVersion: v1
kind: Pod
metadata: {name: check, labels: {${labels}}, annotations: {helm.sh/hook: test}}
spec: {containers: [{name: a, image: a, args: ["http://cart"]}]}
`;
const amongOthers = 'Pod/check: the pods are those of a hook, and have the labels of others';
test('a hook that has the labels of a workload', t => {
  t.true(toldOf(shop + hook('app: web')).includes(amongOthers));
  t.false(
    toldOf(shop + hook('app: web'), {ingress: 'release', egress: 'open'}).includes(amongOthers),
  );
});
test('a hook with a label of its own', t => {
  t.false(toldOf(shop + hook('app: web, role: check')).includes(amongOthers));
});

test('a policy for everyone is one rule, however many there are', t => {
  const count = 60;
  const stream = many(count) + workload('cart') + service('cart');
  const declared = least({
    egress: 'open',
    connections: [
      {from: {workload: {name: '*'}}, to: {workload: {name: 'cart'}}, ports: [], reason: 'a'},
    ],
  });
  const {text} = harden(stream, 'in', declared);
  const cluster = new Cluster(text + stranger, 'shop');
  t.true(cluster.admits(cluster.pod('w59'), cluster.pod('cart'), 1));
  t.false(cluster.admits(cluster.pod('stranger'), cluster.pod('cart'), 1));
});
